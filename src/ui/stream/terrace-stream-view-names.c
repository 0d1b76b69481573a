/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the log calls objects that events only have the number of: asked of the catalogue for all
 * new ones together, a few times a second. Main thread but for store_names(). */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "catalog/terrace-item-table.h"
#include "ui/stream/terrace-stream-view-private.h"

#define NAME_MS 100
#define MAX_AT_ONCE 500
/* More than the log holds, so that what is seen keeps its name. */
#define MAX_NAMES (2 * TERRACE_LIMIT_STREAM_LOG_ROWS)

typedef struct
{
  TerraceStreamView *view;
  GArray *ids;
  GPtrArray *names; /* of the same length */
} Naming;

static void
naming_free (Naming *naming)
{
  g_object_unref (naming->view);
  g_array_unref (naming->ids);
  g_ptr_array_unref (naming->names);
  g_free (naming);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Naming, naming_free)

static gboolean
store_names (TerraceConnection *connection, gpointer data, GError **error)
{
  Naming *naming = data;

  g_ptr_array_set_size (naming->names, 0);
  for (guint i = 0; i < naming->ids->len; i++)
    {
      g_autoptr (TerraceItem) item = NULL;
      g_autoptr (GError) local_error = NULL;

      item =
          terrace_item_table_get (connection, g_array_index (naming->ids, gint64, i), &local_error);
      if (item == NULL && !g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_ptr_array_add (naming->names,
                       item != NULL ? terrace_display_name (item->name) : g_strdup (""));
    }
  return TRUE;
}

/* Rows that are seen get the names that came. */
static void
terrace_stream_view_name_cells (TerraceStreamView *self)
{
  GHashTableIter iter;
  gpointer cell, list_item;

  g_hash_table_iter_init (&iter, self->object_cells);
  while (g_hash_table_iter_next (&iter, &cell, &list_item))
    {
      TerraceStreamRow *row = gtk_list_item_get_item (list_item);

      if (row != NULL && row->key == NULL)
        {
          g_autofree char *name = terrace_stream_view_name_row (self, row);

          gtk_inscription_set_text (cell, name);
        }
    }
}

static void
named_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Naming) naming = user_data;
  TerraceStreamView *self = naming->view;
  g_autoptr (GError) error = NULL;
  gboolean ok = terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error);

  self->naming = FALSE;
  if (!ok && !terrace_error_is_cancelled (error))
    g_message ("Names of objects could not be read: %s", error->message);
  if (!ok || self->names == NULL)
    return;
  if (g_hash_table_size (self->names) + naming->ids->len > MAX_NAMES)
    g_hash_table_remove_all (self->names);
  for (guint i = 0; i < naming->ids->len; i++)
    g_hash_table_insert (self->names,
                         g_memdup2 (&g_array_index (naming->ids, gint64, i), sizeof (gint64)),
                         g_strdup (g_ptr_array_index (naming->names, i)));
  terrace_stream_view_name_cells (self);
}

static gboolean
name_cb (gpointer user_data)
{
  TerraceStreamView *self = user_data;
  Naming *naming;

  self->name_id = 0;
  if (self->naming || self->unnamed->len == 0)
    return G_SOURCE_REMOVE;
  self->naming = TRUE;
  naming = g_new0 (Naming, 1);
  naming->view = g_object_ref (self);
  naming->ids = g_steal_pointer (&self->unnamed);
  naming->names = g_ptr_array_new_with_free_func (g_free);
  self->unnamed = g_array_new (FALSE, FALSE, sizeof (gint64));
  terrace_catalog_read_async (terrace_engine_get_catalog (self->engine), store_names, naming,
                              self->cancellable, named_cb, naming);
  return G_SOURCE_REMOVE;
}

static void
terrace_stream_view_ask_name (TerraceStreamView *self, gint64 item_id)
{
  if (self->unnamed == NULL || self->unnamed->len >= MAX_AT_ONCE)
    return;
  for (guint i = 0; i < self->unnamed->len; i++)
    if (g_array_index (self->unnamed, gint64, i) == item_id)
      return;
  g_array_append_val (self->unnamed, item_id);
  if (self->name_id == 0)
    self->name_id = g_timeout_add (NAME_MS, name_cb, self);
}

char *
terrace_stream_view_name_row (TerraceStreamView *self, const TerraceStreamRow *row)
{
  const char *name = NULL;

  if (row->key != NULL)
    return row->location != NULL ? g_strdup_printf ("%s · %s", row->location, row->key) :
                                   g_strdup (row->key);
  if (row->item_id == 0)
    return g_strdup ("");
  if (self->names != NULL)
    name = g_hash_table_lookup (self->names, &row->item_id);
  if (name != NULL && *name != '\0')
    return g_strdup (name);
  if (name == NULL)
    terrace_stream_view_ask_name (self, row->item_id);
  /* Translators: an object by its number */
  return g_strdup_printf (_ ("Object %" G_GINT64_FORMAT), row->item_id);
}

void
terrace_stream_view_setup_names (TerraceStreamView *self)
{
  self->names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->object_cells = g_hash_table_new (NULL, NULL);
  self->unnamed = g_array_new (FALSE, FALSE, sizeof (gint64));
}

void
terrace_stream_view_stop_names (TerraceStreamView *self)
{
  g_clear_handle_id (&self->name_id, g_source_remove);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->unnamed, g_array_unref);
}
