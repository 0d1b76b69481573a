/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From the simulator to committed rollups: events a second, end to end, and what memory does. With
 * one million objects, Zipf; BENCH_ITEMS and BENCH_SECONDS change that. The rest of what is stored
 * is merged at the end, which counts too. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "engine/terrace-engine-stream.h"
#include "terrace-test-support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  guint64 first;
  guint64 n;
} Filling;

static gboolean
fill (TerraceConnection *connection, gpointer data, GError **error)
{
  Filling *filling = data;
  gboolean complete;

  if (filling->first == 0 && !terrace_item_table_begin_import (connection, error))
    return FALSE;
  for (guint64 i = filling->first; i < filling->first + 50000 && i < filling->n; i++)
    {
      g_autoptr (TerraceItem) item = terrace_item_new ();

      item->location_id = 1;
      item->key = g_strdup_printf ("object-%08" G_GUINT64_FORMAT, i);
      item->name = g_strdup (item->key);
      item->content_type = g_strdup ("");
      item->version = g_strdup ("1");
      item->class_id = g_strdup ("local/ssd");
      item->size_bytes = 1000000;
      item->registered_us = item->created_us = item->modified_us = 1;
      if (!terrace_item_table_insert (connection, item, error))
        return FALSE;
    }
  filling->first += 50000;
  if (filling->first < filling->n)
    return TRUE;
  do
    if (!terrace_item_table_end_import (connection, &complete, error))
      return FALSE;
  while (!complete);
  return TRUE;
}

static TerraceEngine *
open_engine (const char *folder)
{
  static const char *const price_dirs[] = { TERRACE_SOURCE_DATADIR "/prices", NULL };
  TerraceEngineOptions options = { .data_dir = folder, .price_dirs = price_dirs };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceEngine *engine;

  terrace_engine_open_async (&options, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  engine = terrace_engine_open_finish (result, &error);
  g_assert_no_error (error);
  return engine;
}

static void
fill_catalogue (TerraceEngine *engine, guint64 n)
{
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_LOCAL, "Bench", engine->data_dir,
                            (const char *const[]){ "local/ssd", NULL });
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GError) error = NULL;
  Filling filling = { 0, n };

  terrace_engine_add_location_async (engine, location, NULL, terrace_test_store_result, &added);
  terrace_test_await (&added);
  terrace_engine_add_location_finish (engine, added, &error);
  g_assert_no_error (error);
  while (filling.first < n)
    {
      g_autoptr (GAsyncResult) result = NULL;

      terrace_catalog_write_async (terrace_engine_get_catalog (engine), fill, &filling, 0, NULL,
                                   terrace_test_store_result, &result);
      terrace_test_await (&result);
      terrace_catalog_write_finish (terrace_engine_get_catalog (engine), result, &error);
      g_assert_no_error (error);
    }
}

static double
resident_mib (void)
{
  g_autofree char *text = NULL;
  const char *at;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  at = strstr (text, "VmRSS:");
  return at != NULL ? g_ascii_strtod (at + 6, NULL) / 1024 : 0;
}

typedef struct
{
  double most_mib;
  double early_mib;
  guint ticks;
  gint64 longest_us; /* the main loop was away */
  gint64 last_us;
  gboolean over;
} Watching;

static void
ticked_cb (TerraceEngineStream *stream, gpointer user_data)
{
  Watching *watching = user_data;

  watching->ticks++;
  watching->most_mib = MAX (watching->most_mib, resident_mib ());
  if (watching->ticks == 20)
    watching->early_mib = resident_mib ();
  if (watching->ticks % 10 == 0)
    fprintf (stderr, "# %u s: %.0f events/s, %.0f MiB\n", watching->ticks,
             terrace_engine_stream_get_window (stream, TERRACE_WINDOW_SECOND)->events_per_second,
             resident_mib ());
}

static gboolean
frame_cb (gpointer user_data)
{
  Watching *watching = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (watching->last_us > 0)
    watching->longest_us = MAX (watching->longest_us, now_us - watching->last_us);
  watching->last_us = now_us;
  return G_SOURCE_CONTINUE;
}

static gboolean
over_cb (gpointer user_data)
{
  ((Watching *) user_data)->over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run (TerraceEngine *engine, double seconds)
{
  TerraceEngineStream *stream = terrace_engine_get_stream (engine);
  g_autoptr (TerraceSourceSettings) settings =
      terrace_source_settings_new (TERRACE_SOURCE_SIMULATOR, "bench");
  g_autoptr (GAsyncResult) started = NULL, stopped = NULL;
  g_autoptr (GError) error = NULL;
  Watching watching = { 0 };
  TerraceStreamStatus *status;
  gint64 began_us, streamed_us, merged_us;
  guint frames;

  settings->rate = g_getenv ("BENCH_RATE") != NULL ? atof (g_getenv ("BENCH_RATE")) : 200000;
  terrace_engine_stream_start_async (stream, settings, NULL, terrace_test_store_result, &started);
  terrace_test_await (&started);
  terrace_engine_stream_start_finish (stream, started, &error);
  g_assert_no_error (error);
  g_signal_connect_data (stream, "ticked", G_CALLBACK (ticked_cb), &watching, NULL, 0);
  frames = g_timeout_add (16, frame_cb, &watching);
  g_timeout_add ((guint) (seconds * 1000), over_cb, &watching);
  began_us = g_get_monotonic_time ();
  while (!watching.over)
    g_main_context_iteration (NULL, TRUE);
  streamed_us = g_get_monotonic_time () - began_us;
  terrace_engine_stream_stop_async (stream, NULL, NULL, terrace_test_store_result, &stopped);
  terrace_test_await (&stopped);
  merged_us = g_get_monotonic_time () - began_us;
  g_source_remove (frames);

  status = terrace_engine_stream_find_source (stream, "bench");
  printf ("stream/simulator: %.0f events/s while streaming, %.0f with the last merge; %.0f MiB at "
          "most, %.0f at 20 s; main loop away for %.0f ms at most\n",
          (double) status->events * 1e6 / (double) streamed_us,
          (double) status->events * 1e6 / (double) merged_us, watching.most_mib, watching.early_mib,
          (double) watching.longest_us / 1000);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = terrace_test_make_dir ();
  guint64 items =
      g_getenv ("BENCH_ITEMS") != NULL ? strtoull (g_getenv ("BENCH_ITEMS"), NULL, 10) : 1000000;
  double seconds = g_getenv ("BENCH_SECONDS") != NULL ? atof (g_getenv ("BENCH_SECONDS")) : 60;
  g_autoptr (TerraceEngine) engine = open_engine (folder);
  g_autoptr (GAsyncResult) closed = NULL;

  fill_catalogue (engine, items);
  run (engine, seconds);
  terrace_engine_close_async (engine, NULL, terrace_test_store_result, &closed);
  terrace_test_await (&closed);
  terrace_test_remove_dir (folder);
  return 0;
}
