/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Exporting: a page is read and worded on a catalogue thread, written to the stream, and then the
 * next one, so that memory does not grow with the catalogue. Main thread but for export_page(). */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-alert-table.h"
#include "catalog/terrace-cost-table.h"
#include "engine/terrace-export-rows.h"

typedef struct
{
  /* inputs */
  TerraceExportKind kind;
  TerraceItemFilter filter;
  TerraceItemSort sort;
  gboolean descending;
  GOutputStream *stream;
  GHashTable *names;

  /* in progress */
  TerraceItem *last;
  gint64 before_id;
  GString *rows;
  guint n_page;
  gboolean header_written;

  /* results */
  guint64 n_rows;
} Exporting;

static void
exporting_free (Exporting *exporting)
{
  terrace_item_filter_clear (&exporting->filter);
  g_clear_object (&exporting->stream);
  g_clear_object (&exporting->last);
  g_hash_table_unref (exporting->names);
  g_string_free (exporting->rows, TRUE);
  g_free (exporting);
}

/* --- One page ----------------------------------------------------------------------------------
 */

static gboolean
export_items (TerraceConnection *connection, Exporting *exporting, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  items = terrace_item_table_page (connection, &exporting->filter, exporting->sort,
                                   exporting->descending, exporting->last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);

      g_set_object (&exporting->last, item);
      if (exporting->kind == TERRACE_EXPORT_OBJECTS)
        terrace_export_item (exporting->rows, item, exporting->names);
      else
        terrace_export_plan_entry (exporting->rows, item, exporting->names);
    }
  exporting->n_page = items->len;

  return TRUE;
}

static gboolean
export_moves (TerraceConnection *connection, Exporting *exporting, GError **error)
{
  g_autoptr (GPtrArray) moves = NULL;

  moves = terrace_move_table_page (connection, -1, exporting->before_id, TERRACE_LIMIT_BATCH_ITEMS,
                                   error);
  if (moves == NULL)
    return FALSE;
  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);

      exporting->before_id = move->id;
      terrace_export_move (exporting->rows, move, exporting->names);
    }
  exporting->n_page = moves->len;

  return TRUE;
}

static gboolean
export_events (TerraceConnection *connection, Exporting *exporting, GError **error)
{
  g_autoptr (GPtrArray) events = NULL;

  events = terrace_event_table_page (connection, 0, exporting->before_id, TERRACE_LIMIT_BATCH_ITEMS,
                                     error);
  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++)
    {
      TerraceEvent *event = g_ptr_array_index (events, i);

      exporting->before_id = event->id;
      terrace_export_event (exporting->rows, event, exporting->names);
    }
  exporting->n_page = events->len;

  return TRUE;
}

static gboolean
export_alerts (TerraceConnection *connection, Exporting *exporting, GError **error)
{
  g_autoptr (GPtrArray) alerts = NULL;

  alerts =
      terrace_alert_table_page (connection, exporting->before_id, TERRACE_LIMIT_BATCH_ITEMS, error);
  if (alerts == NULL)
    return FALSE;
  for (guint i = 0; i < alerts->len; i++)
    {
      TerraceAlert *alert = g_ptr_array_index (alerts, i);

      exporting->before_id = alert->id;
      terrace_export_alert (exporting->rows, alert, exporting->names);
    }
  exporting->n_page = alerts->len;

  return TRUE;
}

/* In one piece: a row a day, location and tier. */
static gboolean
export_costs (TerraceConnection *connection, Exporting *exporting, GError **error)
{
  GHashTableIter iter;
  gpointer location_id;

  g_hash_table_iter_init (&iter, exporting->names);
  while (g_hash_table_iter_next (&iter, &location_id, NULL))
    {
      g_autoptr (GArray) days =
          terrace_cost_table_list (connection, *(gint64 *) location_id, 0, error);

      if (days == NULL)
        return FALSE;
      for (guint i = 0; i < days->len; i++)
        terrace_export_cost (exporting->rows, &g_array_index (days, TerraceCostDay, i),
                             exporting->names);
      exporting->n_rows += days->len;
    }
  exporting->n_page = 0;

  return TRUE;
}

static gboolean
export_page (TerraceConnection *connection, gpointer data, GError **error)
{
  Exporting *exporting = data;

  g_string_truncate (exporting->rows, 0);
  if (!exporting->header_written)
    terrace_export_header (exporting->rows, exporting->kind);

  switch (exporting->kind)
    {
    case TERRACE_EXPORT_MIGRATIONS:
      return export_moves (connection, exporting, error);
    case TERRACE_EXPORT_EVENTS:
      return export_events (connection, exporting, error);
    case TERRACE_EXPORT_ALERTS:
      return export_alerts (connection, exporting, error);
    case TERRACE_EXPORT_COSTS:
      return export_costs (connection, exporting, error);
    case TERRACE_EXPORT_REGRET: /* computed, not read */
    case TERRACE_EXPORT_OBJECTS:
    case TERRACE_EXPORT_PLAN:
    default:
      return export_items (connection, exporting, error);
    }
}

/* --- The steps ---------------------------------------------------------------------------------
 */

static void write_page (TerraceEngine *self, GTask *task);

static void
write_page_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exporting *exporting = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  exporting->header_written = TRUE;
  exporting->n_rows += exporting->n_page;
  if (exporting->n_page < TERRACE_LIMIT_BATCH_ITEMS)
    g_task_return_boolean (task, TRUE);
  else
    terrace_engine_read_step (self, g_steal_pointer (&task), export_page, write_page);
}

static void
write_page (TerraceEngine *self, GTask *task)
{
  Exporting *exporting = g_task_get_task_data (task);

  g_output_stream_write_all_async (exporting->stream, exporting->rows->str, exporting->rows->len,
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task), write_page_cb,
                                   task);
}

/* The ledger is computed on demand and in one piece. */
static void
regret_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceEngine *self = TERRACE_ENGINE (object);
  g_autoptr (GTask) task = user_data;
  Exporting *exporting = g_task_get_task_data (task);
  g_autoptr (TerraceRegretLedger) ledger = NULL;
  GError *error = NULL;

  ledger = terrace_engine_regret_finish (self, result, &error);
  if (ledger == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  terrace_export_header (exporting->rows, exporting->kind);
  for (guint i = 0; i < ledger->entries->len; i++)
    terrace_export_regret (exporting->rows, g_ptr_array_index (ledger->entries, i));
  exporting->n_rows = ledger->entries->len;
  exporting->n_page = 0;
  write_page (self, g_steal_pointer (&task));
}

/* The names as they are now: the model is the main thread's. */
static GHashTable *
copy_names (TerraceEngine *self)
{
  GHashTable *names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  TerraceLocation *location;

  for (guint i = 0; (location = terrace_engine_peek_location (self, i)) != NULL; i++)
    g_hash_table_insert (names, g_memdup2 (&location->id, sizeof location->id),
                         g_strdup (location->name));

  return names;
}

void
terrace_engine_export_async (TerraceEngine *self,
                             TerraceExportKind kind,
                             const TerraceItemFilter *filter,
                             TerraceItemSort sort,
                             gboolean descending,
                             GOutputStream *stream,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Exporting *exporting;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (G_IS_OUTPUT_STREAM (stream));

  task =
      terrace_engine_task_new (self, terrace_engine_export_async, cancellable, callback, user_data);
  exporting = g_new0 (Exporting, 1);
  exporting->kind = kind;
  exporting->sort = sort;
  exporting->descending = descending;
  exporting->stream = g_object_ref (stream);
  exporting->names = copy_names (self);
  exporting->rows = g_string_new (NULL);
  if (filter != NULL)
    terrace_item_filter_copy (filter, &exporting->filter);
  else
    terrace_item_filter_init (&exporting->filter);
  if (kind == TERRACE_EXPORT_PLAN)
    exporting->filter.planned = TRUE;
  g_task_set_task_data (task, exporting, (GDestroyNotify) exporting_free);
  if (kind == TERRACE_EXPORT_REGRET)
    terrace_engine_regret_async (self, cancellable, regret_cb, task);
  else
    terrace_engine_read_step (self, task, export_page, write_page);
}

gboolean
terrace_engine_export_finish (TerraceEngine *self,
                              GAsyncResult *result,
                              guint64 *n_rows,
                              GError **error)
{
  Exporting *exporting;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  exporting = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (n_rows != NULL)
    *n_rows = exporting->n_rows;

  return TRUE;
}
