/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How fast the catalogue takes a large import, answers pages anywhere in it, and takes accesses.
 * Usage: bench-catalog [ITEMS [FOLDER]]; one million items by default, in a temporary folder.
 *
 * Everything goes the way the program goes: batches of TERRACE_LIMIT_IMPORT_BATCH_ITEMS, each a
 * transaction of its own on the writer thread, synced, with counters. The import is one between
 * terrace_item_table_begin_import() and _end_import(); some more rows follow with all indexes in
 * place, in batches of TERRACE_LIMIT_BATCH_ITEMS. Beside it the same rows are inserted by a bare
 * loop over SQLite's own functions into the same schema, which is the limit. */

#include "config.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define DEFAULT_ITEMS 1000000
#define RAW_ITEMS 1000000
#define MORE_ITEMS 20000
#define N_EVENTS 100000
#define EVENT_BATCH 20000
#define N_PAGES 40
#define PAGE 128
#define SECONDS(since_us) ((double) (g_get_monotonic_time () - (since_us)) / 1e6)

typedef struct
{
  TerraceCatalog *catalog;
  GPtrArray *items; /* filled anew for each batch */
  guint64 n_items;
  guint64 n_done;
  guint64 random;
  guint batch_items;

  /* of one job */
  gboolean complete;
  TerraceItemSort sort;
  TerraceItem *after;
  GPtrArray *page;
  TerraceAccess *accesses;
  double *seconds;
} Bench;

/* Processor time of this process so far: what a busy machine does not change much. */
static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static guint64
next_random (Bench *bench)
{
  /* xorshift64: quick, and the same rows in every run. */
  bench->random ^= bench->random << 13;
  bench->random ^= bench->random >> 7;
  bench->random ^= bench->random << 17;
  return bench->random;
}

static double
next_unit (Bench *bench)
{
  return (double) (next_random (bench) >> 11) / 9007199254740992.0;
}

/* A file in a folder of forty, of a size between some bytes and some gigabytes. */
static void
fill_item (Bench *bench, TerraceItem *item, guint64 i)
{
  static const char *const extensions[] = { "fastq.gz", "tif", "csv", "mp4", "pdf", "bam" };
  static const char *const classes[] = { "aws/STANDARD", "aws/STANDARD_IA", "aws/GLACIER_IR",
                                         "aws/DEEP_ARCHIVE" };
  guint64 random = next_random (bench);

  item->id = 0;
  g_free (item->name);
  g_free (item->key);
  g_free (item->class_id);
  item->name = g_strdup_printf ("sample_%06x_%02u.%s", (guint) (random & 0xffffff),
                                (guint) (i % 40), extensions[random >> 24 & 3]);
  item->key = g_strdup_printf ("project-%03" G_GUINT64_FORMAT "/run-%05" G_GUINT64_FORMAT "/%s",
                               i / 40000, i / 40, item->name);
  item->tier = (TerraceTier) (random >> 32 & 3);
  item->class_id = g_strdup (classes[item->tier]);
  item->location_id = 1 + (gint64) item->tier;
  item->size_bytes = (guint64) exp (6.0 + 16.0 * next_unit (bench));
  item->modified_us = G_GINT64_CONSTANT (1700000000000000) + (gint64) (random >> 20);
  item->rates.last_us = item->modified_us + (gint64) (random & 0xffffffff);
  item->rates.reads_30d = next_unit (bench);
  item->reads_per_month = item->rates.reads_30d * 3;
  item->temperature = (TerraceTemperature) (1 + random % 3);
  item->monthly_nanos = (gint64) item->size_bytes / 40;
  item->wanted_location_id = random % 5 == 0 ? 1 : 0;
  item->saving_nanos = random % 5 == 0 ? item->monthly_nanos / 2 : 0;
}

static void
reset_items (Bench *bench)
{
  bench->random = 88172645463325252;
  bench->n_done = 0;
}

static void
write_job (Bench *bench, TerraceCatalogFunc func)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_write_async (bench->catalog, func, bench, TERRACE_CATALOG_ITEMS, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  if (!terrace_catalog_write_finish (bench->catalog, result, &error))
    g_error ("%s", error->message);
}

static void
read_job (Bench *bench, TerraceCatalogFunc func)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_read_async (bench->catalog, func, bench, NULL, terrace_test_store_result,
                              &result);
  terrace_test_await (&result);
  if (!terrace_catalog_read_finish (bench->catalog, result, &error))
    g_error ("%s", error->message);
}

static void
open_catalog (Bench *bench, const char *path)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_open_async (path, clock, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  bench->catalog = terrace_catalog_open_finish (result, &error);
  if (bench->catalog == NULL)
    g_error ("%s", error->message);
}

static void
close_catalog (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_catalog_close_async (bench->catalog, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_clear_object (&bench->catalog);
}

/* --- insert ----------------------------------------------------------------------------------- */

static gboolean
add_locations (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char *const none[] = { NULL };

  for (guint i = 0; i < TERRACE_N_TIERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("location %u", i);
      g_autoptr (TerraceLocation) location =
          terrace_location_new (TERRACE_LOCATION_SANDBOX, name, name, none);

      if (!terrace_location_table_insert (connection, location, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  g_autoptr (GPtrArray) batch = g_ptr_array_new ();

  while (batch->len < bench->batch_items && bench->n_done < bench->n_items)
    {
      TerraceItem *item = g_ptr_array_index (bench->items, batch->len);

      fill_item (bench, item, bench->n_done++);
      g_ptr_array_add (batch, item);
    }
  return terrace_item_table_insert_many (connection, batch, error);
}

static gboolean
begin_import (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_begin_import (connection, error);
}

static gboolean
end_import (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  return terrace_item_table_end_import (connection, &bench->complete, error);
}

/* Returns how long the first RAW_ITEMS took. */
static double
import_items (Bench *bench)
{
  gint64 began_us = g_get_monotonic_time ();
  double raw_seconds = 0, rows_seconds, rows_cpu, began_cpu = cpu_seconds ();

  reset_items (bench);
  bench->batch_items = TERRACE_LIMIT_IMPORT_BATCH_ITEMS;
  write_job (bench, begin_import);
  while (bench->n_done < bench->n_items)
    {
      write_job (bench, insert_batch);
      if (bench->n_done == RAW_ITEMS)
        raw_seconds = SECONDS (began_us);
      if (bench->n_done % 1000000 == 0)
        g_printerr ("  %" G_GUINT64_FORMAT " items after %.1f s\n", bench->n_done,
                    SECONDS (began_us));
    }
  rows_seconds = SECONDS (began_us);
  rows_cpu = cpu_seconds () - began_cpu;
  while (!bench->complete)
    write_job (bench, end_import);
  g_print ("import of %" G_GUINT64_FORMAT
           " items: rows %.1f s, indexes %.1f s, together %.1f s (processor %.1f s and %.1f s)\n",
           bench->n_items, rows_seconds, SECONDS (began_us) - rows_seconds, SECONDS (began_us),
           rows_cpu, cpu_seconds () - began_cpu - rows_cpu);
  return raw_seconds > 0 ? raw_seconds : rows_seconds;
}

static void
insert_more (Bench *bench)
{
  gint64 began_us = g_get_monotonic_time ();

  bench->n_items += MORE_ITEMS;
  bench->batch_items = TERRACE_LIMIT_BATCH_ITEMS;
  while (bench->n_done < bench->n_items)
    write_job (bench, insert_batch);
  g_print ("%d more with all indexes: %.1f s, %.0f a second\n", MORE_ITEMS, SECONDS (began_us),
           MORE_ITEMS / SECONDS (began_us));
}

static void
bind_raw (sqlite3_stmt *statement, TerraceItem *item, gint64 id)
{
  sqlite3_bind_int64 (statement, 1, id * 2);
  sqlite3_bind_int64 (statement, 2, item->location_id);
  sqlite3_bind_blob (statement, 3, item->key, (int) strlen (item->key), SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, item->name, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 5, (gint64) item->size_bytes);
  sqlite3_bind_int64 (statement, 6, item->modified_us);
  sqlite3_bind_int64 (statement, 7, item->tier);
  sqlite3_bind_text (statement, 8, item->class_id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 9, item->temperature);
  sqlite3_bind_int64 (statement, 10, item->rates.last_us);
  sqlite3_bind_double (statement, 11, item->rates.reads_30d);
  sqlite3_bind_double (statement, 12, item->reads_per_month);
  sqlite3_bind_int64 (statement, 13, item->monthly_nanos);
  sqlite3_bind_int64 (statement, 14, item->wanted_location_id);
  sqlite3_bind_int64 (statement, 15, item->saving_nanos);
}

/* The limit: the same rows, the same schema and settings, nothing in between. */
static double
insert_raw (Bench *bench, const char *path)
{
  static const char SQL[] =
      "INSERT INTO item VALUES (NULL, ?, ?, ?, ?, '', '', ?, 0, ?, 0, 0, NULL, 0, 0, ?, ?, 0, ?,"
      " 0, 0, ?, 0, ?, 0, 0, ?, 0, ?, ?, NULL, ?, 0, NULL, 0)";
  g_autoptr (GError) error = NULL;
  TerraceConnection *connection =
      terrace_connection_open (path, TERRACE_CONNECTION_WRITER, 0, &error);
  TerraceItem *item = g_ptr_array_index (bench->items, 0);
  sqlite3 *db;
  sqlite3_stmt *statement;
  gint64 began_us;
  double seconds;

  if (connection == NULL || !terrace_connection_configure (connection, &error))
    g_error ("%s", error->message);
  db = terrace_connection_get_handle (connection);
  sqlite3_prepare_v2 (db, SQL, -1, &statement, NULL);
  reset_items (bench);
  began_us = g_get_monotonic_time ();
  for (guint64 n = MIN (bench->n_items, RAW_ITEMS); bench->n_done < n;)
    {
      if (bench->n_done % TERRACE_LIMIT_IMPORT_BATCH_ITEMS == 0)
        sqlite3_exec (db, bench->n_done == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
      fill_item (bench, item, bench->n_done++);
      bind_raw (statement, item, (gint64) bench->n_done);
      if (sqlite3_step (statement) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (db));
      sqlite3_reset (statement);
    }
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  seconds = SECONDS (began_us);
  sqlite3_finalize (statement);
  terrace_connection_close (connection);
  return seconds;
}

/* --- pages ------------------------------------------------------------------------------------ */

static gboolean
read_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;
  TerraceItemFilter filter;
  gint64 began_us = g_get_monotonic_time ();

  terrace_item_filter_init (&filter);
  bench->page =
      terrace_item_table_page (connection, &filter, bench->sort, FALSE, bench->after, PAGE, error);
  *bench->seconds = SECONDS (began_us);
  return bench->page != NULL;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return left < right ? -1 : left > right;
}

static gboolean
get_random_item (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  bench->after =
      terrace_item_table_get (connection, 1 + (gint64) (next_random (bench) % bench->n_items),
                              error);
  return bench->after != NULL;
}

/* Pages behind items picked at random, so at random depths of the order. */
static void
read_pages (Bench *bench, TerraceItemSort sort, const char *name)
{
  double seconds[N_PAGES];

  bench->sort = sort;
  for (guint i = 0; i < N_PAGES; i++)
    {
      read_job (bench, get_random_item);
      bench->seconds = &seconds[i];
      read_job (bench, read_page);
      g_clear_pointer (&bench->page, g_ptr_array_unref);
      g_clear_object (&bench->after);
    }
  qsort (seconds, N_PAGES, sizeof *seconds, compare_doubles);
  g_print ("page of %d by %s, anywhere: median %.2f ms, worst of %d %.2f ms\n", PAGE, name,
           seconds[N_PAGES / 2] * 1e3, N_PAGES, seconds[N_PAGES - 1] * 1e3);
}

static gboolean
read_order (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceItemFilter filter;
  g_autoptr (GArray) order = NULL;
  gint64 began_us = g_get_monotonic_time ();

  terrace_item_filter_init (&filter);
  order = terrace_item_table_order (connection, &filter, TERRACE_ITEM_SORT_NAME, FALSE, error);
  if (order != NULL)
    g_print ("whole order by name: %.0f ms for %u ids\n", SECONDS (began_us) * 1e3, order->len);
  return order != NULL;
}

static gboolean
read_totals (TerraceConnection *connection, gpointer data, GError **error)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GArray) totals = terrace_item_table_totals (connection, error);

  g_print ("totals: %.3f ms\n", SECONDS (began_us) * 1e3);
  return totals != NULL;
}

/* --- accesses --------------------------------------------------------------------------------- */

static gboolean
record (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  return terrace_access_table_record (connection, bench->accesses, EVENT_BATCH, NULL, error);
}

static void
record_events (Bench *bench, gboolean zipf)
{
  gint64 began_us;
  g_autofree TerraceAccess *accesses = g_new0 (TerraceAccess, N_EVENTS);

  for (guint i = 0; i < N_EVENTS; i++)
    {
      double unit = next_unit (bench);
      /* The inverse of a Zipf distribution with exponent 1: rank = n ^ unit, scattered. */
      double rank = zipf ? pow ((double) bench->n_items, unit) : unit * (double) bench->n_items;
      guint64 scattered = (guint64) rank * G_GUINT64_CONSTANT (2654435761) % bench->n_items;

      accesses[i].item_id = 1 + (gint64) scattered;
      accesses[i].time_us = G_GINT64_CONSTANT (1800000000000000) + i * 1000;
      accesses[i].bytes = 4096;
      accesses[i].count = 1;
    }
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_EVENTS; i += EVENT_BATCH)
    {
      bench->accesses = accesses + i;
      write_job (bench, record);
    }
  g_print ("%d accesses, %s, batches of %d: %.2f s, %.0f a second\n", N_EVENTS,
           zipf ? "Zipf" : "uniform", EVENT_BATCH, SECONDS (began_us),
           N_EVENTS / SECONDS (began_us));
}

/* --- main ------------------------------------------------------------------------------------- */

static void
measure (Bench *bench, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "catalog.db", NULL);
  g_autofree char *raw_path = g_build_filename (folder, "raw.db", NULL);
  GStatBuf info = { 0 };
  double seconds, raw_seconds;
  gint64 began_us;

  open_catalog (bench, raw_path);
  write_job (bench, add_locations);
  write_job (bench, begin_import);
  close_catalog (bench);
  raw_seconds = insert_raw (bench, raw_path);
  g_unlink (raw_path);

  open_catalog (bench, path);
  write_job (bench, add_locations);
  seconds = import_items (bench);
  g_print ("the first %d: %.1f s; bare loop over SQLite: %.1f s; ratio %.2f\n",
           (int) MIN (bench->n_items, RAW_ITEMS), seconds, raw_seconds, seconds / raw_seconds);
  close_catalog (bench);
  g_stat (path, &info);
  g_print ("%.0f bytes an item, indexes included\n",
           (double) info.st_size / (double) bench->n_items);

  began_us = g_get_monotonic_time ();
  open_catalog (bench, path);
  g_print ("open: %.1f ms\n", SECONDS (began_us) * 1e3);
  read_pages (bench, TERRACE_ITEM_SORT_SIZE, "size");
  read_pages (bench, TERRACE_ITEM_SORT_NAME, "name");
  read_pages (bench, TERRACE_ITEM_SORT_TIER, "tier");
  read_job (bench, read_order);
  read_job (bench, read_totals);
  insert_more (bench);
  record_events (bench, TRUE);
  record_events (bench, FALSE);
  close_catalog (bench);
}

int
main (int argc, char **argv)
{
  Bench bench = { 0 };
  g_autofree char *folder = NULL;

  bench.n_items = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : DEFAULT_ITEMS;
  if (bench.n_items == 0)
    {
      g_printerr ("Usage: %s [ITEMS [FOLDER]]\n", argv[0]);
      return EXIT_FAILURE;
    }
  folder =
      argc > 2 ? g_build_filename (argv[2], "terrace-test-bench", NULL) : terrace_test_make_dir ();
  g_mkdir_with_parents (folder, 0700);
  bench.items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < TERRACE_LIMIT_IMPORT_BATCH_ITEMS; i++)
    g_ptr_array_add (bench.items, terrace_item_new ());
  measure (&bench, folder);
  g_ptr_array_unref (bench.items);
  terrace_test_settle ();
  terrace_test_remove_dir (folder);
  return EXIT_SUCCESS;
}
