/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads the catalogue as a history of accesses, finds the prices to learn with, and runs
 * computations on the engine's worker. Main thread but for what says otherwise. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"
#include "catalog/terrace-item-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Older accesses say little and cost memory. */
#define HISTORY_DAYS 1095
/* Up to so many objects all are read for the sake of one: its folder says something, too. */
#define FEW_ITEMS 20000
#define DEFAULT_PROVIDER "aws"
#define PROGRESS_MS 200

/* --- Known --------------------------------------------------------------------------------- */

TerraceKnown *
terrace_known_new (TerraceEngine *engine, const gint64 *item_ids, guint n_items)
{
  TerraceKnown *self = g_new0 (TerraceKnown, 1);

  self->now_us = terrace_clock_get_now_us (engine->clock);
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->index = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->providers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (n_items > 0)
    {
      self->wanted_ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_items);
      g_array_append_vals (self->wanted_ids, item_ids, n_items);
    }
  return self;
}

void
terrace_known_free (TerraceKnown *self)
{
  g_clear_pointer (&self->wanted_ids, g_array_unref);
  g_clear_pointer (&self->history, terrace_history_free);
  g_hash_table_unref (self->providers);
  g_hash_table_unref (self->index);
  g_array_unref (self->ids);
  g_free (self);
}

static void
count_provider (TerraceKnown *self, const char *class_id)
{
  const char *slash = strchr (class_id, '/');
  g_autofree char *provider = g_strndup (class_id, slash != NULL ? (gsize) (slash - class_id) : 0);
  guint64 *count = g_hash_table_lookup (self->providers, provider);

  if (count != NULL)
    {
      (*count)++;
      return;
    }
  count = g_new (guint64, 1);
  *count = 1;
  g_hash_table_insert (self->providers, g_steal_pointer (&provider), count);
}

static gboolean
add_item (TerraceKnown *self,
          TerraceHistoryBuilder *builder,
          TerraceConnection *connection,
          TerraceItem *item,
          GError **error)
{
  const gint64 today = self->now_us / TERRACE_US_PER_DAY;
  g_autoptr (GArray) days =
      terrace_access_table_each_day (connection, item->id, today - HISTORY_DAYS + 1, error);

  if (days == NULL)
    return FALSE;
  count_provider (self, item->class_id);
  g_array_append_val (self->ids, item->id);
  terrace_history_builder_begin (builder, item->key, item->registered_us / TERRACE_US_PER_DAY,
                                 (double) item->size_bytes);
  for (guint i = 0; i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);
      const gboolean bytes_are_reads = day->bytes > 0 && day->writes == 0;

      if (day->reads > 0)
        terrace_history_builder_add_reads (builder, day->day, (double) day->reads,
                                           bytes_are_reads ?
                                               (double) day->bytes :
                                               (double) day->reads * (double) item->size_bytes);
      if (day->writes > 0)
        terrace_history_builder_add_write (builder, day->day);
    }
  return TRUE;
}

static gboolean
add_items (TerraceKnown *self,
           TerraceHistoryBuilder *builder,
           TerraceConnection *connection,
           GPtrArray *items,
           GError **error)
{
  for (guint i = 0; i < items->len; i++)
    if (!add_item (self, builder, connection, g_ptr_array_index (items, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
add_everything (TerraceKnown *self,
                TerraceHistoryBuilder *builder,
                TerraceConnection *connection,
                GError **error)
{
  g_autoptr (TerraceItem) last = NULL;
  TerraceItemFilter filter;

  terrace_item_filter_init (&filter);
  while (TRUE)
    {
      g_autoptr (GPtrArray) items =
          terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);

      if (items == NULL || !add_items (self, builder, connection, items, error))
        return FALSE;
      if (items->len < TERRACE_LIMIT_BATCH_ITEMS)
        return TRUE;
      g_set_object (&last, g_ptr_array_index (items, items->len - 1));
    }
}

static gboolean
count_items (TerraceConnection *connection, guint64 *n_items, GError **error)
{
  g_autoptr (GArray) totals = terrace_item_table_totals (connection, error);

  *n_items = 0;
  if (totals == NULL)
    return FALSE;
  for (guint i = 0; i < totals->len; i++)
    *n_items += g_array_index (totals, TerraceItemTotals, i).items;
  return TRUE;
}

gboolean
terrace_known_read (TerraceKnown *self, TerraceConnection *connection, GError **error)
{
  const gint32 today = (gint32) (self->now_us / TERRACE_US_PER_DAY);
  g_autoptr (TerraceHistoryBuilder) builder =
      terrace_history_builder_new (today - HISTORY_DAYS + 1, today);
  g_autoptr (GPtrArray) items = NULL;
  guint64 n_items;

  if (!count_items (connection, &n_items, error))
    return FALSE;
  if (self->wanted_ids == NULL || n_items <= FEW_ITEMS)
    {
      if (!add_everything (self, builder, connection, error))
        return FALSE;
    }
  else
    {
      items = terrace_item_table_get_many (connection, (gint64 *) self->wanted_ids->data,
                                           self->wanted_ids->len, error);
      if (items == NULL || !add_items (self, builder, connection, items, error))
        return FALSE;
    }
  self->history = terrace_history_builder_end (builder);
  for (guint i = 0; i < self->ids->len; i++)
    g_hash_table_insert (self->index, &g_array_index (self->ids, gint64, i), GINT_TO_POINTER (i));
  return TRUE;
}

int
terrace_known_find (const TerraceKnown *self, gint64 item_id)
{
  gpointer index;

  return g_hash_table_lookup_extended (self->index, &item_id, NULL, &index) ?
             GPOINTER_TO_INT (index) :
             -1;
}

/* --- Prices -------------------------------------------------------------------------------- */

void
terrace_learning_prices_clear (TerraceLearningPrices *self)
{
  g_clear_pointer (&self->provider, g_free);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
}

static gboolean
try_sheet (TerraceLearningPrices *self, TerracePriceSheet *sheet, gboolean with_auto)
{
  GPtrArray *classes = terrace_price_sheet_get_classes (sheet);

  if (!terrace_tariff_init (&self->tariff, classes, NULL))
    return FALSE;
  if (!with_auto)
    self->tariff.n_places = self->tariff.n_classes;
  self->classes = g_ptr_array_ref (classes);
  self->provider = g_strdup (terrace_price_sheet_get_provider (sheet));
  for (int place = 0; place < self->tariff.n_classes; place++)
    for (guint i = 0; i < classes->len; i++)
      {
        TerraceStorageClass *class = g_ptr_array_index (classes, i);

        if (class->name == self->tariff.names[place])
          self->places[place] = class;
      }
  return TRUE;
}

gboolean
terrace_learning_prices_find (TerraceLearningPrices *self,
                              TerraceEngine *engine,
                              const TerraceKnown *known,
                              const char *provider,
                              gboolean with_auto,
                              GError **error)
{
  guint64 most = 0;

  memset (self, 0, sizeof *self);
  for (guint i = 0; i < engine->sheets->len; i++)
    {
      TerracePriceSheet *sheet = g_ptr_array_index (engine->sheets, i);
      const char *name = terrace_price_sheet_get_provider (sheet);
      const guint64 *count = g_hash_table_lookup (known->providers, name);
      /* Amazon's is taken when no object is billed by any that has a choice. */
      const guint64 weight =
          (count != NULL ? *count * 2 : 0) + g_str_equal (name, DEFAULT_PROVIDER);
      TerraceLearningPrices own = { 0 };

      if (provider != NULL ? !g_str_equal (name, provider) : weight <= most)
        continue;
      if (!try_sheet (&own, sheet, with_auto))
        continue;
      most = weight;
      terrace_learning_prices_clear (self);
      *self = own;
    }
  if (self->classes != NULL)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("There is no price sheet with several classes to choose from"));
  return FALSE;
}

/* --- Computing ----------------------------------------------------------------------------- */

typedef struct
{
  TerraceEngineWork work;
  TerraceEngineStep next;
  gpointer data;
} Work;

/* Worker thread. */
static void
work_run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (work->work (work->data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
work_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  work->next (TERRACE_ENGINE (object), g_steal_pointer (&task));
}

void
terrace_engine_work_step (TerraceEngine *self,
                          GTask *task,
                          TerraceEngineWork work,
                          TerraceEngineStep next)
{
  Work *own = g_new (Work, 1);
  GTask *inner = g_task_new (self, g_task_get_cancellable (task), work_cb, task);

  *own = (Work){ work, next, g_task_get_task_data (task) };
  g_task_set_source_tag (inner, terrace_engine_work_step);
  g_task_set_task_data (inner, own, g_free);
  terrace_worker_queue (self->worker, G_PRIORITY_LOW, work_run, inner);
}

static gboolean
tell_steps (gpointer data)
{
  TerraceSteps *self = data;
  const gint done = g_atomic_int_get (&self->done);

  if (done > 0)
    self->progress ((guint64) done, (guint64) g_atomic_int_get (&self->total), NULL,
                    self->progress_data);
  return G_SOURCE_CONTINUE;
}

void
terrace_steps_start (TerraceSteps *self, TerraceEngineProgress progress, gpointer progress_data)
{
  self->progress = progress;
  self->progress_data = progress_data;
  if (progress != NULL)
    self->source_id = g_timeout_add (PROGRESS_MS, tell_steps, self);
}

void
terrace_steps_tell (guint done, guint total, gpointer data)
{
  TerraceSteps *self = data;

  g_atomic_int_set (&self->total, (gint) total);
  g_atomic_int_set (&self->done, (gint) done);
}

void
terrace_steps_stop (TerraceSteps *self)
{
  g_clear_handle_id (&self->source_id, g_source_remove);
}
