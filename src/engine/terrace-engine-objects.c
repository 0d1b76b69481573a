/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objects by name, forgetting them, and the file an object is. Main thread but for
 * resolve_names() on the worker and the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-units.h"
#include "engine/terrace-place.h"

#include <glib/gi18n-lib.h>

/* --- Finding -----------------------------------------------------------------------------------
 */

/* One place where an object with the asked name may lie. */
typedef struct
{
  gint64 location_id;
  char *key;
} Spot;

/**
 * Name:
 * @item_id: if the name is an id, else 0
 * @path: (nullable): resolved, if it may be a file's
 * @spots: in the order in which they are tried
 */
typedef struct
{
  char *name;
  gint64 item_id;
  char *path;
  GArray *spots;
} Name;

typedef struct
{
  GPtrArray *names;

  /* results */
  GPtrArray *items;
} Finding;

static void
spot_clear (gpointer data)
{
  Spot *spot = data;

  g_free (spot->key);
}

static void
name_free (gpointer data)
{
  Name *name = data;

  g_free (name->name);
  g_free (name->path);
  g_array_unref (name->spots);
  g_free (name);
}

static void
finding_free (Finding *finding)
{
  g_ptr_array_unref (finding->names);
  g_clear_pointer (&finding->items, g_ptr_array_unref);
  g_free (finding);
}

static void
add_spot (Name *name, gint64 location_id, const char *key)
{
  Spot spot = { location_id, g_strdup (key) };

  g_array_append_val (name->spots, spot);
}

/* "Location:key"; a location's name may itself have a colon in it. */
static void
add_named_spots (TerraceEngine *self, Name *name)
{
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    {
      gsize length = strlen (location->name);

      if (strncmp (name->name, location->name, length) == 0 && name->name[length] == ':')
        add_spot (name, location->id, name->name + length + 1);
    }
}

/* Every location that contains the file: it may have been registered before an inner one was
 * added. */
static void
add_path_spots (TerraceEngine *self, Name *name)
{
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    {
      const char *below;

      if (!terrace_location_is_folder (location))
        continue;
      below = terrace_place_below (name->path, location->root);
      if (below != NULL && below[0] != '\0')
        add_spot (name, location->id, below);
    }
}

static gboolean
find_at_spots (TerraceConnection *connection, Name *name, TerraceItem **item, GError **error)
{
  for (guint i = 0; *item == NULL && i < name->spots->len; i++)
    {
      Spot *spot = &g_array_index (name->spots, Spot, i);
      g_autoptr (GError) local_error = NULL;

      *item = terrace_item_table_find (connection, spot->location_id, spot->key, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
find_one (TerraceConnection *connection, Name *name, TerraceItem **item, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *display = NULL;

  if (name->item_id > 0)
    *item = terrace_item_table_get (connection, name->item_id, &local_error);
  if (local_error != NULL && !g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*item == NULL && !find_at_spots (connection, name, item, error))
    return FALSE;
  if (*item != NULL)
    return TRUE;

  display = terrace_display_name (name->name);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("“%s” is not registered"),
               display);
  return FALSE;
}

static gboolean
find_items (TerraceConnection *connection, gpointer data, GError **error)
{
  Finding *finding = data;

  finding->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < finding->names->len; i++)
    {
      TerraceItem *item = NULL;

      if (!find_one (connection, g_ptr_array_index (finding->names, i), &item, error))
        return FALSE;
      g_ptr_array_add (finding->items, item);
    }

  return TRUE;
}

static void
find_items_done (TerraceEngine *self, GTask *task)
{
  Finding *finding = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&finding->items),
                         (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

/* Worker: the folders of a typed path may be symbolic links; the file itself may be gone. */
static void
resolve_names (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Finding *finding = data;

  for (guint i = 0; i < finding->names->len; i++)
    {
      Name *name = g_ptr_array_index (finding->names, i);
      g_autoptr (TerracePlace) place = terrace_place_resolve (name->name);

      name->path = g_steal_pointer (&place->path);
    }
  g_task_return_boolean (task, TRUE);
}

static void
resolve_names_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  Finding *finding = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; i < finding->names->len; i++)
    {
      Name *name = g_ptr_array_index (finding->names, i);

      add_named_spots (self, name);
      add_path_spots (self, name);
    }
  terrace_engine_read_step (self, g_steal_pointer (&task), find_items, find_items_done);
}

static Name *
name_new (const char *text)
{
  Name *name = g_new0 (Name, 1);
  guint64 id = 0;

  name->name = g_strdup (text);
  name->spots = g_array_new (FALSE, FALSE, sizeof (Spot));
  g_array_set_clear_func (name->spots, spot_clear);
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    name->item_id = (gint64) id;

  return name;
}

void
terrace_engine_find_items_async (TerraceEngine *self,
                                 const char *const *names,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  Finding *finding;
  GTask *task;
  GTask *job;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (names != NULL);

  task = terrace_engine_task_new (self, terrace_engine_find_items_async, cancellable, callback,
                                  user_data);
  finding = g_new0 (Finding, 1);
  finding->names = g_ptr_array_new_with_free_func (name_free);
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (finding->names, name_new (names[i]));
  g_task_set_task_data (task, finding, (GDestroyNotify) finding_free);

  job = g_task_new (NULL, cancellable, resolve_names_cb, task);
  g_task_set_task_data (job, finding, NULL);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, resolve_names, job);
}

GPtrArray *
terrace_engine_find_items_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Forgetting --------------------------------------------------------------------------------
 */

/* Up to this many objects are named one by one in the log. */
#define EVENTS_SINGLY 10

typedef struct
{
  GArray *ids;
  gint64 now_us;
} Forgetting;

static void
forgetting_free (Forgetting *forgetting)
{
  g_array_unref (forgetting->ids);
  g_free (forgetting);
}

static gboolean
forget_item (TerraceConnection *connection, Forgetting *forgetting, gint64 id, GError **error)
{
  g_autoptr (TerraceItem) item = terrace_item_table_get (connection, id, error);
  g_autofree char *message = NULL;

  if (item == NULL)
    return FALSE;
  if (item->moving)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                   _ ("“%s” is being moved: cancel that first"), item->name);
      return FALSE;
    }
  if (!terrace_item_table_delete (connection, id, error))
    return FALSE;
  if (forgetting->ids->len > EVENTS_SINGLY)
    return TRUE;

  message = g_strdup_printf (_ ("Forgot “%s”; the file stays"), item->name);
  return terrace_engine_append_event (connection, TERRACE_EVENT_FORGOTTEN, forgetting->now_us, id,
                                      0, message, error);
}

static gboolean
forget_items (TerraceConnection *connection, gpointer data, GError **error)
{
  Forgetting *forgetting = data;
  g_autofree char *message = NULL;

  for (guint i = 0; i < forgetting->ids->len; i++)
    if (!forget_item (connection, forgetting, g_array_index (forgetting->ids, gint64, i), error))
      return FALSE;
  if (forgetting->ids->len <= EVENTS_SINGLY)
    return TRUE;

  message =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Forgot %u object; its file stays",
                                    "Forgot %u objects; their files stay", forgetting->ids->len),
                       forgetting->ids->len);
  return terrace_engine_append_event (connection, TERRACE_EVENT_FORGOTTEN, forgetting->now_us, 0, 0,
                                      message, error);
}

void
terrace_engine_forget_async (TerraceEngine *self,
                             const gint64 *item_ids,
                             guint n_items,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Forgetting *forgetting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (item_ids != NULL || n_items == 0);

  task =
      terrace_engine_task_new (self, terrace_engine_forget_async, cancellable, callback, user_data);
  forgetting = g_new0 (Forgetting, 1);
  forgetting->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (n_items > 0)
    g_array_append_vals (forgetting->ids, item_ids, n_items);
  forgetting->now_us = terrace_clock_get_now_us (self->clock);
  g_task_set_task_data (task, forgetting, (GDestroyNotify) forgetting_free);
  terrace_engine_write_step (self, task, forget_items,
                             TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS, NULL);
}

gboolean
terrace_engine_forget_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The file ----------------------------------------------------------------------------------
 */

GFile *
terrace_engine_get_file (TerraceEngine *self, TerraceItem *item)
{
  TerraceLocation *location;
  g_autofree char *path = NULL;

  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);
  g_return_val_if_fail (TERRACE_IS_ITEM (item), NULL);

  location = terrace_engine_get_location (self, item->location_id);
  if (location == NULL || !terrace_location_is_folder (location))
    return NULL;
  path = g_build_filename (location->root, item->key, NULL);

  return g_file_new_for_path (path);
}
