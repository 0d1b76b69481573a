/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many events of a stream the catalogue takes: appended in batches of one second's events, each
 * a synced transaction with its offset, and merged into the items after each minute's or when
 * TERRACE_LIMIT_STREAM_PENDING wait. Usage: bench-stream-table [ITEMS [BATCHES [FOLDER]]]; one
 * million items and 120 batches of 100,000 events by default.
 *
 * Popularity is Zipf's with exponent 1, scattered over the ids. What is printed as events a second
 * is all of it: making nothing but random numbers outside, so the time of appending and merging. */

#include "config.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "catalog/terrace-stream-table.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#define DEFAULT_ITEMS 1000000
#define DEFAULT_BATCHES 120
#define BATCH_EVENTS 100000
#define BATCHES_PER_MERGE 60
#define SECONDS(since_us) ((double) (g_get_monotonic_time () - (since_us)) / 1e6)

typedef struct
{
  TerraceCatalog *catalog;
  guint64 n_items;
  guint64 n_done;
  guint64 random;

  TerraceStreamAccess *accesses; /* BATCH_EVENTS of them */
  gint64 offset;
  TerraceStreamPending pending;
  TerraceStreamMerge merge;

  double append_seconds;
  double merge_seconds;
  double longest_step;
  guint64 n_merged;
} Bench;

static double
next_unit (Bench *bench)
{
  bench->random ^= bench->random << 13;
  bench->random ^= bench->random >> 7;
  bench->random ^= bench->random << 17;
  return (double) (bench->random >> 11) / 9007199254740992.0;
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Returns how long it took. */
static double
write_job (Bench *bench, TerraceCatalogFunc func)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_write_async (bench->catalog, func, bench, TERRACE_CATALOG_ITEMS, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  if (!terrace_catalog_write_finish (bench->catalog, result, &error))
    g_error ("%s", error->message);
  return SECONDS (began_us);
}

/* --- items ------------------------------------------------------------------------------------ */

static gboolean
begin_import (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_SANDBOX, "bench", "/bench", none);

  return terrace_location_table_insert (connection, location, error) &&
         terrace_item_table_begin_import (connection, error);
}

static gboolean
insert_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  while (items->len < TERRACE_LIMIT_IMPORT_BATCH_ITEMS && bench->n_done < bench->n_items)
    {
      TerraceItem *item = terrace_item_new ();

      item->location_id = 1;
      item->key = g_strdup_printf ("project/run-%05" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT ".dat",
                                   bench->n_done / 100, bench->n_done);
      item->name = g_path_get_basename (item->key);
      item->size_bytes = (guint64) exp (6.0 + 16.0 * next_unit (bench));
      item->modified_us = G_GINT64_CONSTANT (1700000000000000) + (gint64) bench->n_done;
      item->rates.last_us = item->modified_us + (gint64) (next_unit (bench) * 1e13);
      g_ptr_array_add (items, item);
      bench->n_done++;
    }
  return terrace_item_table_insert_many (connection, items, error);
}

static gboolean
end_import (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  return terrace_item_table_end_import (connection, &bench->merge.complete, error);
}

static void
add_items (Bench *bench)
{
  write_job (bench, begin_import);
  while (bench->n_done < bench->n_items)
    write_job (bench, insert_batch);
  do
    write_job (bench, end_import);
  while (!bench->merge.complete);
}

/* --- stream ----------------------------------------------------------------------------------- */

static void
fill_batch (Bench *bench, guint batch)
{
  for (guint i = 0; i < BATCH_EVENTS; i++)
    {
      TerraceStreamAccess *access = &bench->accesses[i];
      guint64 rank = (guint64) pow ((double) bench->n_items, next_unit (bench));
      gint64 time_us = G_GINT64_CONSTANT (1800000000000000) + (gint64) batch * 1000000 + i * 10;

      *access = (TerraceStreamAccess){
        .item_id = 1 + (gint64) (rank * G_GUINT64_CONSTANT (2654435761) % bench->n_items),
        .last_us = time_us,
        .reads = i % 10 != 0,
        .writes = i % 10 == 0,
        .read_bytes = i % 10 != 0 ? 65536 : 0,
        .write_bytes = i % 10 == 0 ? 65536 : 0,
      };
    }
}

static gboolean
append (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;
  TerraceStreamOffset offset = { "", bench->offset };
  TerraceStreamBatch batch = {
    .source_id = 1,
    .accesses = bench->accesses,
    .n_accesses = BATCH_EVENTS,
    .offsets = &offset,
    .n_offsets = 1,
    .now_us = 1,
  };

  return terrace_stream_table_append (connection, &batch, &bench->pending, error);
}

static gboolean
merge (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  return terrace_stream_table_merge (connection, TERRACE_LIMIT_STREAM_MERGE_ITEMS, &bench->merge,
                                     error);
}

static void
merge_all (Bench *bench)
{
  gint64 began_us = g_get_monotonic_time ();
  guint64 n_before = bench->n_merged;
  guint64 n_waiting = bench->pending.accesses;

  do
    {
      double seconds = write_job (bench, merge);

      bench->longest_step = MAX (bench->longest_step, seconds);
      bench->n_merged += bench->merge.n_items;
    }
  while (!bench->merge.complete);
  bench->merge_seconds += SECONDS (began_us);
  bench->pending.accesses = 0;
  g_print ("  merged %" G_GUINT64_FORMAT " accesses of %" G_GUINT64_FORMAT " items in %.1f s\n",
           n_waiting, bench->n_merged - n_before, SECONDS (began_us));
}

static gboolean
count_reads (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char SQL[] = "SELECT sum (reads + writes) FROM access_day";
  gint64 *n = data;

  return terrace_connection_query_int64 (connection, SQL, n, error);
}

static void
check_count (Bench *bench, guint n_batches)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n;

  terrace_catalog_read_async (bench->catalog, count_reads, &n, NULL, terrace_test_store_result,
                              &result);
  terrace_test_await (&result);
  if (!terrace_catalog_read_finish (bench->catalog, result, &error))
    g_error ("%s", error->message);
  if (n != (gint64) n_batches * BATCH_EVENTS)
    g_error ("%" G_GINT64_FORMAT " events were counted", n);
}

static void
stream (Bench *bench, guint n_batches)
{
  struct rusage usage;
  double began_cpu = cpu_seconds (), making_cpu = 0, seconds;

  for (guint i = 0; i < n_batches; i++)
    {
      double before = cpu_seconds ();

      fill_batch (bench, i);
      making_cpu += cpu_seconds () - before;
      bench->offset += BATCH_EVENTS;
      bench->append_seconds += write_job (bench, append);
      if ((i + 1) % BATCHES_PER_MERGE == 0 ||
          bench->pending.accesses >= TERRACE_LIMIT_STREAM_PENDING)
        merge_all (bench);
    }
  merge_all (bench);
  check_count (bench, n_batches);
  getrusage (RUSAGE_SELF, &usage);
  seconds = bench->append_seconds + bench->merge_seconds;
  g_print ("%u events: appending %.1f s, merging %.1f s (processor %.1f s): %.0f events a second\n",
           n_batches * BATCH_EVENTS, bench->append_seconds, bench->merge_seconds,
           cpu_seconds () - began_cpu - making_cpu, n_batches * (double) BATCH_EVENTS / seconds);
  g_print ("longest step of a merge %.0f ms, most memory %ld MiB\n", bench->longest_step * 1e3,
           usage.ru_maxrss / 1024);
}

/* --- main ------------------------------------------------------------------------------------- */

static void
measure (Bench *bench, const char *folder, guint n_batches)
{
  g_autofree char *path = g_build_filename (folder, "catalog.db", NULL);
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf before = { 0 }, after = { 0 };

  terrace_catalog_open_async (path, clock, NULL, terrace_test_store_result, &opened);
  terrace_test_await (&opened);
  bench->catalog = terrace_catalog_open_finish (opened, &error);
  if (bench->catalog == NULL)
    g_error ("%s", error->message);
  add_items (bench);
  g_stat (path, &before);
  stream (bench, n_batches);
  terrace_catalog_close_async (bench->catalog, NULL, terrace_test_store_result, &closed);
  terrace_test_await (&closed);
  g_clear_object (&bench->catalog);
  g_stat (path, &after);
  g_print ("file: %.0f MiB before, %.0f MiB after\n", (double) before.st_size / 1048576,
           (double) after.st_size / 1048576);
}

int
main (int argc, char **argv)
{
  Bench bench = { .random = 88172645463325252 };
  g_autofree char *folder = NULL;
  guint64 n_batches;

  bench.n_items = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : DEFAULT_ITEMS;
  n_batches = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : DEFAULT_BATCHES;
  if (bench.n_items == 0 || n_batches == 0)
    {
      g_printerr ("Usage: %s [ITEMS [BATCHES [FOLDER]]]\n", argv[0]);
      return EXIT_FAILURE;
    }
  folder =
      argc > 3 ? g_build_filename (argv[3], "terrace-test-bench", NULL) : terrace_test_make_dir ();
  g_mkdir_with_parents (folder, 0700);
  bench.accesses = g_new (TerraceStreamAccess, BATCH_EVENTS);
  measure (&bench, folder, (guint) n_batches);
  g_free (bench.accesses);
  terrace_test_settle ();
  terrace_test_remove_dir (folder);
  return EXIT_SUCCESS;
}
