/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verified local moves through the queue, beside cp and sha256sum doing the same on the same disk.
 *
 *     bench-local [--small N] [--large MIB] [FOLDER]
 *
 * "copy" keeps the source, so it does what cp and sha256sum do: the copy is written, and read back
 * and compared. cp leaves the data to the kernel; the queue has it on the disk, with a row for each
 * step, before it goes on. So "durable" compares with cp, sync of each file, and sha256sum. */

#include "config.h"

#include <glib/gstdio.h>

#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "catalog/terrace-move-table.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-test-support.h"
#include "transfer/terrace-queue.h"

#define SMALL_BYTES 4096
#define MEBIBYTE ((guint64) 1024 * 1024)
#define RUNS 3

typedef struct
{
  char *folder;
  char *roots[2];
  TerraceClock *clock;
  TerraceCatalog *catalog;
  TerraceProviderRegistry *registry;
  TerraceLocation *places[2];
  guint n_files;
  guint64 size_bytes;
  gboolean keep_source;
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];
} Bench;

static int option_small = 2000;
static int option_large_mib = 1024;

static const GOptionEntry options[] = {
  { "small", 0, 0, G_OPTION_ARG_INT, &option_small, "Number of small files", "N" },
  { "large", 0, 0, G_OPTION_ARG_INT, &option_large_mib, "Size of the large file", "MIB" },
  { NULL },
};

static TerraceLocation *
find_location (gint64 location_id, gpointer data)
{
  Bench *self = data;

  return self->places[location_id - 1];
}

static TerraceTier
find_tier (const char *class_id, gpointer data)
{
  return TERRACE_TIER_WARM;
}

static gboolean
insert_locations (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *self = data;

  return terrace_location_table_insert (connection, self->places[0], error) &&
         terrace_location_table_insert (connection, self->places[1], error);
}

static gboolean
count_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *self = data;

  return terrace_move_table_counts (connection, self->counts, error);
}

static void
write_catalog (Bench *self, TerraceCatalogFunc func, gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_write_async (self->catalog, func, data, TERRACE_CATALOG_EVERYTHING, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_write_finish (self->catalog, result, &error);
  g_assert_no_error (error);
}

static TerraceItem *
make_item (Bench *self, TerraceProvider *provider, guint number)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree char *key = g_strdup_printf ("f%06u", number);
  TerraceItem *item = terrace_item_new ();

  terrace_provider_stat_async (provider, key, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_stat_finish (provider, result, NULL);
  g_assert_nonnull (info);
  item->location_id = 1;
  item->name = g_strdup (key);
  item->key = g_steal_pointer (&key);
  item->content_type = g_strdup ("");
  item->version = g_strdup (info->version);
  item->size_bytes = info->size_bytes;
  item->class_id = g_strdup ("class/0");

  return item;
}

static gboolean
insert_items (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray *items = data;

  for (guint i = 0; i < items->len; i++)
    if (!terrace_item_table_insert (connection, g_ptr_array_index (items, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
insert_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *self = data;

  for (guint i = 0; i < self->n_files; i++)
    {
      g_autoptr (TerraceItem) item = terrace_item_table_get (connection, i + 1, error);
      g_autoptr (TerraceMove) move = terrace_move_new ();

      if (item == NULL)
        return FALSE;
      move->item_id = item->id;
      move->name = g_strdup (item->name);
      move->size_bytes = item->size_bytes;
      move->source_location_id = 1;
      move->source_key = g_strdup (item->key);
      move->source_version = g_strdup (item->version);
      move->source_class_id = g_strdup (item->class_id);
      move->dest_location_id = 2;
      move->dest_key = g_strdup (item->key);
      move->dest_class_id = g_strdup ("class/1");
      move->keep_source = self->keep_source;
      if (!terrace_move_table_insert (connection, move, error))
        return FALSE;
    }

  return TRUE;
}

static void
set_up (Bench *self, const char *parent)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TerraceProvider) provider = NULL;
  g_autofree char *path = NULL;
  const char *const class_ids[] = { "class/0", NULL };

  self->folder = g_build_filename (parent, "terrace-test-bench-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (self->folder));
  self->clock = terrace_clock_new ();
  self->registry = terrace_provider_registry_new ();
  path = g_build_filename (self->folder, "catalog.db", NULL);
  terrace_catalog_open_async (path, self->clock, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  self->catalog = terrace_catalog_open_finish (result, NULL);
  g_assert_nonnull (self->catalog);
  for (guint i = 0; i < 2; i++)
    {
      self->roots[i] = g_build_filename (self->folder, i == 0 ? "from" : "to", NULL);
      g_assert_cmpint (g_mkdir (self->roots[i], 0700), ==, 0);
      self->places[i] = terrace_location_new (TERRACE_LOCATION_SANDBOX, i == 0 ? "from" : "to",
                                              self->roots[i], class_ids);
    }
  write_catalog (self, insert_locations, self);
  for (guint i = 0; i < self->n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/f%06u", self->roots[0], i);

      terrace_test_make_file (name, self->size_bytes, i);
    }
  provider = terrace_provider_registry_get (self->registry, self->places[0], NULL);
  for (guint i = 0; i < self->n_files; i++)
    g_ptr_array_add (items, make_item (self, provider, i));
  write_catalog (self, insert_items, items);
}

static void
tear_down (Bench *self)
{
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GAsyncResult) closed = NULL;

  terrace_provider_registry_shutdown_async (self->registry, NULL, terrace_test_store_result,
                                            &ended);
  terrace_test_await (&ended);
  g_assert_true (terrace_provider_registry_shutdown_finish (self->registry, ended, NULL));
  terrace_catalog_close_async (self->catalog, NULL, terrace_test_store_result, &closed);
  terrace_test_await (&closed);
  g_assert_true (terrace_catalog_close_finish (self->catalog, closed, NULL));
  g_clear_object (&closed);
  g_clear_object (&self->catalog);
  g_clear_object (&self->registry);
  g_clear_object (&self->clock);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&self->places[i]);
      g_clear_pointer (&self->roots[i], g_free);
    }
  terrace_test_remove_dir (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

/* Seconds for all moves through the queue. */
static double
run_queue (const char *parent, guint n_files, guint64 size_bytes, gboolean keep_source)
{
  Bench self = { .n_files = n_files, .size_bytes = size_bytes, .keep_source = keep_source };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceQueue) queue = NULL;
  gint64 begin_us;
  double seconds;

  set_up (&self, parent);
  write_catalog (&self, insert_moves, &self);
  queue =
      terrace_queue_new (self.catalog, self.registry, self.clock, find_location, find_tier, &self);
  terrace_queue_set_max_active (queue, 8);
  begin_us = g_get_monotonic_time ();
  terrace_queue_start (queue);
  while (!terrace_queue_get_idle (queue))
    g_main_context_iteration (NULL, TRUE);
  seconds = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;

  write_catalog (&self, count_moves, &self);
  g_assert_cmpuint (self.counts[TERRACE_MOVE_DONE], ==, n_files);
  terrace_queue_stop_async (queue, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_queue_stop_finish (queue, result, NULL));
  tear_down (&self);

  return seconds;
}

/* Seconds for a shell to copy and check the same files. */
static double
run_shell (const char *parent, guint n_files, guint64 size_bytes, const char *script)
{
  g_autofree char *folder = g_build_filename (parent, "terrace-test-bench-XXXXXX", NULL);
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  const char *command[] = { "/bin/sh", "-ec", script, "sh", NULL, NULL, NULL };
  g_autoptr (GSubprocess) process = NULL;
  gint64 begin_us;
  double seconds;

  g_assert_nonnull (g_mkdtemp (folder));
  from = g_build_filename (folder, "from", NULL);
  to = g_build_filename (folder, "to", NULL);
  g_assert_cmpint (g_mkdir (from, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/f%06u", from, i);

      terrace_test_make_file (name, size_bytes, i);
    }

  command[4] = from;
  command[5] = to;
  begin_us = g_get_monotonic_time ();
  process = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  seconds = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  terrace_test_remove_dir (folder);

  return seconds;
}

static void
compare (const char *parent, const char *name, guint n_files, guint64 size_bytes)
{
  const char *plain = "cp \"$1\"/* \"$2\" && sha256sum \"$2\"/*";
  const char *durable = "for f in \"$1\"/*; do cp \"$f\" \"$2\"; sync \"$2/${f##*/}\" \"$2\";"
                        " done; sha256sum \"$2\"/*";
  double best[4] = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };

  for (guint i = 0; i < RUNS; i++)
    {
      best[0] = MIN (best[0], run_shell (parent, n_files, size_bytes, plain));
      best[1] = MIN (best[1], run_queue (parent, n_files, size_bytes, TRUE));
      best[2] = MIN (best[2], run_shell (parent, n_files, size_bytes, durable));
      best[3] = MIN (best[3], run_queue (parent, n_files, size_bytes, FALSE));
    }

  g_print ("%s: cp+sha256sum %.2f s, with sync %.2f s; copy %.2f s, move %.2f s; "
           "copy ratio %.2f, durable %.2f\n",
           name, best[0], best[2], best[1], best[3], best[1] / best[0], best[1] / best[2]);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[FOLDER]");
  g_autoptr (GError) error = NULL;
  g_autofree char *large = NULL;
  g_autofree char *small = NULL;
  const char *parent;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  parent = argc > 1 ? argv[1] : g_get_tmp_dir ();
  large = g_strdup_printf ("1 x %d MiB", option_large_mib);
  small = g_strdup_printf ("%d x 4 KiB", option_small);
  compare (parent, large, 1, (guint64) option_large_mib * MEBIBYTE);
  compare (parent, small, (guint) option_small, SMALL_BYTES);

  return 0;
}
