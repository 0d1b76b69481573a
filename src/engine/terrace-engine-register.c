/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registering: each dropped path is looked at on the worker, gets its location, is stat'ed or
 * listed through the location's provider, and becomes rows, a batch at a time. Main thread but for
 * resolve_places(). The steps stand in the order in which they run. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "engine/terrace-place.h"
#include "engine/terrace-register-batch.h"

#include <glib/gi18n-lib.h>

#define PROBLEMS_KEPT 100

typedef struct
{
  /* inputs */
  GStrv paths;
  TerraceEngineProgress progress;
  gpointer progress_data;

  /* in progress */
  GPtrArray *places;
  guint next_place;
  TerraceLocation *location;
  TerraceProvider *provider;
  char *key;
  char *continuation;
  gboolean listing;
  TerraceRegisterBatch batch;
  gboolean indexed;

  /* results */
  TerraceRegisterReport *report;
} Registering;

static void next_place (TerraceEngine *self, GTask *task);
static void list_folder (TerraceEngine *self, GTask *task);

TerraceRegisterReport *
terrace_register_report_new (void)
{
  TerraceRegisterReport *report = g_new0 (TerraceRegisterReport, 1);

  report->problems = g_ptr_array_new_with_free_func (g_free);

  return report;
}

void
terrace_register_report_free (TerraceRegisterReport *self)
{
  g_ptr_array_unref (self->problems);
  g_free (self);
}

static void
registering_free (Registering *registering)
{
  g_strfreev (registering->paths);
  g_clear_pointer (&registering->places, g_ptr_array_unref);
  g_clear_object (&registering->location);
  g_clear_object (&registering->provider);
  g_free (registering->key);
  g_free (registering->continuation);
  g_clear_pointer (&registering->batch.found, g_ptr_array_unref);
  g_clear_pointer (&registering->batch.assessor, terrace_assessor_free);
  g_clear_pointer (&registering->report, terrace_register_report_free);
  g_free (registering);
}

void
terrace_register_report_add_problem (TerraceRegisterReport *self, char *message)
{
  self->n_problems++;
  if (self->problems->len < PROBLEMS_KEPT)
    g_ptr_array_add (self->problems, message);
  else
    g_free (message);
}

/* @message: (transfer full) */
static void
note_problem (Registering *registering, char *message)
{
  terrace_register_report_add_problem (registering->report, message);
}

static void
note_path_problem (Registering *registering, const char *path, const GError *error)
{
  g_autofree char *display = terrace_display_name (path);

  note_problem (registering, g_strdup_printf ("%s: %s", display, error->message));
}

/* --- Step 1: what the paths are -------------------------------------------------------------- */

static void
resolve_places (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Registering *registering = data;

  for (guint i = 0; registering->paths[i] != NULL; i++)
    g_ptr_array_add (registering->places, terrace_place_resolve (registering->paths[i]));
  g_task_return_boolean (task, TRUE);
}

static void
resolve_places_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else
    next_place (self, g_steal_pointer (&task));
}

/* --- Step 4: storing a batch ----------------------------------------------------------------- */

void
terrace_register_report_count (TerraceRegisterReport *self, const TerraceRegisterReport *stored)
{
  self->added += stored->added;
  self->updated += stored->updated;
  self->unchanged += stored->unchanged;
  self->bytes += stored->bytes;
}

static void
report_progress (Registering *registering)
{
  TerraceRegisterReport *report = registering->report;
  TerraceFound *last;
  g_autofree char *current = NULL;

  if (registering->progress == NULL)
    return;
  last = g_ptr_array_index (registering->batch.found, registering->batch.found->len - 1);
  current = terrace_display_name (last->key);
  registering->progress (report->added + report->updated + report->unchanged, 0, current,
                         registering->progress_data);
}

static void
register_continue (TerraceEngine *self, GTask *task)
{
  Registering *registering = g_task_get_task_data (task);

  if (registering->listing)
    list_folder (self, task);
  else
    next_place (self, task);
}

static gboolean
store_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Registering *registering = data;

  return terrace_register_batch_store (connection, &registering->batch, error);
}

static void
store_done (TerraceEngine *self, GTask *task)
{
  Registering *registering = g_task_get_task_data (task);

  terrace_register_report_count (registering->report, &registering->batch.report);
  report_progress (registering);
  g_ptr_array_set_size (registering->batch.found, 0);
  register_continue (self, task);
}

/* @task: (transfer full). Stores when the batch is full, or in any case @at_end. */
static void
store_or_continue (TerraceEngine *self, GTask *task, gboolean at_end)
{
  Registering *registering = g_task_get_task_data (task);
  guint n_found = registering->batch.found->len;

  if (n_found == 0 || (n_found < TERRACE_LIMIT_BATCH_ITEMS && !at_end))
    {
      register_continue (self, task);
      return;
    }
  if (registering->batch.assessor == NULL)
    registering->batch.assessor = terrace_engine_new_assessor (self);
  terrace_engine_write_step (self, task, store_batch,
                             TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS, store_done);
}

/* --- Step 3: what the provider sees ---------------------------------------------------------- */

/* Temporary files of moves, wherever they lie, and what the catalogue itself consists of. */
static gboolean
is_reserved (TerraceEngine *self, const char *path, TerraceLocation *owner)
{
  return strstr (path, "/.terrace-") != NULL ||
         (terrace_place_below (path, self->data_dir) != NULL &&
          strlen (owner->root) <= strlen (self->data_dir));
}

TerraceFound *
terrace_engine_new_found (TerraceEngine *self, TerraceLocation *location, TerraceObjectInfo *info)
{
  g_autofree char *path = NULL;
  const char *key = NULL;
  TerraceLocation *owner;

  if (!terrace_location_is_folder (location))
    return terrace_found_new (location, info->key, info);

  path = g_build_filename (location->root, info->key, NULL);
  owner = terrace_engine_locate_path (self, path, FALSE, &key);
  /* A location that lies inside the folder owns what is in it. */
  if (owner != NULL && !is_reserved (self, path, owner))
    return terrace_found_new (owner, key, info);

  terrace_object_info_free (info);
  return NULL;
}

/* @info: (transfer full) */
static void
take_found (TerraceEngine *self, Registering *registering, TerraceObjectInfo *info)
{
  TerraceFound *found = terrace_engine_new_found (self, registering->location, info);

  if (found != NULL)
    g_ptr_array_add (registering->batch.found, found);
}

static void
note_unreadable (Registering *registering, GPtrArray *unreadable)
{
  for (guint i = 0; unreadable != NULL && i < unreadable->len; i++)
    {
      g_autofree char *path =
          g_build_filename (registering->location->root, g_ptr_array_index (unreadable, i), NULL);
      g_autofree char *display = terrace_display_name (path);

      note_problem (registering, g_strdup_printf (_ ("%s: It cannot be read"), display));
    }
}

static void
list_folder_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceListing) listing = NULL;
  Registering *registering = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  listing = terrace_provider_list_finish (TERRACE_PROVIDER (object), result, &error);
  g_clear_pointer (&registering->continuation, g_free);
  if (listing == NULL)
    {
      if (terrace_error_is_cancelled (error))
        {
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      note_path_problem (registering, registering->location->root, error);
      registering->listing = FALSE;
      next_place (self, g_steal_pointer (&task));
      return;
    }

  for (guint i = 0; i < listing->objects->len; i++)
    take_found (self, registering,
                terrace_object_info_copy (g_ptr_array_index (listing->objects, i)));
  note_unreadable (registering, listing->unreadable);
  registering->report->skipped += listing->skipped;
  registering->continuation = g_steal_pointer (&listing->next);
  registering->listing = registering->continuation != NULL;
  store_or_continue (self, g_steal_pointer (&task), FALSE);
}

/* @task: (transfer full) */
static void
list_folder (TerraceEngine *self, GTask *task)
{
  Registering *registering = g_task_get_task_data (task);

  terrace_provider_list_async (registering->provider, registering->key, registering->continuation,
                               g_task_get_cancellable (task), list_folder_cb, task);
}

static void
stat_file_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Registering *registering = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  TerraceObjectInfo *info;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info != NULL)
    take_found (self, registering, info);
  else if (terrace_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  else
    note_path_problem (registering, registering->key, error);

  store_or_continue (self, g_steal_pointer (&task), FALSE);
}

/* --- Step 2: the location of a path ---------------------------------------------------------- */

/* @task: (transfer full) */
static void
look_into (TerraceEngine *self, GTask *task, TerracePlace *place, TerraceLocation *location)
{
  Registering *registering = g_task_get_task_data (task);
  const char *below = terrace_place_below (place->path, location->root);
  g_autoptr (GError) error = NULL;

  g_assert (below != NULL);
  g_set_object (&registering->location, location);
  g_clear_object (&registering->provider);
  registering->provider = terrace_provider_registry_get (self->registry, location, &error);
  if (registering->provider == NULL)
    {
      note_path_problem (registering, place->path, error);
      next_place (self, task);
      return;
    }

  g_free (registering->key);
  registering->listing = place->kind == TERRACE_PLACE_FOLDER;
  registering->key =
      registering->listing && below[0] != '\0' ? g_strconcat (below, "/", NULL) : g_strdup (below);
  if (registering->listing)
    list_folder (self, task);
  else
    terrace_provider_stat_async (registering->provider, registering->key,
                                 g_task_get_cancellable (task), stat_file_cb, task);
}

static char *
make_unique_name (TerraceEngine *self, const char *wanted)
{
  g_autofree char *name = g_strdup (wanted);

  for (guint i = 2; terrace_engine_find_location (self, name) != NULL; i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s %u", wanted, i);
    }

  return g_steal_pointer (&name);
}

static TerraceLocation *
make_location (TerraceEngine *self, const TerracePlace *place)
{
  const char *root = place->home != NULL ? place->home : place->mount;
  const char *class_ids[] = { "local/hdd", NULL };
  g_autofree char *base = g_path_get_basename (root);
  g_autofree char *display = terrace_display_name (base);
  g_autofree char *name = NULL;
  TerraceLocation *location;

  if (place->home != NULL)
    name = make_unique_name (self, _ ("Home"));
  else if (g_str_equal (root, G_DIR_SEPARATOR_S))
    name = make_unique_name (self, _ ("Computer"));
  else
    name = make_unique_name (self, display);
  if (place->solid_state && terrace_engine_find_class (self, "local/ssd") != NULL)
    class_ids[0] = "local/ssd";
  location = terrace_location_new (TERRACE_LOCATION_LOCAL, name, root, class_ids);
  location->accepts = TRUE;

  return location;
}

static void
add_location_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TerraceEngine *self = TERRACE_ENGINE (object);
  Registering *registering = g_task_get_task_data (task);
  TerracePlace *place = g_ptr_array_index (registering->places, registering->next_place - 1);
  TerraceLocation *location;

  if (terrace_engine_add_location_finish (self, result, &error))
    /* What was planned with did not know of the new place. */
    g_clear_pointer (&registering->batch.assessor, terrace_assessor_free);
  else if (terrace_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* Somebody else may have added the same one at the same moment. */
  location =
      terrace_engine_locate_path (self, place->path, place->kind == TERRACE_PLACE_FOLDER, NULL);
  if (location != NULL)
    {
      look_into (self, g_steal_pointer (&task), place, location);
      return;
    }
  note_path_problem (registering, place->path, error);
  next_place (self, g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
register_place (TerraceEngine *self, GTask *task, TerracePlace *place)
{
  TerraceLocation *location;
  g_autoptr (TerraceLocation) made = NULL;

  location =
      terrace_engine_locate_path (self, place->path, place->kind == TERRACE_PLACE_FOLDER, NULL);
  if (location != NULL)
    {
      look_into (self, task, place, location);
      return;
    }

  made = make_location (self, place);
  terrace_engine_add_location_async (self, made, g_task_get_cancellable (task), add_location_cb,
                                     task);
}

/* So many objects may have become an import, which leaves indexes to be built. */
static gboolean
build_index (TerraceConnection *connection, gpointer data, GError **error)
{
  Registering *registering = data;

  return terrace_item_table_end_import (connection, &registering->indexed, error);
}

static void
register_return (TerraceEngine *self, GTask *task)
{
  Registering *registering = g_task_get_task_data (task);

  if (registering->batch.n_added > TERRACE_LIMIT_IMPORT_BATCH_ITEMS && !registering->indexed)
    {
      terrace_engine_write_step (self, task, build_index, 0, register_return);
      return;
    }
  if (self->hash_in_background && !self->closing)
    terrace_background_hasher_poke (self->hasher);
  g_task_return_pointer (task, g_steal_pointer (&registering->report),
                         (GDestroyNotify) terrace_register_report_free);
  g_object_unref (task);
}

/* @task: (transfer full) */
static void
next_place (TerraceEngine *self, GTask *task)
{
  Registering *registering = g_task_get_task_data (task);

  registering->listing = FALSE;
  while (registering->next_place < registering->places->len)
    {
      TerracePlace *place = g_ptr_array_index (registering->places, registering->next_place);

      registering->next_place++;
      if (place->error != NULL)
        note_problem (registering, g_strdup (place->error->message));
      else if (place->kind == TERRACE_PLACE_SPECIAL)
        registering->report->skipped++;
      else
        {
          register_place (self, task, place);
          return;
        }
    }

  if (registering->batch.found->len > 0)
    store_or_continue (self, task, TRUE);
  else
    register_return (self, task);
}

void
terrace_engine_register_async (TerraceEngine *self,
                               GPtrArray *files,
                               TerraceEngineProgress progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  Registering *registering;
  GTask *task;
  GTask *job;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (files != NULL);

  task = terrace_engine_task_new (self, terrace_engine_register_async, cancellable, callback,
                                  user_data);
  registering = g_new0 (Registering, 1);
  registering->progress = progress;
  registering->progress_data = progress_data;
  registering->report = terrace_register_report_new ();
  registering->places = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_place_free);
  registering->batch.found = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_found_free);
  g_task_set_task_data (task, registering, (GDestroyNotify) registering_free);

  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = g_ptr_array_index (files, i);
      g_autofree char *uri = g_file_get_uri (file);

      if (g_file_peek_path (file) != NULL)
        g_strv_builder_add (paths, g_file_peek_path (file));
      else
        note_problem (registering, g_strdup_printf (_ ("%s: It is not on this computer"), uri));
    }
  registering->paths = g_strv_builder_end (paths);

  job = g_task_new (NULL, cancellable, resolve_places_cb, task);
  g_task_set_task_data (job, registering, NULL);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, resolve_places, job);
}

TerraceRegisterReport *
terrace_engine_register_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
