/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The places: the model that everybody watches, what changes in it and what leaves it. Adding is in
 * terrace-engine-add-location.c, asking how they are in terrace-engine-probe.c. Main thread. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "engine/terrace-place.h"

#include <glib/gi18n-lib.h>

GListModel *
terrace_engine_get_locations (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return G_LIST_MODEL (self->locations);
}

/* (transfer none) (nullable): the model keeps it. */
TerraceLocation *
terrace_engine_peek_location (TerraceEngine *self, guint position)
{
  g_autoptr (TerraceLocation) location = NULL;

  location = g_list_model_get_item (G_LIST_MODEL (self->locations), position);

  return location;
}

static gboolean
find_position (TerraceEngine *self, gint64 location_id, guint *position)
{
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    if (location->id == location_id)
      {
        *position = i;
        return TRUE;
      }

  return FALSE;
}

TerraceLocation *
terrace_engine_get_location (TerraceEngine *self, gint64 location_id)
{
  guint position;

  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return find_position (self, location_id, &position) ?
             terrace_engine_peek_location (self, position) :
             NULL;
}

TerraceLocation *
terrace_engine_find_location (TerraceEngine *self, const char *name)
{
  TerraceLocation *location;

  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    if (g_strcmp0 (location->name, name) == 0)
      return location;

  return NULL;
}

gboolean
terrace_location_is_folder (TerraceLocation *location)
{
  return location->kind == TERRACE_LOCATION_LOCAL || location->kind == TERRACE_LOCATION_SANDBOX;
}

TerraceLocation *
terrace_engine_locate_path (TerraceEngine *self, const char *path, gboolean or_is, const char **key)
{
  TerraceLocation *best = NULL;
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    {
      const char *below;

      if (!terrace_location_is_folder (location))
        continue;
      below = terrace_place_below (path, location->root);
      if (below == NULL || (below[0] == '\0' && !or_is) ||
          (best != NULL && strlen (best->root) >= strlen (location->root)))
        continue;
      best = location;
      if (key != NULL)
        *key = below;
    }

  return best;
}

static void
keep_observed (TerraceLocation *from, TerraceLocation *to)
{
  terrace_location_observe (to, from->state, from->state_message, from->free_bytes,
                            from->total_bytes, from->measured_latency_us, from->probed_us);
}

void
terrace_engine_put_location (TerraceEngine *self, TerraceLocation *location)
{
  TerraceLocation *old;
  guint position;

  self->generation++;
  if (!find_position (self, location->id, &position))
    {
      g_list_store_append (self->locations, location);
      return;
    }

  old = terrace_engine_peek_location (self, position);
  if (old == location)
    g_list_model_items_changed (G_LIST_MODEL (self->locations), position, 1, 1);
  else
    {
      if (location->probed_us == 0)
        keep_observed (old, location);
      g_list_store_splice (self->locations, position, 1, (gpointer *) &location, 1);
    }
}

/* --- Changing ----------------------------------------------------------------------------------
 */

typedef struct
{
  TerraceLocation *location;
  TerraceAssessor *assessor;
  /* (nullable): the class that lies there from now on, to be told to its objects. */
  TerraceStorageClass *class;
  TerraceItem *last;
  gboolean done;
} Updating;

static void
updating_free (Updating *updating)
{
  g_clear_object (&updating->location);
  g_clear_object (&updating->last);
  g_clear_pointer (&updating->assessor, terrace_assessor_free);
  g_clear_pointer (&updating->class, terrace_storage_class_unref);
  g_free (updating);
}

static gboolean
update_location (TerraceConnection *connection, gpointer data, GError **error)
{
  Updating *updating = data;

  return terrace_location_table_update (connection, updating->location, error);
}

static gboolean
retag_item (TerraceConnection *connection, Updating *updating, TerraceItem *item, GError **error)
{
  if (item->moving || g_strcmp0 (item->class_id, updating->class->id) == 0)
    return TRUE;

  g_free (item->class_id);
  item->class_id = g_strdup (updating->class->id);
  item->class_since_us = terrace_assessor_get_now_us (updating->assessor);
  terrace_assessor_assess (updating->assessor, item, NULL);

  return terrace_item_table_update (connection, item, error);
}

/* A folder plays one class at a time, so its objects change with it. */
static gboolean
retag_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Updating *updating = data;
  g_autoptr (GPtrArray) items = NULL;
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  filter.location_id = updating->location->id;
  if (!terrace_assessor_load_room (updating->assessor, connection, error))
    return FALSE;
  items = terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, updating->last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    if (!retag_item (connection, updating, g_ptr_array_index (items, i), error))
      return FALSE;

  updating->done = items->len < TERRACE_LIMIT_BATCH_ITEMS;
  if (items->len > 0)
    g_set_object (&updating->last, g_ptr_array_index (items, items->len - 1));
  return TRUE;
}

static void
retag_next (TerraceEngine *self, GTask *task)
{
  Updating *updating = g_task_get_task_data (task);

  if (!updating->done)
    terrace_engine_write_step (self, task, retag_page, TERRACE_CATALOG_ITEMS, retag_next);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static void
update_done (TerraceEngine *self, GTask *task)
{
  Updating *updating = g_task_get_task_data (task);

  terrace_provider_registry_forget (self->registry, updating->location->id);
  terrace_engine_put_location (self, updating->location);
  updating->assessor = terrace_engine_new_assessor (self);
  updating->done = updating->class == NULL;
  retag_next (self, task);
}

void
terrace_engine_update_location_async (TerraceEngine *self,
                                      TerraceLocation *location,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task;
  Updating *updating;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (TERRACE_IS_LOCATION (location) && location->id != 0);

  task = terrace_engine_task_new (self, terrace_engine_update_location_async, cancellable, callback,
                                  user_data);
  updating = g_new0 (Updating, 1);
  updating->location = g_object_ref (location);
  g_task_set_task_data (task, updating, (GDestroyNotify) updating_free);
  if (!terrace_engine_check_location (self, location, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  if (terrace_location_is_folder (location))
    {
      updating->class = terrace_engine_find_class (self, terrace_location_get_class_id (location));
      if (updating->class != NULL)
        terrace_storage_class_ref (updating->class);
    }
  terrace_engine_write_step (self, task, update_location, TERRACE_CATALOG_LOCATIONS, update_done);
}

gboolean
terrace_engine_update_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Forgetting --------------------------------------------------------------------------------
 */

typedef struct
{
  gint64 location_id;
  gint64 now_us;
  char *name;
} Removing;

static void
removing_free (Removing *removing)
{
  g_free (removing->name);
  g_free (removing);
}

static gboolean
delete_location (TerraceConnection *connection, gpointer data, GError **error)
{
  Removing *removing = data;
  g_autofree char *message = g_strdup_printf (_ ("Removed the location “%s”"), removing->name);

  return terrace_location_table_delete (connection, removing->location_id, error) &&
         terrace_engine_append_event (connection, TERRACE_EVENT_LOCATION, removing->now_us, 0, 0,
                                      message, error);
}

static void
take_out_location (TerraceEngine *self, gint64 location_id)
{
  guint position;

  self->generation++;
  terrace_provider_registry_forget (self->registry, location_id);
  if (find_position (self, location_id, &position))
    g_list_store_remove (self->locations, position);
}

static void
delete_done (TerraceEngine *self, GTask *task)
{
  Removing *removing = g_task_get_task_data (task);

  take_out_location (self, removing->location_id);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
terrace_engine_remove_location_async (TerraceEngine *self,
                                      gint64 location_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task;
  Removing *removing;
  TerraceLocation *location;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_remove_location_async, cancellable, callback,
                                  user_data);
  location = terrace_engine_get_location (self, location_id);
  if (location == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                               _ ("There is no such location"));
      g_object_unref (task);
      return;
    }

  removing = g_new0 (Removing, 1);
  removing->location_id = location_id;
  removing->now_us = terrace_clock_get_now_us (self->clock);
  removing->name = g_strdup (location->name);
  g_task_set_task_data (task, removing, (GDestroyNotify) removing_free);
  terrace_engine_write_step (self, task, delete_location,
                             TERRACE_CATALOG_LOCATIONS | TERRACE_CATALOG_EVENTS, delete_done);
}

gboolean
terrace_engine_remove_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Other processes' changes ------------------------------------------------------------------
 */

typedef struct
{
  GPtrArray *locations;
  TerracePolicy policy;
  TerraceTransferLimits *limits;
  guint generation;
} Reloaded;

static void
reloaded_free (Reloaded *reloaded)
{
  g_clear_pointer (&reloaded->locations, g_ptr_array_unref);
  g_clear_pointer (&reloaded->limits, terrace_transfer_limits_free);
  g_free (reloaded);
}

static gboolean
read_reloaded (TerraceConnection *connection, gpointer data, GError **error)
{
  Reloaded *reloaded = data;

  reloaded->locations = terrace_location_table_list (connection, error);
  if (reloaded->locations == NULL)
    return FALSE;
  reloaded->limits = terrace_engine_load_transfer_limits (connection, error);

  return reloaded->limits != NULL &&
         terrace_policy_table_get (connection, &reloaded->policy, error);
}

static gboolean
is_same (TerraceLocation *a, TerraceLocation *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && a->kind == b->kind &&
         g_strcmp0 (a->root, b->root) == 0 && a->latency_ms == b->latency_ms &&
         a->bandwidth_bytes_s == b->bandwidth_bytes_s && a->capacity_bytes == b->capacity_bytes &&
         a->accepts == b->accepts &&
         g_strv_equal ((const char *const *) a->class_ids, (const char *const *) b->class_ids);
}

static gboolean
list_has (GPtrArray *locations, gint64 location_id)
{
  for (guint i = 0; i < locations->len; i++)
    if (((TerraceLocation *) g_ptr_array_index (locations, i))->id == location_id)
      return TRUE;

  return FALSE;
}

static void
merge_locations (TerraceEngine *self, GPtrArray *locations)
{
  guint n_locations = g_list_model_get_n_items (G_LIST_MODEL (self->locations));
  gboolean any_new = FALSE;

  while (n_locations-- > 0)
    {
      gint64 id = terrace_engine_peek_location (self, n_locations)->id;

      if (!list_has (locations, id))
        take_out_location (self, id);
    }

  for (guint i = 0; i < locations->len; i++)
    {
      TerraceLocation *location = g_ptr_array_index (locations, i);
      TerraceLocation *known = terrace_engine_get_location (self, location->id);

      if (known != NULL && is_same (known, location))
        continue;
      any_new |= known == NULL;
      terrace_provider_registry_forget (self->registry, location->id);
      terrace_engine_put_location (self, location);
    }

  if (any_new)
    terrace_engine_probe_async (self, self->cancellable, NULL, NULL);
}

static void
reload_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  TerraceEngine *self = TERRACE_ENGINE (object);
  Reloaded *reloaded = g_task_get_task_data (G_TASK (result));

  self->reloading = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (!terrace_error_is_cancelled (error))
        g_warning ("Locations could not be read again: %s", error->message);
      return;
    }
  if (self->closing)
    return;

  /* What was read before our own latest change must not undo it in the model. */
  if (self->reload_again || reloaded->generation != self->generation)
    {
      terrace_engine_reload (self);
      return;
    }
  self->policy = reloaded->policy;
  terrace_engine_take_transfer_limits (self, g_steal_pointer (&reloaded->limits));
  merge_locations (self, reloaded->locations);
}

void
terrace_engine_reload (TerraceEngine *self)
{
  Reloaded *reloaded;
  GTask *task;

  if (self->reloading)
    {
      self->reload_again = TRUE;
      return;
    }

  self->reloading = TRUE;
  self->reload_again = FALSE;
  task = terrace_engine_task_new (self, terrace_engine_reload, self->cancellable, reload_cb, NULL);
  reloaded = g_new0 (Reloaded, 1);
  reloaded->generation = self->generation;
  g_task_set_task_data (task, reloaded, (GDestroyNotify) reloaded_free);
  terrace_engine_read_step (self, task, read_reloaded, NULL);
}
