/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sources, and what is kept of a stream to look at. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-stream-log-table.h"
#include "catalog/terrace-stream-source-table.h"
#include "catalog/terrace-stream-table.h"

static TerraceStreamSourceRow *
add_source (TableFixture *fixture, const char *name)
{
  TerraceStreamSourceRow *row = terrace_stream_source_row_new ();
  GError *error = NULL;

  row->name = g_strdup (name);
  row->kind = g_strdup ("mqtt");
  row->settings = g_strdup ("{\"topic\":\"t\"}");
  row->enabled = TRUE;
  row->publishes = 3;
  row->created_us = 7;
  terrace_stream_source_table_put (fixture->connection, row, &error);
  g_assert_no_error (error);
  return row;
}

static void
test_source (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceStreamSourceRow) source = add_source (fixture, "Factory");
  g_autoptr (TerraceStreamSourceRow) same = terrace_stream_source_row_new ();
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) none = NULL;
  TerraceStreamSourceRow *stored;
  GError *error = NULL;

  same->name = g_strdup ("Factory");
  g_assert_false (terrace_stream_source_table_put (fixture->connection, same, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_clear_error (&error);
  source->enabled = FALSE;
  terrace_stream_source_table_put (fixture->connection, source, &error);
  g_assert_no_error (error);
  list = terrace_stream_source_table_list (fixture->connection, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  stored = g_ptr_array_index (list, 0);
  g_assert_cmpint (stored->id, ==, source->id);
  g_assert_cmpstr (stored->name, ==, "Factory");
  g_assert_cmpstr (stored->kind, ==, "mqtt");
  g_assert_cmpstr (stored->settings, ==, "{\"topic\":\"t\"}");
  g_assert_false (stored->enabled);
  g_assert_cmpint (stored->publishes, ==, 3);
  g_assert_cmpint (stored->created_us, ==, 7);

  terrace_stream_source_table_delete (fixture->connection, source->id, &error);
  g_assert_no_error (error);
  none = terrace_stream_source_table_list (fixture->connection, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (terrace_stream_source_table_delete (fixture->connection, source->id, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static gboolean
claim (TableFixture *fixture, gint64 source_id, const char *owner, gint64 now_us, GError **error)
{
  return terrace_stream_source_table_claim (fixture->connection, source_id, owner, now_us,
                                            now_us + 100, error);
}

/* One program reads a source at a time. */
static void
test_lease (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceStreamSourceRow) source = add_source (fixture, "Factory");
  GError *error = NULL;

  claim (fixture, source->id, "a", 10, &error);
  g_assert_no_error (error);
  claim (fixture, source->id, "a", 50, &error);
  g_assert_no_error (error);
  g_assert_false (claim (fixture, source->id, "b", 149, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_clear_error (&error);
  claim (fixture, source->id, "b", 150, &error);
  g_assert_no_error (error);
  terrace_stream_source_table_release (fixture->connection, source->id, "a", &error);
  g_assert_no_error (error);
  g_assert_false (claim (fixture, source->id, "a", 160, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_clear_error (&error);
  terrace_stream_source_table_release (fixture->connection, source->id, "b", &error);
  g_assert_no_error (error);
  claim (fixture, source->id, "a", 160, &error);
  g_assert_no_error (error);
  g_assert_false (claim (fixture, 4711, "a", 160, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static void
put_minute (TableFixture *fixture, gint64 minute, gint64 source_id, guint64 events)
{
  g_autoptr (GBytes) latency = g_bytes_new_static ("sketch", 6);
  TerraceStreamMinute row = {
    .minute = minute,
    .source_id = source_id,
    .events = events,
    .bytes = 2,
    .errors = 3,
    .late = 4,
    .duplicates = 5,
    .dropped = 6,
    .latency = events > 0 ? latency : NULL,
  };
  GError *error = NULL;

  terrace_stream_minute_table_put (fixture->connection, &row, &error);
  g_assert_no_error (error);
}

static GArray *
list_minutes (TableFixture *fixture, gint64 source_id)
{
  GArray *minutes;
  GError *error = NULL;

  minutes =
      terrace_stream_minute_table_list (fixture->connection, source_id, 0, G_MAXINT64, &error);
  g_assert_no_error (error);
  return minutes;
}

static void
test_minute (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) one = NULL;
  g_autoptr (GArray) later = NULL;
  TerraceStreamMinute *minute;

  put_minute (fixture, 10, 1, 100);
  put_minute (fixture, 10, 1, 150);
  put_minute (fixture, 10, 2, 0);
  put_minute (fixture, 11, 1, 200);
  all = list_minutes (fixture, 0);
  g_assert_cmpuint (all->len, ==, 3);
  minute = &g_array_index (all, TerraceStreamMinute, 0);
  g_assert_cmpint (minute->minute, ==, 10);
  g_assert_cmpint (minute->source_id, ==, 1);
  g_assert_cmpuint (minute->events, ==, 150);
  g_assert_cmpuint (minute->bytes, ==, 2);
  g_assert_cmpuint (minute->errors, ==, 3);
  g_assert_cmpuint (minute->late, ==, 4);
  g_assert_cmpuint (minute->duplicates, ==, 5);
  g_assert_cmpuint (minute->dropped, ==, 6);
  g_assert_cmpuint (g_bytes_get_size (minute->latency), ==, 6);
  minute = &g_array_index (all, TerraceStreamMinute, 1);
  g_assert_cmpuint (g_bytes_get_size (minute->latency), ==, 0);
  one = list_minutes (fixture, 1);
  g_assert_cmpuint (one->len, ==, 2);
  put_minute (fixture, 10 + TERRACE_LIMIT_STREAM_MINUTES, 1, 1);
  later = list_minutes (fixture, 0);
  g_assert_cmpuint (later->len, ==, 2);
}

static gboolean
note_block (gint64 source_id, guint n_events, const guint8 *events, gsize n_bytes, gpointer data)
{
  GString *seen = data;

  g_string_append_printf (seen, "%" G_GINT64_FORMAT ":%u:%" G_GSIZE_FORMAT ":%c ", source_id,
                          n_events, n_bytes, events[0]);
  return seen->len < 20;
}

static void
append_block (TableFixture *fixture, char letter, gsize n_bytes, gint64 last_us, gint64 now_us)
{
  g_autofree char *events = g_strnfill (n_bytes, letter);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&events), n_bytes);
  GError *error = NULL;

  terrace_stream_block_table_append (fixture->connection, 1, bytes, 3, last_us - 5, last_us, now_us,
                                     &error);
  g_assert_no_error (error);
}

static char *
list_blocks (TableFixture *fixture, gint64 since_us)
{
  GString *seen = g_string_new (NULL);
  GError *error = NULL;

  terrace_stream_block_table_foreach (fixture->connection, since_us, note_block, seen, &error);
  g_assert_no_error (error);
  return g_string_free (seen, FALSE);
}

static void
test_block (TableFixture *fixture, gconstpointer data)
{
  g_autofree char *all = NULL;
  g_autofree char *late = NULL;
  g_autofree char *young = NULL;
  g_autofree char *small = NULL;

  append_block (fixture, 'a', 10, 100, 100);
  append_block (fixture, 'b', 20, 200, 200);
  all = list_blocks (fixture, 0);
  g_assert_cmpstr (all, ==, "1:3:10:a 1:3:20:b ");
  late = list_blocks (fixture, 101);
  g_assert_cmpstr (late, ==, "1:3:20:b ");
  append_block (fixture, 'c', 30, 300, 150 + TERRACE_LIMIT_STREAM_BLOCK_AGE_US);
  young = list_blocks (fixture, 0);
  g_assert_cmpstr (young, ==, "1:3:20:b 1:3:30:c ");
  append_block (fixture, 'd', TERRACE_LIMIT_STREAM_BLOCK_BYTES, 400, 400);
  small = list_blocks (fixture, 0);
  g_assert_cmpstr (small, ==, "1:3:67108864:d ");
}

static void
test_dead_letter (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) page = NULL;
  g_autoptr (GPtrArray) none = NULL;
  TerraceDeadLetter *stored;
  GError *error = NULL;

  for (guint i = 0; i < TERRACE_LIMIT_DEAD_LETTERS + 5; i++)
    {
      g_autoptr (TerraceDeadLetter) letter = terrace_dead_letter_new ();

      letter->source_id = 2;
      letter->time_us = i;
      letter->reason = g_strdup ("No JSON");
      letter->size_bytes = 5000;
      letter->sample = i == 0 ? NULL : g_bytes_new_static ("\xff{", 2);
      terrace_dead_letter_table_append (fixture->connection, letter, &error);
      g_assert_no_error (error);
    }
  all = terrace_dead_letter_table_page (fixture->connection, 0, 10000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, TERRACE_LIMIT_DEAD_LETTERS);
  stored = g_ptr_array_index (all, 0);
  g_assert_cmpint (stored->source_id, ==, 2);
  g_assert_cmpint (stored->time_us, ==, TERRACE_LIMIT_DEAD_LETTERS + 4);
  g_assert_cmpstr (stored->reason, ==, "No JSON");
  g_assert_cmpuint (stored->size_bytes, ==, 5000);
  g_assert_cmpuint (g_bytes_get_size (stored->sample), ==, 2);
  page = terrace_dead_letter_table_page (fixture->connection, stored->id, 2, &error);
  g_assert_cmpuint (page->len, ==, 2);
  g_assert_cmpint (((TerraceDeadLetter *) g_ptr_array_index (page, 0))->id, ==, stored->id - 1);
  terrace_dead_letter_table_clear (fixture->connection, &error);
  g_assert_no_error (error);
  none = terrace_dead_letter_table_page (fixture->connection, 0, 10, &error);
  g_assert_cmpuint (none->len, ==, 0);
}

#define ADD(name, function) \
  g_test_add (name, TableFixture, NULL, table_fixture_set_up, function, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/stream-log-table/source", test_source);
  ADD ("/stream-log-table/lease", test_lease);
  ADD ("/stream-log-table/minute", test_minute);
  ADD ("/stream-log-table/block", test_block);
  ADD ("/stream-log-table/dead-letter", test_dead_letter);
  return g_test_run ();
}
