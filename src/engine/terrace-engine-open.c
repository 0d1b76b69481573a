/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening: folder and price sheets on the worker, the catalogue, its locations and policy, then the
 * parts that work on them. Whatever was begun is closed again when a later step fails. Main thread
 * but for the functions named load_*. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-recovery.h"
#include "engine/terrace-price-folder.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>

/* --- Defaults ------------------------------------------------------------------------------ */

char *
terrace_engine_default_data_dir (void)
{
  const char *chosen = g_getenv ("TERRACE_DATA_DIR");

  if (chosen != NULL && chosen[0] != '\0')
    return g_canonicalize_filename (chosen, NULL);

  return g_build_filename (g_get_user_data_dir (), "terrace", NULL);
}

static gboolean
runs_from_build_tree (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, TERRACE_BUILD_DIR G_DIR_SEPARATOR_S);
}

GStrv
terrace_engine_default_price_dirs (void)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_autofree char *own = g_build_filename (g_get_user_config_dir (), "terrace", "prices", NULL);

  g_strv_builder_add (folders, runs_from_build_tree () ? TERRACE_SOURCE_DATADIR "/prices" :
                                                         TERRACE_PKGDATADIR "/prices");
  g_strv_builder_add (folders, own);

  return g_strv_builder_end (folders);
}

/* --- State --------------------------------------------------------------------------------- */

typedef struct
{
  TerraceEngine *engine;

  /* in progress */
  char *real_data_dir;
  GPtrArray *sheets;
  GPtrArray *problems;
  GPtrArray *locations;
  TerracePolicy policy;
  TerraceTransferLimits *limits;
  GError *error;
} Opening;

static void
opening_free (Opening *opening)
{
  g_clear_object (&opening->engine);
  g_free (opening->real_data_dir);
  g_clear_pointer (&opening->sheets, g_ptr_array_unref);
  g_clear_pointer (&opening->problems, g_ptr_array_unref);
  g_clear_pointer (&opening->locations, g_ptr_array_unref);
  g_clear_pointer (&opening->limits, terrace_transfer_limits_free);
  g_clear_error (&opening->error);
  g_free (opening);
}

static void
open_abandon_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);

  /* Why it could not be opened matters more than how it closed. */
  terrace_engine_close_finish (TERRACE_ENGINE (object), result, NULL);
  g_task_return_error (task, g_steal_pointer (&opening->error));
}

/* @task: (transfer full); @error: (transfer full). */
static void
open_abandon (GTask *task, GError *error)
{
  Opening *opening = g_task_get_task_data (task);

  opening->error = error;
  terrace_engine_close_async (opening->engine, NULL, open_abandon_cb, task);
}

/* --- Step 3: the parts ----------------------------------------------------------------------- */

static TerraceLocation *
lookup_location (gint64 location_id, gpointer user_data)
{
  return terrace_engine_get_location (user_data, location_id);
}

static TerraceTier
lookup_tier (const char *class_id, gpointer user_data)
{
  TerraceStorageClass *class = terrace_engine_find_class (user_data, class_id);

  return class != NULL ? class->tier : TERRACE_TIER_HOT;
}

static TerraceStorageClass *
lookup_class (const char *class_id, gpointer user_data)
{
  return terrace_engine_find_class (user_data, class_id);
}

static void
move_changed_cb (TerraceEngine *self, TerraceMove *move)
{
  if (terrace_move_state_is_final (move->state))
    terrace_engine_refresh_item (self, move->item_id);
  terrace_engine_check_waiters (self);
}

static void
catalog_changed_cb (TerraceEngine *self, TerraceCatalogChange changes)
{
  if (self->closing)
    return;
  if ((changes & (TERRACE_CATALOG_LOCATIONS | TERRACE_CATALOG_SETTINGS)) != 0)
    terrace_engine_reload (self);
  if ((changes & TERRACE_CATALOG_MOVES) != 0)
    terrace_engine_check_waiters (self);
  /* Another process may have registered something. */
  if (changes == TERRACE_CATALOG_EVERYTHING && self->hash_in_background)
    terrace_background_hasher_poke (self->hasher);
}

static void
make_parts (TerraceEngine *self)
{
  self->registry = terrace_provider_registry_new ();
  self->queue = terrace_queue_new (self->catalog, self->registry, self->clock, lookup_location,
                                   lookup_tier, self);
  terrace_queue_set_classes (self->queue, lookup_class);
  self->hasher = terrace_background_hasher_new (self->catalog, self->registry, self->queue,
                                                self->clock, lookup_location, self);
  g_signal_connect_object (self->queue, "move-changed", G_CALLBACK (move_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->queue, "notify::active", G_CALLBACK (terrace_engine_check_waiters),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->catalog, "changed", G_CALLBACK (catalog_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
log_price_problems (TerraceEngine *self)
{
  for (guint i = 0; i < self->price_problems->len; i++)
    terrace_engine_log (self, TERRACE_EVENT_LOCATION, TERRACE_SEVERITY_WARNING, 0, 0,
                        g_strdup (g_ptr_array_index (self->price_problems, i)));
}

static gboolean
load_rows (TerraceConnection *connection, gpointer data, GError **error)
{
  Opening *opening = data;

  opening->locations = terrace_location_table_list (connection, error);
  if (opening->locations == NULL)
    return FALSE;
  opening->limits = terrace_engine_load_transfer_limits (connection, error);

  return opening->limits != NULL && terrace_policy_table_get (connection, &opening->policy, error);
}

static void
load_rows_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  TerraceEngine *self = opening->engine;
  GError *error = NULL;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      open_abandon (g_steal_pointer (&task), error);
      return;
    }

  self->policy = opening->policy;
  for (guint i = 0; i < opening->locations->len; i++)
    terrace_engine_put_location (self, g_ptr_array_index (opening->locations, i));
  make_parts (self);
  terrace_engine_take_transfer_limits (self, g_steal_pointer (&opening->limits));
  terrace_engine_probe_async (self, self->cancellable, NULL, NULL);
  if (self->run_moves)
    {
      /* A command that only reads is no start worth a line in the log. */
      log_price_problems (self);
      terrace_engine_recover (self);
      self->housekeeper = terrace_housekeeper_new (self->catalog, self->clock);
    }
  if (self->hash_in_background)
    terrace_background_hasher_poke (self->hasher);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/* --- Step 2: the catalogue ------------------------------------------------------------------- */

static void
open_catalog_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  TerraceEngine *self = opening->engine;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  self->catalog = terrace_catalog_open_finish (result, &error);
  if (self->catalog == NULL)
    open_abandon (g_steal_pointer (&task), error);
  else
    terrace_catalog_read_async (self->catalog, load_rows, opening, cancellable, load_rows_cb,
                                g_steal_pointer (&task));
}

static void
take_sheets (TerraceEngine *self, Opening *opening)
{
  g_clear_pointer (&self->sheets, g_ptr_array_unref);
  g_clear_pointer (&self->price_problems, g_ptr_array_unref);
  self->sheets = g_steal_pointer (&opening->sheets);
  self->price_problems = g_steal_pointer (&opening->problems);

  for (guint i = 0; i < self->sheets->len; i++)
    {
      GPtrArray *classes = terrace_price_sheet_get_classes (g_ptr_array_index (self->sheets, i));

      for (guint j = 0; j < classes->len; j++)
        {
          TerraceStorageClass *class = g_ptr_array_index (classes, j);

          g_hash_table_insert (self->classes, class->id, terrace_storage_class_ref (class));
        }
    }
}

/* --- Step 1: the folder and the prices ----------------------------------------------------- */

static gboolean
load_data_dir (const char *data_dir, char **real_data_dir, GError **error)
{
  g_autofree char *resolved = NULL;

  if (g_mkdir_with_parents (data_dir, 0700) != 0 || (resolved = realpath (data_dir, NULL)) == NULL)
    {
      g_autofree char *display = terrace_display_name (data_dir);

      terrace_error_set_errno (error, errno,
                               _ ("The folder “%s” for Terrace's data cannot be used"), display);
      return FALSE;
    }

  *real_data_dir = g_strdup (resolved);
  return TRUE;
}

static void
load_prepared (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *opening = data;
  TerraceEngine *self = opening->engine;
  GError *error = NULL;

  opening->problems = g_ptr_array_new_with_free_func (g_free);
  if (load_data_dir (self->data_dir, &opening->real_data_dir, &error))
    opening->sheets = terrace_price_folders_load ((const char *const *) self->price_dirs,
                                                  opening->problems, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
load_prepared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  TerraceEngine *self = opening->engine;
  g_autofree char *path = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      open_abandon (g_steal_pointer (&task), error);
      return;
    }

  g_free (self->data_dir);
  self->data_dir = g_steal_pointer (&opening->real_data_dir);
  take_sheets (self, opening);
  path = g_build_filename (self->data_dir, "catalog.db", NULL);
  terrace_catalog_open_async (path, self->clock, cancellable, open_catalog_cb,
                              g_steal_pointer (&task));
}

void
terrace_engine_open_async (const TerraceEngineOptions *options,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;
  GTask *job;
  Opening *opening;
  TerraceEngine *self;

  g_return_if_fail (options != NULL && options->data_dir != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_open_async);
  g_task_set_check_cancellable (task, FALSE);
  self = g_object_new (TERRACE_TYPE_ENGINE, NULL);
  self->data_dir = g_canonicalize_filename (options->data_dir, NULL);
  self->price_dirs = g_strdupv ((char **) options->price_dirs);
  self->clock = options->clock != NULL ? g_object_ref (options->clock) : terrace_clock_new ();
  self->run_moves = options->run_moves;
  self->hash_in_background = options->hash_in_background;
  self->worker = terrace_worker_new ("terrace-engine", 1);
  opening = g_new0 (Opening, 1);
  opening->engine = self;
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);

  job = g_task_new (NULL, cancellable, load_prepared_cb, task);
  g_task_set_task_data (job, opening, NULL);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, load_prepared, job);
}

TerraceEngine *
terrace_engine_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
