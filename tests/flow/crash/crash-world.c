/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files, the catalogue, and what must be true of them in the end. */

#include "config.h"

#include "crash.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "catalog/terrace-move-table.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-test-support.h"

#define SMALL_BYTES (64 * 1024)
#define LARGE_BYTES (32 * 1024 * 1024)
/* One of so many moves is asked to stop. */
#define CANCEL_ONE_OF 16

/* --- The catalogue --------------------------------------------------------------------------- */

TerraceCatalog *
crash_open_catalog (const char *folder, TerraceClock *clock)
{
  g_autofree char *path = g_build_filename (folder, "catalog.db", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  TerraceCatalog *catalog;

  terrace_catalog_open_async (path, clock, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  catalog = terrace_catalog_open_finish (result, &error);
  g_assert_no_error (error);

  return catalog;
}

void
crash_close_catalog (TerraceCatalog *catalog)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_catalog_close_async (catalog, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_catalog_close_finish (catalog, result, NULL));
  g_clear_object (&result);
  terrace_test_settle ();
  g_assert_finalize_object (catalog);
}

char *
crash_get_root (const char *folder, guint place)
{
  static const char *const names[CRASH_N_PLACES] = { "home", "hot", "warm", "cold", "archive" };

  return g_build_filename (folder, names[place], NULL);
}

static void
write_catalog (CrashWorld *self, TerraceCatalogFunc func, gpointer data)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  TerraceCatalog *catalog = crash_open_catalog (self->folder, clock);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_write_async (catalog, func, data, TERRACE_CATALOG_EVERYTHING, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_write_finish (catalog, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  crash_close_catalog (catalog);
}

/* --- Making ---------------------------------------------------------------------------------- */

static gboolean
digest_file (const char *path, TerraceDigest *digest)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

  if (file == NULL)
    return FALSE;

  terrace_checksum_update (checksum, g_mapped_file_get_contents (file),
                           g_mapped_file_get_length (file));
  terrace_checksum_finish (checksum, digest);

  return TRUE;
}

static TerraceObjectInfo *
stat_file (TerraceProvider *provider, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  TerraceObjectInfo *info;

  terrace_provider_stat_async (provider, key, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_stat_finish (provider, result, &error);
  g_assert_no_error (error);

  return info;
}

static TerraceItem *
make_item (CrashWorld *self, TerraceProvider *provider, guint number, gboolean large)
{
  g_autofree char *key = g_strdup_printf ("%u/object-%u.bin", number % 7, number);
  g_autofree char *path = g_build_filename (self->roots[0], key, NULL);
  g_autoptr (TerraceObjectInfo) info = NULL;
  TerraceItem *item = terrace_item_new ();
  guint64 size_bytes;

  /* Empty ones too, and mostly small even among the small. */
  if (large)
    size_bytes = (guint64) g_rand_int_range (self->random, LARGE_BYTES / 4, LARGE_BYTES + 1);
  else
    size_bytes = (guint64) g_rand_int_range (self->random, 0, SMALL_BYTES) >> (number % 8);
  if (number % 20 == 3)
    size_bytes = 0;
  terrace_test_make_file (path, size_bytes, g_rand_int (self->random));
  g_assert_true (digest_file (path, &self->digests[number]));

  info = stat_file (provider, key);
  item->location_id = 1;
  item->key = g_steal_pointer (&key);
  item->name = g_path_get_basename (item->key);
  item->content_type = g_strdup ("");
  item->version = g_strdup (info->version);
  item->size_bytes = info->size_bytes;
  item->class_id = g_strdup ("class/0");

  return item;
}

static gboolean
insert_locations (TerraceConnection *connection, gpointer data, GError **error)
{
  GPtrArray *locations = data;

  for (guint i = 0; i < locations->len; i++)
    if (!terrace_location_table_insert (connection, g_ptr_array_index (locations, i), error))
      return FALSE;

  return TRUE;
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

static void
make_locations (CrashWorld *self, GPtrArray *locations)
{
  for (guint i = 0; i < CRASH_N_PLACES; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *class_id = g_strdup_printf ("class/%u", i);
      const char *class_ids[] = { class_id, NULL };

      self->roots[i] = crash_get_root (self->folder, i);
      name = g_path_get_basename (self->roots[i]);
      g_assert_cmpint (g_mkdir (self->roots[i], 0700), ==, 0);
      g_ptr_array_add (locations, terrace_location_new (i == 0 ? TERRACE_LOCATION_LOCAL :
                                                                 TERRACE_LOCATION_SANDBOX,
                                                        name, self->roots[i], class_ids));
    }
}

CrashWorld *
crash_world_new (guint32 seed, guint n_small, guint n_large)
{
  CrashWorld *self = g_new0 (CrashWorld, 1);
  g_autoptr (GPtrArray) locations = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  self->random = g_rand_new_with_seed (seed);
  self->folder = terrace_test_make_dir ();
  self->n_items = n_small + n_large;
  self->digests = g_new0 (TerraceDigest, self->n_items);
  make_locations (self, locations);
  write_catalog (self, insert_locations, locations);

  provider = terrace_provider_registry_get (registry, g_ptr_array_index (locations, 0), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < self->n_items; i++)
    g_ptr_array_add (items, make_item (self, provider, i, i >= n_small));
  write_catalog (self, insert_items, items);

  terrace_provider_registry_shutdown_async (registry, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_registry_shutdown_finish (registry, result, NULL));

  return self;
}

void
crash_world_free (CrashWorld *self)
{
  terrace_test_remove_dir (self->folder);
  for (guint i = 0; i < CRASH_N_PLACES; i++)
    g_free (self->roots[i]);
  g_rand_free (self->random);
  g_free (self->digests);
  g_free (self->folder);
  g_free (self);
}

/* --- Moves ----------------------------------------------------------------------------------- */

static gboolean
insert_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  CrashWorld *self = data;

  for (guint i = 0; i < self->n_items; i++)
    {
      g_autoptr (TerraceItem) item = terrace_item_table_get (connection, i + 1, error);
      g_autoptr (TerraceMove) move = terrace_move_new ();
      gint64 dest;

      if (item == NULL)
        return FALSE;

      dest = g_rand_int_range (self->random, 1, CRASH_N_PLACES);
      dest += dest >= item->location_id;
      move->item_id = item->id;
      move->name = g_strdup (item->name);
      move->size_bytes = item->size_bytes;
      move->source_location_id = item->location_id;
      move->source_key = g_strdup (item->key);
      move->source_version = g_strdup (item->version);
      move->source_class_id = g_strdup (item->class_id);
      move->dest_location_id = dest;
      move->dest_key = g_strdup (item->key);
      move->dest_class_id = g_strdup_printf ("class/%d", (int) dest - 1);
      move->priority = g_rand_int_range (self->random, 0, 3);
      if (!terrace_move_table_insert (connection, move, error))
        return FALSE;
    }

  return TRUE;
}

void
crash_world_queue_moves (CrashWorld *self)
{
  write_catalog (self, insert_moves, self);
}

static gboolean
request_cancels (TerraceConnection *connection, gpointer data, GError **error)
{
  CrashWorld *self = data;
  g_autoptr (GPtrArray) moves = terrace_move_table_page (connection, 0, 0, self->n_items, error);

  for (guint i = 0; moves != NULL && i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);

      if (move->state == TERRACE_MOVE_COMMITTING ||
          g_rand_int_range (self->random, 0, CANCEL_ONE_OF) != 0)
        continue;
      if (!terrace_move_table_request (connection, move->id, TERRACE_MOVE_REQUEST_CANCEL,
                                       g_get_real_time (), error))
        return FALSE;
    }

  return moves != NULL;
}

void
crash_world_cancel_some (CrashWorld *self)
{
  write_catalog (self, request_cancels, self);
}

typedef struct
{
  CrashWorld *world;
  guint open;
  guint faults;
  guint files;
} Check;

static gboolean
count_open (TerraceConnection *connection, gpointer data, GError **error)
{
  Check *check = data;
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];

  if (!terrace_move_table_counts (connection, counts, error))
    return FALSE;

  for (int i = 0; i <= TERRACE_MOVE_CANCELLED; i++)
    if (!terrace_move_state_is_final ((TerraceMoveState) i))
      check->open += (guint) counts[i];

  return TRUE;
}

guint
crash_world_count_open (CrashWorld *self)
{
  Check check = { .world = self };

  write_catalog (self, count_open, &check);

  return check.open;
}

/* --- Checking -------------------------------------------------------------------------------- */

static void G_GNUC_PRINTF (2, 3) tell (Check *check, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("LOST: %s", text);
  check->faults++;
}

static void
check_item (Check *check, TerraceItem *item, GPtrArray *replicas)
{
  CrashWorld *self = check->world;
  const TerraceReplica *replica;
  g_autofree char *path = NULL;
  TerraceDigest digest;

  if (replicas->len != 1)
    {
      tell (check, "%s has %u copies", item->key, replicas->len);
      return;
    }
  replica = g_ptr_array_index (replicas, 0);
  if (replica->location_id != item->location_id || g_strcmp0 (replica->key, item->key) != 0 ||
      !replica->leading)
    tell (check, "%s: its copy is elsewhere", item->key);
  if (item->moving || item->missing)
    tell (check, "%s is marked as moving or missing", item->key);

  path = g_build_filename (self->roots[item->location_id - 1], item->key, NULL);
  if (!digest_file (path, &digest))
    tell (check, "%s is not there", path);
  else if (!terrace_digest_equal (&digest, &self->digests[item->id - 1]))
    tell (check, "%s has other bytes", path);
}

static gboolean
check_rows (TerraceConnection *connection, gpointer data, GError **error)
{
  Check *check = data;
  g_autoptr (GPtrArray) owners = terrace_move_table_owners (connection, error);

  if (owners == NULL || !count_open (connection, check, error))
    return FALSE;
  if (owners->len > 0)
    tell (check, "%u leases are left", owners->len);
  if (check->open > 0)
    tell (check, "%u moves are open", check->open);

  for (guint i = 0; i < check->world->n_items; i++)
    {
      g_autoptr (TerraceItem) item = terrace_item_table_get (connection, i + 1, error);
      g_autoptr (GPtrArray) replicas = NULL;

      if (item == NULL)
        return FALSE;
      replicas = terrace_replica_table_list (connection, item->id, error);
      if (replicas == NULL)
        return FALSE;
      check_item (check, item, replicas);
    }

  return TRUE;
}

static void
check_folder (Check *check, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_str_has_prefix (name, ".terrace"))
        tell (check, "%s is left", child);
      else if (g_file_test (child, G_FILE_TEST_IS_DIR))
        check_folder (check, child);
      else
        check->files++;
    }
}

guint
crash_world_check (CrashWorld *self)
{
  Check check = { .world = self };

  write_catalog (self, check_rows, &check);
  for (guint i = 0; i < CRASH_N_PLACES; i++)
    check_folder (&check, self->roots[i]);
  if (check.files != self->n_items)
    tell (&check, "%u files for %u objects", check.files, self->n_items);

  return check.faults;
}
