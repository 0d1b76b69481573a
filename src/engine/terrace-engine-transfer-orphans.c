/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads that were begun and never finished: clouds keep their parts and bill them, and show them
 * in no listing of objects. Place by place, page by page. Main thread but for the catalogue's
 * functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

void
terrace_orphan_free (TerraceOrphan *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->upload);
  g_free (self);
}

/* --- Whose is it -------------------------------------------------------------------------------
 */

/* An upload belongs to an open move that writes there: to that very upload, or, while its row does
 * not know the upload yet, under that key or a name made of its token. */
static gboolean
is_of_move (const TerraceOrphan *orphan, TerraceMove *move)
{
  return orphan->location_id == move->dest_location_id &&
         (g_strcmp0 (orphan->upload, move->upload) == 0 ||
          g_strcmp0 (orphan->key, move->dest_key) == 0 ||
          strstr (orphan->upload, move->token) != NULL ||
          strstr (orphan->key, move->token) != NULL);
}

static gboolean
mark_ours (TerraceConnection *connection, GPtrArray *orphans, GError **error)
{
  gint64 before_id = 0;

  while (TRUE)
    {
      g_autoptr (GPtrArray) moves =
          terrace_move_table_page (connection, 0, before_id, TERRACE_LIMIT_BATCH_ITEMS, error);

      if (moves == NULL)
        return FALSE;
      if (moves->len == 0)
        return TRUE;
      for (guint i = 0; i < moves->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (moves, i);

          before_id = move->id;
          if (move->started_us == 0 || move->token[0] == '\0')
            continue;
          for (guint j = 0; j < orphans->len; j++)
            {
              TerraceOrphan *orphan = g_ptr_array_index (orphans, j);

              if (is_of_move (orphan, move))
                orphan->ours = TRUE;
            }
        }
    }
}

/* --- Finding -----------------------------------------------------------------------------------
 */

typedef struct
{
  /* in progress */
  GPtrArray *locations; /* of TerraceLocation */
  guint next;
  TerraceProvider *provider;
  double gb_month;
  char *continuation;

  /* results */
  GPtrArray *orphans;
  GPtrArray *problems;
} Finding;

static void find_in_next_place (TerraceEngine *self, GTask *task);

static void
finding_free (Finding *finding)
{
  g_ptr_array_unref (finding->locations);
  g_clear_object (&finding->provider);
  g_clear_pointer (&finding->orphans, g_ptr_array_unref);
  g_clear_pointer (&finding->problems, g_ptr_array_unref);
  g_free (finding->continuation);
  g_free (finding);
}

static gboolean
mark_found (TerraceConnection *connection, gpointer data, GError **error)
{
  Finding *finding = data;

  return mark_ours (connection, finding->orphans, error);
}

static void
find_return (TerraceEngine *self, GTask *task)
{
  Finding *finding = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&finding->orphans),
                         (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static void
find_note_problem (Finding *finding, const char *message)
{
  TerraceLocation *location = g_ptr_array_index (finding->locations, finding->next - 1);

  g_ptr_array_add (finding->problems, g_strdup_printf ("%s: %s", location->name, message));
}

static void
find_take (Finding *finding, const TerraceUpload *upload)
{
  TerraceLocation *location = g_ptr_array_index (finding->locations, finding->next - 1);
  TerraceOrphan *orphan = g_new0 (TerraceOrphan, 1);

  orphan->location_id = location->id;
  orphan->key = g_strdup (upload->key);
  orphan->upload = g_strdup (upload->upload);
  orphan->started_us = upload->started_us;
  orphan->size_bytes = upload->size_bytes;
  orphan->monthly_nanos = terrace_money_to_nanos ((double) upload->size_bytes /
                                                  TERRACE_BYTES_PER_GB * finding->gb_month);
  g_ptr_array_add (finding->orphans, orphan);
}

static void
find_page_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Finding *finding = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  g_autoptr (TerraceUploadListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  listing = terrace_provider_list_uploads_finish (TERRACE_PROVIDER (object), result, &error);
  g_clear_pointer (&finding->continuation, g_free);
  if (listing == NULL && terrace_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (listing == NULL)
    {
      find_note_problem (finding, error->message);
      find_in_next_place (self, g_steal_pointer (&task));
      return;
    }

  for (guint i = 0; i < listing->uploads->len; i++)
    find_take (finding, g_ptr_array_index (listing->uploads, i));
  if (listing->next == NULL)
    {
      find_in_next_place (self, g_steal_pointer (&task));
      return;
    }
  if (finding->orphans->len >= TERRACE_LIMIT_ORPHANS)
    {
      find_note_problem (finding, _ ("There are more; look again when these are removed"));
      find_in_next_place (self, g_steal_pointer (&task));
      return;
    }

  finding->continuation = g_steal_pointer (&listing->next);
  terrace_provider_list_uploads_async (finding->provider, finding->continuation,
                                       g_task_get_cancellable (task), find_page_cb,
                                       g_object_ref (task));
}

/* Parts are stored and billed in the class that new objects get. */
static double
get_gb_month (TerraceEngine *self, TerraceLocation *location)
{
  TerraceStorageClass *class =
      terrace_engine_find_class (self, terrace_location_get_class_id (location));

  return class != NULL ? class->gb_month : 0;
}

/* @task: (transfer full) */
static void
find_in_next_place (TerraceEngine *self, GTask *task)
{
  Finding *finding = g_task_get_task_data (task);

  while (finding->next < finding->locations->len)
    {
      TerraceLocation *location = g_ptr_array_index (finding->locations, finding->next++);
      g_autoptr (GError) error = NULL;

      g_clear_object (&finding->provider);
      finding->provider = terrace_provider_registry_get (self->registry, location, &error);
      if (finding->provider == NULL)
        find_note_problem (finding, error->message);
      else if ((terrace_provider_get_capabilities (finding->provider) &
                TERRACE_CAPABILITY_UPLOADS) != 0)
        {
          finding->gb_month = get_gb_month (self, location);
          terrace_provider_list_uploads_async (finding->provider, NULL,
                                               g_task_get_cancellable (task), find_page_cb, task);
          return;
        }
    }

  terrace_engine_read_step (self, task, mark_found, find_return);
}

void
terrace_engine_find_orphans_async (TerraceEngine *self,
                                   gint64 location_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  TerraceLocation *location;
  Finding *finding;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_find_orphans_async, cancellable, callback,
                                  user_data);
  finding = g_new0 (Finding, 1);
  finding->locations = g_ptr_array_new_with_free_func (g_object_unref);
  finding->orphans = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_orphan_free);
  finding->problems = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, finding, (GDestroyNotify) finding_free);

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    if (location_id == 0 || location->id == location_id)
      g_ptr_array_add (finding->locations, g_object_ref (location));
  if (location_id != 0 && finding->locations->len == 0)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                               _ ("There is no such location"));
      g_object_unref (task);
      return;
    }

  find_in_next_place (self, task);
}

GPtrArray *
terrace_engine_find_orphans_finish (TerraceEngine *self,
                                    GAsyncResult *result,
                                    GPtrArray **problems,
                                    GError **error)
{
  Finding *finding;
  GPtrArray *orphans;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  finding = g_task_get_task_data (G_TASK (result));
  orphans = g_task_propagate_pointer (G_TASK (result), error);
  if (problems != NULL)
    *problems = orphans != NULL ? g_steal_pointer (&finding->problems) : NULL;

  return orphans;
}

/* --- Removing ----------------------------------------------------------------------------------
 */

typedef struct
{
  GPtrArray *orphans; /* the one */
} Removing;

static void
removing_free (Removing *removing)
{
  g_ptr_array_unref (removing->orphans);
  g_free (removing);
}

static void
remove_abort_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (terrace_provider_abort_finish (TERRACE_PROVIDER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
mark_removed (TerraceConnection *connection, gpointer data, GError **error)
{
  Removing *removing = data;

  return mark_ours (connection, removing->orphans, error);
}

static void
remove_marked (TerraceEngine *self, GTask *owned)
{
  g_autoptr (GTask) task = owned;
  Removing *removing = g_task_get_task_data (task);
  TerraceOrphan *orphan = g_ptr_array_index (removing->orphans, 0);
  TerraceLocation *location = terrace_engine_get_location (self, orphan->location_id);
  g_autoptr (TerraceProvider) provider = NULL;
  GError *error = NULL;

  if (orphan->ours)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                 _ ("A migration that is still open needs this upload; cancel it instead"));
  else if (location == NULL)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no such location"));
  else
    provider = terrace_provider_registry_get (self->registry, location, &error);

  if (provider == NULL)
    g_task_return_error (task, error);
  else
    terrace_provider_abort_async (provider, orphan->key, orphan->upload,
                                  g_task_get_cancellable (task), remove_abort_cb,
                                  g_object_ref (task));
}

void
terrace_engine_remove_orphan_async (TerraceEngine *self,
                                    const TerraceOrphan *orphan,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  TerraceOrphan *copy;
  Removing *removing;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (orphan != NULL);

  task = terrace_engine_task_new (self, terrace_engine_remove_orphan_async, cancellable, callback,
                                  user_data);
  copy = g_memdup2 (orphan, sizeof *orphan);
  copy->key = g_strdup (orphan->key);
  copy->upload = g_strdup (orphan->upload);
  copy->ours = FALSE;
  removing = g_new0 (Removing, 1);
  removing->orphans = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_orphan_free);
  g_ptr_array_add (removing->orphans, copy);
  g_task_set_task_data (task, removing, (GDestroyNotify) removing_free);

  /* Asked again: a move may have begun since it was found. */
  terrace_engine_read_step (self, task, mark_removed, remove_marked);
}

gboolean
terrace_engine_remove_orphan_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
