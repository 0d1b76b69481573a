/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Heating: an object on its way down is being used, so its move is taken back while that still
 * costs little. The pump looks out for the objects of open moves; what it sees is judged here
 * within milliseconds, and the log says what stopping cost and what going on would have cost. And
 * its sister, the foreseen burst. Main thread but for the functions named store_* and pump_*. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "insight/terrace-cost.h"

#include <glib/gi18n-lib.h>

/* --- What to look out for ------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *moves;
} Looking;

static void
looking_free (Looking *looking)
{
  g_clear_pointer (&looking->moves, g_ptr_array_unref);
  g_free (looking);
}

static gboolean
store_list_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Looking *looking = data;
  gint64 before_id = 0;

  looking->moves = g_ptr_array_new_with_free_func (g_object_unref);
  while (TRUE)
    {
      g_autoptr (GPtrArray) page = NULL;

      page = terrace_move_table_page (connection, 0, before_id, TERRACE_LIMIT_BATCH_ITEMS, error);
      if (page == NULL)
        return FALSE;
      if (page->len == 0)
        return TRUE;
      before_id = ((TerraceMove *) g_ptr_array_index (page, page->len - 1))->id;
      g_ptr_array_extend (looking->moves, page, (GCopyFunc) g_object_ref, NULL);
    }
}

static gboolean
can_be_stopped (TerraceMove *move)
{
  return terrace_move_allows (move, TERRACE_MOVE_ACTION_CANCEL) && !move->keep_source;
}

/* To where reading waits longer or costs more. */
static gboolean
goes_down (TerraceEngineStream *self, TerraceMove *move)
{
  TerraceStorageClass *from = terrace_engine_find_class (self->engine, move->source_class_id);
  TerraceStorageClass *to = terrace_engine_find_class (self->engine, move->dest_class_id);

  return from != NULL && to != NULL && to->tier > from->tier;
}

static void
pump_watches (TerraceStreamPump *pump, gpointer data)
{
  terrace_stream_pump_set_watches (pump, g_array_ref (data));
}

static void
list_moves_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Looking *looking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  TerraceRuleSettings settings;
  GArray *watches;

  self->watching = FALSE;
  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_warning ("Open moves could not be read: %s", error->message);
      return;
    }
  if (self->closing != NULL)
    return;

  watches = g_array_new (FALSE, FALSE, sizeof (TerraceWatch));
  g_array_set_clear_func (watches, (GDestroyNotify) terrace_watch_clear);
  if (terrace_engine_stream_find_rule (self, TERRACE_ALERT_HEATING, &settings) != NULL)
    for (guint i = 0; i < looking->moves->len; i++)
      {
        TerraceMove *move = g_ptr_array_index (looking->moves, i);
        TerraceWatch watch = { move->item_id, move->id, move->source_location_id, NULL,
                               (gint64) (settings.within_s * TERRACE_US_PER_SECOND) };

        if (!can_be_stopped (move) || !goes_down (self, move))
          continue;
        watch.key = g_strdup (move->source_key);
        g_array_append_val (watches, watch);
      }
  terrace_engine_stream_run (self, pump_watches, NULL, watches, (GDestroyNotify) g_array_unref);
  if (self->watch_again)
    terrace_engine_stream_watch (self);
}

void
terrace_engine_stream_watch (TerraceEngineStream *self)
{
  Looking *looking;
  GTask *task;

  self->watch_again = self->watching;
  if (self->watching || self->closing != NULL)
    return;

  self->watching = TRUE;
  looking = g_new0 (Looking, 1);
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, looking, (GDestroyNotify) looking_free);
  terrace_catalog_read_async (self->engine->catalog, store_list_moves, looking, NULL, list_moves_cb,
                              task);
}

/* --- Judging ------------------------------------------------------------------------------- */

typedef struct
{
  TerraceHeat heat;
  TerraceMove *move;
  TerraceItem *item;
  TerraceHeatVerdict verdict;
} Judging;

static void
judging_free (Judging *judging)
{
  g_clear_object (&judging->move);
  g_clear_object (&judging->item);
  g_free (judging);
}

static gboolean
store_read_heated (TerraceConnection *connection, gpointer data, GError **error)
{
  Judging *judging = data;

  judging->move = terrace_move_table_get (connection, judging->heat.move_id, error);
  if (judging->move == NULL)
    return FALSE;
  judging->item = terrace_item_table_get (connection, judging->heat.item_id, error);
  return judging->item != NULL;
}

/* How far the move is, 0 to 1: what was spent of what it costs once. */
static double
part_spent (TerraceEngineStream *self, TerraceMove *move)
{
  const guint64 *done = g_hash_table_lookup (self->done_bytes, &move->id);

  if (move->state == TERRACE_MOVE_QUEUED)
    return 0;
  if (move->state != TERRACE_MOVE_COPYING)
    return 1;
  if (move->size_bytes == 0 || done == NULL)
    return 0;

  return MIN ((double) *done / (double) move->size_bytes, 1);
}

static void
read_signs (TerraceEngineStream *self, Judging *judging, TerraceHeatSigns *signs)
{
  TerraceMove *move = judging->move;
  TerraceItem *item = judging->item;
  TerraceStorageClass *from = terrace_engine_find_class (self->engine, move->source_class_id);
  TerraceStorageClass *to = terrace_engine_find_class (self->engine, move->dest_class_id);
  gint64 now_us = terrace_clock_get_now_us (self->engine->clock);
  TerraceUse use = {
    .size_bytes = item->size_bytes,
    .reads_per_month = item->reads_per_month + (double) judging->heat.reads,
    .days_in_class = (double) (now_us - item->class_since_us) / (double) TERRACE_US_PER_DAY,
    .egress_counts = terrace_engine_get_policy (self->engine)->egress_counts,
  };
  TerraceBill here, there, back;
  double once, part = part_spent (self, move);

  *signs =
      (TerraceHeatSigns){ .reads = judging->heat.reads, .reads_per_month = item->reads_per_month };
  if (from == NULL || to == NULL)
    return;
  terrace_cost_stay (&use, from, &here);
  terrace_cost_move (&use, from, to, FALSE, TERRACE_LIMIT_PART_BYTES, &there);
  use.days_in_class = 0;
  terrace_cost_move (&use, to, from, FALSE, TERRACE_LIMIT_PART_BYTES, &back);
  once = there.once;
  signs->spent = once * part;
  signs->left = once * (1 - part);
  signs->monthly_here = here.monthly;
  signs->monthly_there = there.monthly;
  signs->return_cost = back.once;
}

/* --- Acting -------------------------------------------------------------------------------- */

static char *
describe_stop (TerraceEngineStream *self, Judging *judging)
{
  const char *currency = terrace_engine_get_currency (self->engine);
  TerraceLocation *to = terrace_engine_get_location (self->engine, judging->move->dest_location_id);
  g_autofree char *stop = terrace_format_money (judging->verdict.stop_cost, currency);
  g_autofree char *go_on = terrace_format_money (judging->verdict.go_on_cost, currency);

  return g_strdup_printf (_ ("“%s” is being used: its move to “%s” was stopped. Stopping cost %s; "
                             "going on would have cost %s more in the first month"),
                          judging->move->name, to != NULL ? to->name : "?", stop, go_on);
}

static void
stop_move_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Judging *judging = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  g_autofree char *group_key = NULL;
  TerraceRuleSettings settings;
  TerraceAlertRule *rule;
  TerraceAlert *alert;

  if (!terrace_engine_control_move_finish (TERRACE_ENGINE (object), result, &error))
    {
      /* It was too late: the source is being trimmed already, or somebody else was quicker. */
      g_debug ("A heated object's move was not stopped: %s", error->message);
      return;
    }

  message = describe_stop (self, judging);
  terrace_engine_log (self->engine, TERRACE_EVENT_MOVE_CANCELLED, TERRACE_SEVERITY_INFO,
                      judging->heat.item_id, judging->move->dest_location_id, g_strdup (message));
  rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_HEATING, &settings);
  if (self->closing != NULL || rule == NULL)
    return;
  group_key = g_strdup_printf ("heating:%" G_GINT64_FORMAT, judging->heat.item_id);
  alert = terrace_alert_new (TERRACE_ALERT_HEATING, rule->severity, group_key,
                             terrace_clock_get_now_us (self->engine->clock), message);
  alert->item_id = judging->heat.item_id;
  alert->move_id = judging->heat.move_id;
  terrace_engine_stream_raise (self, rule, alert);
}

static void
read_heated_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Judging *judging = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  TerraceRuleSettings settings;
  TerraceHeatSigns signs;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error) ||
      self->closing != NULL || !can_be_stopped (judging->move) ||
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_HEATING, &settings) == NULL)
    return;

  read_signs (self, judging, &signs);
  terrace_rule_judge_heat (&settings, &signs, &judging->verdict);
  if (!judging->verdict.stop || g_hash_table_contains (self->heated, &judging->heat.move_id))
    return;
  g_hash_table_add (self->heated, g_memdup2 (&judging->heat.move_id, sizeof judging->heat.move_id));
  terrace_engine_control_move_async (self->engine, judging->heat.move_id,
                                     TERRACE_MOVE_ACTION_CANCEL, NULL, stop_move_cb,
                                     g_steal_pointer (&task));
}

void
terrace_engine_stream_feel (TerraceEngineStream *self, const TerraceHeat *heat)
{
  TerraceRuleSettings settings;
  Judging *judging;
  GTask *task;

  if (self->closing != NULL || g_hash_table_contains (self->heated, &heat->move_id) ||
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_HEATING, &settings) == NULL ||
      heat->reads < settings.reads)
    return;

  judging = g_new0 (Judging, 1);
  judging->heat = *heat;
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, judging, (GDestroyNotify) judging_free);
  terrace_catalog_read_async (self->engine->catalog, store_read_heated, judging, NULL,
                              read_heated_cb, task);
}
