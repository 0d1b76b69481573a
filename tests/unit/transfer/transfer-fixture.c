/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A catalogue and places with real files, and waiting for the queue. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "catalog/terrace-event-table.h"
#include "terrace-test-support.h"
#include "transfer/terrace-queue-private.h"
#include "transfer/terrace-verify.h"

#define MOST_TIMERS 2000
#define START_US (G_GINT64_CONSTANT (1790000000) * TERRACE_US_PER_SECOND)

static const char *const place_names[N_PLACES] = { "Home", "Vault", "Shed" };

typedef struct
{
  gpointer object;
  gint64 id;
  int number;
  gpointer result;
} Access;

/* --- Catalogue ------------------------------------------------------------------------------- */

void
transfer_fixture_write (TransferFixture *self, TerraceCatalogFunc func, gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_write_async (self->catalog, func, data, TERRACE_CATALOG_EVERYTHING, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_write_finish (self->catalog, result, &error);
  g_assert_no_error (error);
}

static gboolean
insert_location (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_location_table_insert (connection, data, error);
}

static gboolean
insert_item (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_insert (connection, data, error);
}

static gboolean
insert_move (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_move_table_insert (connection, data, error);
}

static gboolean
get_move (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  access->result = terrace_move_table_get (connection, access->id, error);

  return access->result != NULL;
}

static gboolean
get_item (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  access->result = terrace_item_table_get (connection, access->id, error);

  return access->result != NULL;
}

static gboolean
get_replicas (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  access->result = terrace_replica_table_list (connection, access->id, error);

  return access->result != NULL;
}

static gboolean
count_open (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];

  if (!terrace_move_table_counts (connection, counts, error))
    return FALSE;
  access->number = (int) (counts[TERRACE_MOVE_QUEUED] + counts[TERRACE_MOVE_COPYING] +
                          counts[TERRACE_MOVE_VERIFYING] + counts[TERRACE_MOVE_STAGED] +
                          counts[TERRACE_MOVE_COMMITTING]);

  return TRUE;
}

static gboolean
request_move (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  return terrace_move_table_request (connection, access->id, access->number, START_US, error);
}

static gboolean
requeue_move (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  return terrace_move_table_requeue (connection, access->id,
                                     terrace_clock_get_now_us (access->object), error);
}

static gboolean
get_events (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  access->result = terrace_event_table_page (connection, access->id, 0, 100, error);

  return access->result != NULL;
}

static gboolean
delete_item (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;

  return terrace_item_table_delete (connection, access->id, error);
}

GPtrArray *
transfer_fixture_get_events (TransferFixture *self, gint64 item_id)
{
  Access access = { .id = item_id };

  transfer_fixture_write (self, get_events, &access);

  return access.result;
}

void
transfer_fixture_forget_item (TransferFixture *self, gint64 item_id, const char *key)
{
  Access access = { .id = item_id };
  g_autofree char *path = transfer_fixture_path (self, 0, key);

  transfer_fixture_write (self, delete_item, &access);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

TerraceMove *
transfer_fixture_get_move (TransferFixture *self, gint64 move_id)
{
  Access access = { .id = move_id };

  transfer_fixture_write (self, get_move, &access);

  return access.result;
}

TerraceItem *
transfer_fixture_get_item (TransferFixture *self, gint64 item_id)
{
  Access access = { .id = item_id };

  transfer_fixture_write (self, get_item, &access);

  return access.result;
}

GPtrArray *
transfer_fixture_get_replicas (TransferFixture *self, gint64 item_id)
{
  Access access = { .id = item_id };

  transfer_fixture_write (self, get_replicas, &access);

  return access.result;
}

static void
sent_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Access *access = user_data;

  /* A request may come too late; the state says what came of it. */
  terrace_catalog_write_finish (TERRACE_CATALOG (object), result, NULL);
}

void
transfer_fixture_send_request (TransferFixture *self, gint64 move_id, TerraceMoveRequest request)
{
  Access *access = g_new0 (Access, 1);

  access->id = move_id;
  access->number = request;
  terrace_catalog_write_async (self->catalog, request_move, access, TERRACE_CATALOG_MOVES, NULL,
                               sent_cb, access);
}

void
transfer_fixture_request (TransferFixture *self, gint64 move_id, TerraceMoveRequest request)
{
  Access access = { .id = move_id, .number = request };

  transfer_fixture_write (self, request_move, &access);
}

void
transfer_fixture_requeue (TransferFixture *self, gint64 move_id)
{
  Access access = { .id = move_id, .object = self->clock };

  transfer_fixture_write (self, requeue_move, &access);
}

static gboolean
give_lease (TerraceConnection *connection, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) moves =
      terrace_move_table_claim (connection, data, START_US, START_US + 60 * TERRACE_US_PER_SECOND,
                                100, NULL, 0, error);

  return moves != NULL;
}

void
transfer_fixture_give_lease (TransferFixture *self, const char *owner)
{
  transfer_fixture_write (self, give_lease, (gpointer) owner);
}

static gboolean
steal_lease (TerraceConnection *connection, gpointer data, GError **error)
{
  Access *access = data;
  g_autoptr (GPtrArray) moves = NULL;

  if (!terrace_move_table_expire_owner (connection, access->object, error))
    return FALSE;
  moves = terrace_move_table_claim (connection, "a thief", START_US,
                                    START_US + 60 * TERRACE_US_PER_SECOND, 1, NULL, 0, error);

  return moves != NULL;
}

void
transfer_fixture_steal_lease (TransferFixture *self, gint64 move_id, const char *owner)
{
  Access access = { .id = move_id, .object = (gpointer) owner };

  transfer_fixture_write (self, steal_lease, &access);
}

static gboolean
set_checksum (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceItem *item = data;

  return terrace_item_table_set_checksum (connection, item->id, item->version, &item->checksum, 1,
                                          error);
}

void
transfer_fixture_learn_checksum (TransferFixture *self, gint64 item_id)
{
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, item_id);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_verify_async (TERRACE_PROVIDER (self->faults[0]), item->key, item->version,
                        item->size_bytes, NULL, NULL, NULL, NULL, NULL, terrace_test_store_result,
                        &result);
  terrace_test_await (&result);
  terrace_verify_finish (result, &item->checksum, &error);
  g_assert_no_error (error);
  transfer_fixture_write (self, set_checksum, item);
}

TerraceCatalog *
transfer_fixture_open_catalog (TransferFixture *self)
{
  g_autofree char *path = g_build_filename (self->folder, "catalog.db", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  TerraceCatalog *catalog;

  terrace_catalog_open_async (path, self->clock, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  catalog = terrace_catalog_open_finish (result, &error);
  g_assert_no_error (error);

  return catalog;
}

void
transfer_fixture_close_catalog (TerraceCatalog *catalog)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_close_async (catalog, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_close_finish (catalog, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  terrace_test_settle ();
  g_assert_finalize_object (catalog);
}

/* --- Files ----------------------------------------------------------------------------------- */

char *
transfer_fixture_path (TransferFixture *self, guint place, const char *key)
{
  return g_build_filename (self->roots[place], key, NULL);
}

static void
list_folder (const char *path, const char *prefix, GPtrArray *names)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      g_autofree char *key = g_strconcat (prefix, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        {
          g_autofree char *below = g_strconcat (key, "/", NULL);

          list_folder (child, below, names);
        }
      else
        g_ptr_array_add (names, g_steal_pointer (&key));
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
transfer_fixture_list (TransferFixture *self, guint place)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);

  list_folder (self->roots[place], "", names);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s ", (const char *) g_ptr_array_index (names, i));

  return g_string_free (text, FALSE);
}

/* --- Items and moves ------------------------------------------------------------------------- */

gint64
transfer_fixture_add_item (TransferFixture *self, const char *key, guint64 size_bytes, guint seed)
{
  g_autofree char *path = transfer_fixture_path (self, 0, key);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (TerraceItem) item = terrace_item_new ();
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  terrace_test_make_file (path, size_bytes, seed);
  terrace_provider_stat_async (TERRACE_PROVIDER (self->faults[0]), key, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_stat_finish (TERRACE_PROVIDER (self->faults[0]), result, &error);
  g_assert_no_error (error);

  item->location_id = 1;
  item->key = g_strdup (key);
  item->name = g_path_get_basename (key);
  item->content_type = g_strdup ("");
  item->version = g_strdup (info->version);
  item->size_bytes = info->size_bytes;
  item->class_id = g_strdup ("class/0");
  transfer_fixture_write (self, insert_item, item);

  return item->id;
}

TerraceMove *
transfer_fixture_new_move (TransferFixture *self, gint64 item_id, guint dest)
{
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, item_id);
  TerraceMove *move = terrace_move_new ();

  move->item_id = item_id;
  move->name = g_strdup (item->name);
  move->size_bytes = item->size_bytes;
  move->source_location_id = item->location_id;
  move->source_key = g_strdup (item->key);
  move->source_version = g_strdup (item->version);
  move->source_class_id = g_strdup (item->class_id);
  move->dest_location_id = dest + 1;
  move->dest_key = g_strdup (item->key);
  move->dest_class_id = g_strdup_printf ("class/%u", dest);

  return move;
}

gint64
transfer_fixture_queue_move (TransferFixture *self, TerraceMove *move)
{
  gint64 id;

  transfer_fixture_write (self, insert_move, move);
  id = move->id;
  g_object_unref (move);

  return id;
}

gint64
transfer_fixture_add_move (TransferFixture *self, const char *key, guint64 size_bytes, guint seed)
{
  gint64 item_id = transfer_fixture_add_item (self, key, size_bytes, seed);

  return transfer_fixture_queue_move (self, transfer_fixture_new_move (self, item_id, 1));
}

/* --- The queue ------------------------------------------------------------------------------- */

static TerraceLocation *
find_location (gint64 location_id, gpointer user_data)
{
  TransferFixture *self = user_data;

  return location_id >= 1 && location_id <= N_PLACES ? self->places[location_id - 1] : NULL;
}

static TerraceTier
find_tier (const char *class_id, gpointer user_data)
{
  return g_str_equal (class_id, "class/0") ? TERRACE_TIER_HOT : TERRACE_TIER_COLD;
}

static void
move_changed_cb (TerraceQueue *queue, TerraceMove *move, TransferFixture *self)
{
  g_string_append_printf (self->story, "%" G_GINT64_FORMAT ":%s ", move->id,
                          terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) move->state));
  self->most_active = MAX (self->most_active, terrace_queue_get_active (queue));
  if (self->hook != NULL && move->state == self->hook_state)
    self->hook (self, move);
}

TerraceQueue *
transfer_fixture_new_queue (TransferFixture *self)
{
  TerraceQueue *queue = terrace_queue_new (self->catalog, self->registry, self->clock,
                                           find_location, find_tier, self);
  GClosure *closure = g_cclosure_new (G_CALLBACK (move_changed_cb), self, NULL);

  terrace_queue_set_seed (queue, 7);
  g_signal_connect_closure (queue, "move-changed", closure, FALSE);

  return queue;
}

void
transfer_fixture_start (TransferFixture *self)
{
  self->queue = transfer_fixture_new_queue (self);
  terrace_queue_start (self->queue);
}

void
transfer_fixture_stop_queue (TransferFixture *self, TerraceQueue *queue)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_queue_stop_async (queue, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_queue_stop_finish (queue, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  terrace_test_settle ();
  g_assert_finalize_object (queue);
}

void
transfer_fixture_stop (TransferFixture *self)
{
  transfer_fixture_stop_queue (self, g_steal_pointer (&self->queue));
}

void
transfer_fixture_stop_released (TransferFixture *self, guint place)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceQueue) queue = g_steal_pointer (&self->queue);

  terrace_queue_stop_async (queue, NULL, terrace_test_store_result, &result);
  fault_provider_release (self->faults[place]);
  terrace_test_await (&result);
  g_assert_true (terrace_queue_stop_finish (queue, result, NULL));
}

static gboolean
is_idle (gpointer data)
{
  return terrace_queue_get_idle (data);
}

void
transfer_fixture_run (TransferFixture *self)
{
  terrace_queue_poke (self->queue);
  terrace_test_await_condition (is_idle, self->queue);
}

void
transfer_fixture_run_all (TransferFixture *self)
{
  for (guint i = 0; i < MOST_TIMERS; i++)
    {
      Access access = { 0 };

      transfer_fixture_run (self);
      transfer_fixture_write (self, count_open, &access);
      if (access.number == 0)
        return;
      g_assert_true (terrace_fake_clock_advance_to_next (TERRACE_FAKE_CLOCK (self->clock)));
    }

  g_test_fail_printf ("Moves are still open after %d timers", MOST_TIMERS);
}

/* --- Fixture --------------------------------------------------------------------------------- */

static void
set_up_place (TransferFixture *self, guint i)
{
  g_autofree char *class_id = g_strdup_printf ("class/%u", i);
  const char *class_ids[] = { class_id, NULL };
  g_autoptr (TerraceProvider) provider = NULL;
  GError *error = NULL;

  self->roots[i] = g_build_filename (self->folder, place_names[i], NULL);
  g_assert_cmpint (g_mkdir (self->roots[i], 0700), ==, 0);
  self->places[i] =
      terrace_location_new (i == 0 ? TERRACE_LOCATION_LOCAL : TERRACE_LOCATION_SANDBOX,
                            place_names[i], self->roots[i], class_ids);
  transfer_fixture_write (self, insert_location, self->places[i]);
  g_assert_cmpint (self->places[i]->id, ==, i + 1);

  provider = terrace_provider_registry_get (self->registry, self->places[i], &error);
  g_assert_no_error (error);
  self->faults[i] = fault_provider_new (provider);
  terrace_provider_registry_override (self->registry, i + 1, TERRACE_PROVIDER (self->faults[i]));
}

void
transfer_fixture_set_up (TransferFixture *self, gconstpointer data)
{
  self->folder = terrace_test_make_dir ();
  self->clock = terrace_fake_clock_new (START_US);
  self->registry = terrace_provider_registry_new ();
  self->story = g_string_new (NULL);
  self->catalog = transfer_fixture_open_catalog (self);
  for (guint i = 0; i < N_PLACES; i++)
    set_up_place (self, i);
}

void
transfer_fixture_tear_down (TransferFixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) ended = NULL;
  GError *error = NULL;

  if (self->queue != NULL)
    transfer_fixture_stop (self);

  terrace_provider_registry_shutdown_async (self->registry, NULL, terrace_test_store_result,
                                            &ended);
  terrace_test_await (&ended);
  terrace_provider_registry_shutdown_finish (self->registry, ended, &error);
  g_assert_no_error (error);
  g_clear_object (&ended);
  transfer_fixture_close_catalog (g_steal_pointer (&self->catalog));

  for (guint i = 0; i < N_PLACES; i++)
    {
      g_clear_object (&self->faults[i]);
      g_clear_object (&self->places[i]);
      g_clear_pointer (&self->roots[i], g_free);
    }
  g_assert_finalize_object (g_steal_pointer (&self->registry));
  g_clear_object (&self->clock);
  terrace_test_remove_dir (self->folder);
  g_clear_pointer (&self->folder, g_free);
  g_string_free (self->story, TRUE);
}
