/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lies in a place: a page for looking at, or all of it, page by page, for registering. One
 * page is in memory at a time, and the next is asked for when it is stored. Main thread but for
 * store_page(). */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-units.h"
#include "engine/terrace-register-batch.h"

#include <glib/gi18n-lib.h>

/* (transfer full) (nullable) */
static TerraceProvider *
get_provider (TerraceEngine *self, gint64 location_id, TerraceLocation **location, GError **error)
{
  *location = terrace_engine_get_location (self, location_id);
  if (*location == NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no such location"));
      return NULL;
    }

  return terrace_provider_registry_get (self->registry, *location, error);
}

/* --- Looking -----------------------------------------------------------------------------------
 */

static void
browse_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  TerraceListing *listing =
      terrace_provider_list_finish (TERRACE_PROVIDER (object), result, &error);

  if (listing != NULL)
    g_task_return_pointer (task, listing, (GDestroyNotify) terrace_listing_free);
  else
    g_task_return_error (task, error);
}

void
terrace_engine_browse_async (TerraceEngine *self,
                             gint64 location_id,
                             const char *prefix,
                             const char *continuation,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (TerraceProvider) provider = NULL;
  TerraceLocation *location;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_browse_async, cancellable, callback, user_data);
  provider = get_provider (self, location_id, &location, &error);
  if (provider == NULL)
    g_task_return_error (task, error);
  else
    terrace_provider_list_async (provider, prefix != NULL ? prefix : "", continuation, cancellable,
                                 browse_cb, g_steal_pointer (&task));
}

TerraceListing *
terrace_engine_browse_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Registering -------------------------------------------------------------------------------
 */

typedef struct
{
  /* inputs */
  TerraceLocation *location; /* owned */
  TerraceProvider *provider; /* owned */
  char *prefix;
  TerraceEngineProgress progress;
  gpointer progress_data;

  /* in progress */
  char *continuation;
  TerraceRegisterBatch batch;

  /* results */
  TerraceRegisterReport *report;
} Scanning;

static void scan_next (TerraceEngine *self, GTask *task);

static void
scanning_free (Scanning *scanning)
{
  g_clear_object (&scanning->location);
  g_clear_object (&scanning->provider);
  g_clear_pointer (&scanning->batch.found, g_ptr_array_unref);
  g_clear_pointer (&scanning->batch.assessor, terrace_assessor_free);
  g_clear_pointer (&scanning->report, terrace_register_report_free);
  g_free (scanning->prefix);
  g_free (scanning->continuation);
  g_free (scanning);
}

static void
scan_report (Scanning *scanning, const char *key)
{
  TerraceRegisterReport *report = scanning->report;
  g_autofree char *current = NULL;

  if (scanning->progress == NULL)
    return;
  current = terrace_display_name (key);
  scanning->progress (report->added + report->updated + report->unchanged, 0, current,
                      scanning->progress_data);
}

/* @task: (transfer full) */
static void
scan_continue (TerraceEngine *self, GTask *task)
{
  Scanning *scanning = g_task_get_task_data (task);

  if (scanning->continuation != NULL)
    {
      scan_next (self, task);
      return;
    }

  if (self->hash_in_background && !self->closing)
    terrace_background_hasher_poke (self->hasher);
  g_task_return_pointer (task, g_steal_pointer (&scanning->report),
                         (GDestroyNotify) terrace_register_report_free);
  g_object_unref (task);
}

static gboolean
store_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Scanning *scanning = data;

  return terrace_register_batch_store (connection, &scanning->batch, error);
}

static void
store_page_done (TerraceEngine *self, GTask *task)
{
  Scanning *scanning = g_task_get_task_data (task);
  GPtrArray *found = scanning->batch.found;
  const TerraceFound *last = g_ptr_array_index (found, found->len - 1);

  terrace_register_report_count (scanning->report, &scanning->batch.report);
  scan_report (scanning, last->key);
  g_ptr_array_set_size (found, 0);
  scan_continue (self, task);
}

/* @info: (transfer full) */
static void
scan_take (TerraceEngine *self, Scanning *scanning, TerraceObjectInfo *info)
{
  TerraceFound *found;

  /* A private cloud has names for its classes that no sheet prices: the location's own does. */
  if (info->class_id != NULL && terrace_engine_find_class (self, info->class_id) == NULL)
    g_clear_pointer (&info->class_id, g_free);
  found = terrace_engine_new_found (self, scanning->location, info);
  if (found != NULL)
    g_ptr_array_add (scanning->batch.found, found);
}

static void
scan_note_unreadable (Scanning *scanning, GPtrArray *unreadable)
{
  for (guint i = 0; unreadable != NULL && i < unreadable->len; i++)
    {
      g_autofree char *display = terrace_display_name (g_ptr_array_index (unreadable, i));

      terrace_register_report_add_problem (scanning->report,
                                           g_strdup_printf (_ ("%s: It cannot be read"), display));
    }
}

static void
scan_page_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Scanning *scanning = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  g_autoptr (TerraceListing) listing = NULL;
  GError *error = NULL;

  listing = terrace_provider_list_finish (TERRACE_PROVIDER (object), result, &error);
  if (listing == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < listing->objects->len; i++)
    scan_take (self, scanning, terrace_object_info_copy (g_ptr_array_index (listing->objects, i)));
  scan_note_unreadable (scanning, listing->unreadable);
  scanning->report->skipped += listing->skipped;
  g_free (scanning->continuation);
  scanning->continuation = g_steal_pointer (&listing->next);

  if (scanning->batch.found->len == 0)
    scan_continue (self, g_steal_pointer (&task));
  else
    terrace_engine_write_step (self, g_steal_pointer (&task), store_page,
                               TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS, store_page_done);
}

/* @task: (transfer full) */
static void
scan_next (TerraceEngine *self, GTask *task)
{
  Scanning *scanning = g_task_get_task_data (task);

  terrace_provider_list_async (scanning->provider, scanning->prefix, scanning->continuation,
                               g_task_get_cancellable (task), scan_page_cb, task);
}

void
terrace_engine_scan_async (TerraceEngine *self,
                           gint64 location_id,
                           const char *prefix,
                           TerraceEngineProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (TerraceProvider) provider = NULL;
  TerraceLocation *location;
  Scanning *scanning;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_scan_async, cancellable, callback, user_data);
  provider = get_provider (self, location_id, &location, &error);
  if (provider == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  scanning = g_new0 (Scanning, 1);
  scanning->location = g_object_ref (location);
  scanning->provider = g_steal_pointer (&provider);
  scanning->prefix = g_strdup (prefix != NULL ? prefix : "");
  scanning->progress = progress;
  scanning->progress_data = progress_data;
  scanning->report = terrace_register_report_new ();
  scanning->batch.found = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_found_free);
  scanning->batch.assessor = terrace_engine_new_assessor (self);
  g_task_set_task_data (task, scanning, (GDestroyNotify) scanning_free);
  scan_next (self, task);
}

TerraceRegisterReport *
terrace_engine_scan_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
