/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads an order, compares it with the one that is shown, looks at the fetched rows again: all that
 * takes long, on a reader thread, in one snapshot. And the rows of one page, at once. */

#include "config.h"

#include "catalog/terrace-item-load-private.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-cache-private.h"
#include "catalog/terrace-item-row-private.h"
#include "catalog/terrace-order-diff-private.h"

/* The main thread must not wait long for a lock that another program holds. */
#define LIST_BUSY_MS 50

TerraceItemLoad *
terrace_item_load_new (TerraceItemLoadKind kind,
                       const TerraceItemFilter *filter,
                       TerraceItemSort sort,
                       gboolean descending)
{
  TerraceItemLoad *self = g_new0 (TerraceItemLoad, 1);

  self->kind = kind;
  terrace_item_filter_copy (filter, &self->filter);
  self->sort = sort;
  self->descending = descending;
  return self;
}

void
terrace_item_load_free (TerraceItemLoad *self)
{
  if (self == NULL)
    return;
  terrace_item_filter_clear (&self->filter);
  g_clear_pointer (&self->old, g_array_unref);
  g_clear_pointer (&self->fetched, g_ptr_array_unref);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->edits, g_array_unref);
  g_clear_pointer (&self->changed, g_ptr_array_unref);
  g_clear_pointer (&self->connection, terrace_connection_close);
  g_free (self->path);
  g_free (self);
}

/* Rows that are gone are left alone: the next order will not have them. */
static gboolean
look_again (TerraceItemLoad *self, TerraceConnection *connection, GError **error)
{
  self->changed = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; self->fetched != NULL && i < self->fetched->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (self->fetched, i);
      g_autoptr (GPtrArray) now = NULL;

      now = terrace_item_table_get_many (connection, &item->id, 1, error);
      if (now == NULL)
        return FALSE;
      if (now->len == 1 && !terrace_item_cache_same (item, g_ptr_array_index (now, 0)))
        g_ptr_array_add (self->changed, g_object_ref (g_ptr_array_index (now, 0)));
    }
  return TRUE;
}

static gboolean
read_order (TerraceItemLoad *self, TerraceConnection *connection, GError **error)
{
  self->order =
      terrace_item_table_order (connection, &self->filter, self->sort, self->descending, error);
  if (self->order == NULL)
    return FALSE;
  self->edits = terrace_order_diff (self->old, self->order);
  return TRUE;
}

gboolean
terrace_item_load_run (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceItemLoad *self = data;

  if (self->path != NULL)
    {
      self->connection = terrace_catalog_file_open_reader (self->path, LIST_BUSY_MS, error);
      if (self->connection == NULL)
        return FALSE;
    }
  if (self->kind == TERRACE_ITEM_LOAD_START)
    {
      self->order = terrace_item_table_order_start (connection, &self->filter, self->sort,
                                                    self->descending, self->limit, error);
      return self->order != NULL;
    }
  if (self->kind == TERRACE_ITEM_LOAD_ORDER && !read_order (self, connection, error))
    return FALSE;
  return look_again (self, connection, error);
}

static TerraceItem *
new_placeholder (gint64 id)
{
  TerraceItem *item = terrace_item_new ();

  item->id = id;
  item->key = g_strdup ("");
  item->name = g_strdup ("");
  item->content_type = g_strdup ("");
  item->version = g_strdup ("");
  item->class_id = g_strdup ("");
  item->missing = TRUE;
  return item;
}

static GPtrArray *
read_rows (TerraceConnection *connection, GArray *ids)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  if (connection != NULL && terrace_transaction_begin (&transaction, connection, &error))
    items = terrace_item_table_get_many (connection, (const gint64 *) (void *) ids->data, ids->len,
                                         &error);
  if (error != NULL)
    g_warning ("Rows cannot be read: %s", error->message);
  return items != NULL ? g_steal_pointer (&items) : g_ptr_array_new_with_free_func (g_object_unref);
}

GPtrArray *
terrace_item_load_page (TerraceConnection *connection, GArray *ids)
{
  GPtrArray *items = read_rows (connection, ids);

  /* Those that were found come in the order of the ids. */
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      if (i >= items->len || ((TerraceItem *) g_ptr_array_index (items, i))->id != id)
        g_ptr_array_insert (items, (int) i, new_placeholder (id));
    }
  return items;
}
