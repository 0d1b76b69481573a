/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-source.c with the simulator and the push source: settings, credit, ends.
 */

#include "stream/terrace-simulator.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "stream/terrace-push-source.h"
#include "terrace-test-support.h"

static void
test_settings (void)
{
  static const struct
  {
    TerraceSourceKind kind;
    const char *address, *topic;
    gboolean valid;
  } cases[] = {
    { TERRACE_SOURCE_SIMULATOR, NULL, NULL, TRUE }, { TERRACE_SOURCE_MQTT, "h", "t", TRUE },
    { TERRACE_SOURCE_MQTT, NULL, "t", FALSE },      { TERRACE_SOURCE_KAFKA, "h", NULL, FALSE },
    { TERRACE_SOURCE_FOLDER, NULL, NULL, FALSE },   { TERRACE_SOURCE_FOLDER, "/x", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceSourceSettings) settings = terrace_source_settings_new (cases[i].kind, "n");
      g_autoptr (TerraceSourceSettings) read = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *json = NULL;

      settings->address = g_strdup (cases[i].address);
      settings->topic = g_strdup (cases[i].topic);
      settings->password = g_strdup ("geheim");
      settings->options = g_strsplit ("a=b c=d", " ", -1);
      g_assert_cmpint (terrace_source_settings_validate (settings, &error), ==, cases[i].valid);
      if (!cases[i].valid)
        g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      json = terrace_source_settings_to_json (settings);
      g_assert_null (strstr (json, "geheim"));
      read = terrace_source_settings_from_json (cases[i].kind, "n", json, NULL);
      g_assert_cmpstr (read->address, ==, cases[i].address);
      g_assert_cmpstr (read->topic, ==, cases[i].topic);
      g_assert_cmpstr (read->options[1], ==, "c=d");
      g_assert_cmpuint (read->qos, ==, 1);
    }
}

typedef struct
{
  TerraceSource *source;
  GPtrArray *batches;
} Hoard;

static void
hoard (TerraceSource *source, TerraceSourceBatch *batch, gpointer user_data)
{
  g_ptr_array_add (((Hoard *) user_data)->batches, terrace_source_batch_ref (batch));
}

static gboolean
is_full (gpointer data)
{
  return !terrace_source_has_room (((Hoard *) data)->source);
}

static gboolean
goes_on (gpointer data)
{
  return ((Hoard *) data)->batches->len > 0;
}

static void
commit_all (Hoard *h)
{
  for (guint i = 0; i < h->batches->len; i++)
    terrace_source_commit (h->source, g_ptr_array_index (h->batches, i));
  g_ptr_array_set_size (h->batches, 0);
}

static void
stop (TerraceSource *source)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_source_stop_async (source, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_source_stop_finish (source, result, NULL));
}

/* A consumer that commits nothing stops the flood at the bound; committing lets it go on. */
static void
test_back_pressure (void)
{
  g_autoptr (TerraceSourceSettings) settings =
      terrace_source_settings_new (TERRACE_SOURCE_SIMULATOR, "flood");
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (TerraceSource) source = NULL;
  Hoard h = { 0 };

  settings->rate = TERRACE_LIMIT_SIMULATOR_RATE;
  source = terrace_simulator_new (settings, clock, ids);
  h.source = source;
  h.batches = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_source_batch_unref);
  terrace_source_set_consumer (source, hoard, &h);
  terrace_source_start (source);
  terrace_test_await_condition (is_full, &h);
  g_assert_cmpuint (terrace_source_get_in_flight (source), <=,
                    TERRACE_LIMIT_STREAM_IN_FLIGHT_EVENTS);
  commit_all (&h);
  g_assert_cmpuint (terrace_source_get_in_flight (source), ==, 0);
  terrace_test_await_condition (goes_on, &h);
  stop (source);
  g_assert_cmpint (terrace_source_get_state (source), ==, TERRACE_SOURCE_STOPPED);
  commit_all (&h);
  g_ptr_array_unref (h.batches);
}

static void
test_push (void)
{
  g_autoptr (TerraceSourceSettings) settings =
      terrace_source_settings_new (TERRACE_SOURCE_PUSH, "push");
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (TerraceSource) source = terrace_push_source_new (settings, clock);
  const char *texts[] = { "[{\"event\":\"read\"},{\"event\":\"write\"}]", "{\"event\":\"fly\"}" };

  terrace_source_start (source);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      guint n = 0;

      terrace_push_source_send_async (TERRACE_PUSH_SOURCE (source), texts[i], strlen (texts[i]),
                                      NULL, terrace_test_store_result, &result);
      terrace_test_await (&result);
      terrace_push_source_send_finish (TERRACE_PUSH_SOURCE (source), result, &n, &error);
      if (i == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_cmpuint (n, ==, i == 0 ? 2 : 0);
    }
  g_assert_cmpuint (terrace_source_get_n_malformed (source), ==, 1);
  stop (source);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/source/settings", test_settings);
  g_test_add_func ("/stream/source/back-pressure", test_back_pressure);
  g_test_add_func ("/stream/source/push", test_push);

  return g_test_run ();
}
