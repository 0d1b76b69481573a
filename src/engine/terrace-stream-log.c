/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The live log: a ring of rows as a list model. Main thread.
 *
 * Rows are added and forgotten in bulk, one items-changed each, so that a view has work a few times
 * a second and not with every event. */

#include "config.h"

#include "engine/terrace-stream-rows.h"

#include "base/terrace-limits.h"

struct _TerraceStreamLog
{
  GObject parent_instance;

  GPtrArray *rows;
  GPtrArray *held; /* what came while it is paused */
  gboolean paused;
  guint64 n_left_out;
  guint64 next_number;
};

static void list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceStreamLog,
                               terrace_stream_log,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return TERRACE_TYPE_STREAM_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return TERRACE_STREAM_LOG (model)->rows->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TerraceStreamLog *self = TERRACE_STREAM_LOG (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position)) :
                                      NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
terrace_stream_log_finalize (GObject *object)
{
  TerraceStreamLog *self = TERRACE_STREAM_LOG (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->held);

  G_OBJECT_CLASS (terrace_stream_log_parent_class)->finalize (object);
}

static void
terrace_stream_log_class_init (TerraceStreamLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_stream_log_finalize;
}

static void
terrace_stream_log_init (TerraceStreamLog *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->next_number = 1;
}

TerraceStreamLog *
terrace_stream_log_new (void)
{
  return g_object_new (TERRACE_TYPE_STREAM_LOG, NULL);
}

static guint
count_too_many (GPtrArray *rows, guint more)
{
  return rows->len + more > TERRACE_LIMIT_STREAM_LOG_ROWS ?
             MIN (rows->len + more - TERRACE_LIMIT_STREAM_LOG_ROWS, rows->len) :
             0;
}

/* What will not be seen because more comes behind it need not be shown. */
static void
trim (GPtrArray *rows)
{
  guint too_many = count_too_many (rows, 0);

  if (too_many > 0)
    g_ptr_array_remove_range (rows, 0, too_many);
}

/* Takes all of @rows. Two changes, so that a view that follows the end keeps what stays. */
static void
show (TerraceStreamLog *self, GPtrArray *rows)
{
  guint gone, before;

  trim (rows);
  gone = count_too_many (self->rows, rows->len);
  if (gone > 0)
    {
      g_ptr_array_remove_range (self->rows, 0, gone);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, gone, 0);
    }
  before = self->rows->len;
  g_ptr_array_extend (self->rows, rows, (GCopyFunc) g_object_ref, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, rows->len);
  g_ptr_array_set_size (rows, 0);
}

void
terrace_stream_log_append (TerraceStreamLog *self, GPtrArray *rows, guint64 n_left_out)
{
  g_return_if_fail (TERRACE_IS_STREAM_LOG (self));

  for (guint i = 0; i < rows->len; i++)
    ((TerraceStreamRow *) g_ptr_array_index (rows, i))->number = self->next_number++;
  self->next_number += n_left_out;
  self->n_left_out += n_left_out;
  if (self->paused)
    {
      g_ptr_array_extend (self->held, rows, (GCopyFunc) g_object_ref, NULL);
      g_ptr_array_set_size (rows, 0);
      trim (self->held);
    }
  else if (rows->len > 0)
    show (self, rows);
}

void
terrace_stream_log_clear (TerraceStreamLog *self)
{
  guint n = self->rows->len;

  g_return_if_fail (TERRACE_IS_STREAM_LOG (self));

  g_ptr_array_set_size (self->held, 0);
  g_ptr_array_set_size (self->rows, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

void
terrace_stream_log_set_paused (TerraceStreamLog *self, gboolean paused)
{
  g_return_if_fail (TERRACE_IS_STREAM_LOG (self));

  self->paused = paused;
  if (!paused && self->held->len > 0)
    show (self, self->held);
}

gboolean
terrace_stream_log_get_paused (TerraceStreamLog *self)
{
  g_return_val_if_fail (TERRACE_IS_STREAM_LOG (self), FALSE);

  return self->paused;
}

guint64
terrace_stream_log_get_n_left_out (TerraceStreamLog *self)
{
  g_return_val_if_fail (TERRACE_IS_STREAM_LOG (self), 0);

  return self->n_left_out;
}
