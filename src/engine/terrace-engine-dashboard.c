/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The costs of the past and where they are going. Main thread but for read_costs(). */

#include "config.h"

#include "engine/terrace-engine-dashboard.h"

#include "base/terrace-units.h"
#include "engine/terrace-engine-private.h"
#include "insight/terrace-trend.h"

#define DAYS_BACK 365
#define DAYS_AHEAD 90

typedef struct
{
  gint64 today;
  TerraceCostHistory *history;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->history, terrace_cost_history_free);
  g_free (reading);
}

void
terrace_cost_history_free (TerraceCostHistory *self)
{
  g_clear_pointer (&self->days, g_array_unref);
  g_clear_pointer (&self->ahead, g_array_unref);
  g_free (self);
}

/* (transfer full) (element-type double): a month's cost at the end of each day from the first to
 * the last one known. A day that is missing was like the one before: nothing was seen to change. */
static GArray *
sum_days (const GArray *days)
{
  GArray *sums = g_array_new (FALSE, TRUE, sizeof (double));
  gint64 first = days->len > 0 ? g_array_index (days, TerraceCostDay, 0).day : 0;
  guint i = 0;

  while (i < days->len)
    {
      gint64 day = g_array_index (days, TerraceCostDay, i).day;
      double sum = 0;

      while (sums->len > 0 && first + (gint64) sums->len < day)
        {
          double before = g_array_index (sums, double, sums->len - 1);

          g_array_append_val (sums, before);
        }
      for (; i < days->len && g_array_index (days, TerraceCostDay, i).day == day; i++)
        sum += terrace_money_from_nanos (g_array_index (days, TerraceCostDay, i).monthly_nanos);
      g_array_append_val (sums, sum);
    }
  return sums;
}

static void
foresee (TerraceCostHistory *history)
{
  g_autoptr (GArray) sums = sum_days (history->days);
  gint64 last_day;
  TerraceTrend trend;

  if (!terrace_trend_fit ((const double *) sums->data, sums->len, &trend))
    {
      history->days_missing = TERRACE_TREND_MIN_DAYS - MIN (sums->len, TERRACE_TREND_MIN_DAYS);
      return;
    }
  last_day = g_array_index (history->days, TerraceCostDay, history->days->len - 1).day;
  for (guint i = 1; i <= DAYS_AHEAD; i++)
    {
      TerraceCostAhead ahead = { .day = last_day + i };
      double low, expected, high;

      terrace_trend_foresee (&trend, i, &low, &expected, &high);
      ahead.low_nanos = terrace_money_to_nanos (low);
      ahead.expected_nanos = terrace_money_to_nanos (expected);
      ahead.high_nanos = terrace_money_to_nanos (high);
      g_array_append_val (history->ahead, ahead);
    }
}

static gboolean
read_costs (TerraceConnection *connection, gpointer data, GError **error)
{
  Reading *reading = data;

  reading->history->days =
      terrace_cost_table_list (connection, 0, reading->today - DAYS_BACK, error);
  return reading->history->days != NULL;
}

/* The task's data becomes its result. */
static void
read_costs_done (TerraceEngine *self, GTask *task)
{
  Reading *reading = g_task_get_task_data (task);

  foresee (reading->history);
  g_task_return_pointer (task, g_steal_pointer (&reading->history),
                         (GDestroyNotify) terrace_cost_history_free);
  g_object_unref (task);
}

void
terrace_engine_cost_history_async (TerraceEngine *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task;
  Reading *reading;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_cost_history_async, cancellable, callback,
                                  user_data);
  reading = g_new0 (Reading, 1);
  reading->today = terrace_clock_get_now_us (self->clock) / TERRACE_US_PER_DAY;
  reading->history = g_new0 (TerraceCostHistory, 1);
  reading->history->ahead = g_array_new (FALSE, FALSE, sizeof (TerraceCostAhead));
  g_task_set_task_data (task, reading, reading_free);
  terrace_engine_read_step (self, task, read_costs, read_costs_done);
}

TerraceCostHistory *
terrace_engine_cost_history_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
