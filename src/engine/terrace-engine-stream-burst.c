/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Foreseen bursts: an object on a cold tier is read more and more, or its forecast says that it
 * will be. A person is told; if the rule says so and the planner agrees, it is brought up before
 * the (rest of the) burst comes. Main thread but for store_*(). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "catalog/terrace-forecast-table.h"

#include <glib/gi18n-lib.h>

/* Objects that are counted at once; the ones that came first go. */
#define MAX_COUNTED 4096
/* In a flood everything grows: it is answered a few objects at a time. */
#define MAX_FORESEEN_AT_ONCE 4
/* Of each cold tier and plan: the most worthwhile. */
#define MAX_PREWARMED 200
/* An older forecast foretells what is over. */
#define FORECAST_DAYS 7

/* Reads in the two halves of the rule's time. */
typedef struct
{
  gint64 half_us; /* when the second half began */
  guint64 first;
  guint64 second;
  gboolean told;
} Count;

typedef struct
{
  gint64 item_id;
  guint64 reads;
  TerraceAssessor *assessor;
  TerraceItem *item;
} Foreseen;

static void
foreseen_free (Foreseen *foreseen)
{
  terrace_assessor_free (foreseen->assessor);
  g_clear_object (&foreseen->item);
  g_free (foreseen);
}

/* What was read is not merged yet: it is counted here, so that the plan knows of it; a forecast
 * that did not foresee it is not asked. */
static gboolean
store_assess (TerraceConnection *connection, gpointer data, GError **error)
{
  Foreseen *foreseen = data;

  foreseen->item = terrace_item_table_get (connection, foreseen->item_id, error);
  if (foreseen->item == NULL)
    return FALSE;
  if (foreseen->item->moving)
    return TRUE;
  terrace_access_rates_add (&foreseen->item->rates,
                            terrace_assessor_get_now_us (foreseen->assessor),
                            (double) foreseen->reads);
  if (!terrace_assessor_load_room (foreseen->assessor, connection, error))
    return FALSE;
  terrace_assessor_assess (foreseen->assessor, foreseen->item, NULL);
  return terrace_item_table_set_assessment (connection, foreseen->item, error);
}

static void
accept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_accept_finish (TERRACE_ENGINE (object), result, NULL, &error) &&
      !terrace_error_is_cancelled (error))
    g_warning ("A foreseen burst's object was not brought up: %s", error->message);
}

static gboolean
goes_up (TerraceEngineStream *self, TerraceItem *item)
{
  TerraceStorageClass *wanted = terrace_engine_find_class (self->engine, item->wanted_class_id);

  return item->wanted_location_id != 0 && !item->moving && wanted != NULL &&
         wanted->tier < item->tier;
}

static void
assess_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Foreseen *foreseen = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  g_autofree char *group_key = NULL;
  TerraceRuleSettings settings;
  TerraceAlertRule *rule;
  TerraceAlert *alert;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error) ||
      self->closing != NULL || foreseen->item->tier < TERRACE_TIER_COLD)
    return;
  rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_PREWARM, &settings);
  if (rule == NULL)
    return;

  message = g_strdup_printf (_ ("“%s” lies on a cold tier and is read more and more"),
                             foreseen->item->name);
  group_key = g_strdup_printf ("prewarm:%" G_GINT64_FORMAT, foreseen->item_id);
  alert = terrace_alert_new (TERRACE_ALERT_PREWARM, rule->severity, group_key,
                             terrace_clock_get_now_us (self->engine->clock), message);
  alert->item_id = foreseen->item_id;
  terrace_engine_stream_raise (self, rule, alert);
  if (settings.act && goes_up (self, foreseen->item))
    terrace_engine_accept_async (self->engine, &foreseen->item_id, 1, self->engine->cancellable,
                                 accept_cb, NULL);
}

static void
foresee (TerraceEngineStream *self, gint64 item_id, guint64 reads)
{
  GTask *task = g_task_new (self, NULL, NULL, NULL);
  Foreseen *foreseen = g_new0 (Foreseen, 1);

  foreseen->item_id = item_id;
  foreseen->reads = reads;
  foreseen->assessor = terrace_engine_new_assessor (self->engine);
  g_task_set_task_data (task, foreseen, (GDestroyNotify) foreseen_free);
  terrace_catalog_write_async (self->engine->catalog, store_assess, foreseen, TERRACE_CATALOG_ITEMS,
                               NULL, assess_cb, task);
}

static Count *
count_of (TerraceEngineStream *self, gint64 item_id, gint64 now_us)
{
  Count *count = g_hash_table_lookup (self->counts, &item_id);

  if (count != NULL)
    return count;
  if (g_hash_table_size (self->counts) >= MAX_COUNTED)
    g_hash_table_remove_all (self->counts);
  count = g_new0 (Count, 1);
  count->half_us = now_us;
  g_hash_table_insert (self->counts, g_memdup2 (&item_id, sizeof item_id), count);

  return count;
}

void
terrace_engine_stream_foresee (TerraceEngineStream *self, GArray *accesses)
{
  gint64 now_us = terrace_clock_get_now_us (self->engine->clock);
  TerraceRuleSettings settings;
  gint64 half_us;
  guint n = 0;

  if (!self->engine->run_moves || self->closing != NULL ||
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_PREWARM, &settings) == NULL)
    return;

  half_us = (gint64) (settings.within_s * TERRACE_US_PER_SECOND / 2);
  for (guint i = 0; i < accesses->len && n < MAX_FORESEEN_AT_ONCE; i++)
    {
      const TerraceStreamAccess *access = &g_array_index (accesses, TerraceStreamAccess, i);
      Count *count;

      /* An object that is read once in a while begins no burst: it need not be remembered. */
      if (access->reads < 2)
        continue;
      count = count_of (self, access->item_id, now_us);
      if (now_us - count->half_us >= half_us)
        *count =
            (Count){ now_us, now_us - count->half_us < 2 * half_us ? count->second : 0, 0, FALSE };
      count->second += access->reads;
      if (!count->told && terrace_rule_judge_burst (&settings, count->first, count->second))
        {
          count->told = TRUE;
          n++;
          foresee (self, access->item_id, count->first + count->second);
        }
    }
}

/* --- By forecasts -------------------------------------------------------------------------- */

/* A cold object that will be read. */
typedef struct
{
  TerraceItem *item;
  double reads;
} Coming;

typedef struct
{
  double reads; /* of the rule */
  gint64 not_before_us;
  GArray *coming;
} Forecasts;

static void
coming_clear (Coming *coming)
{
  g_clear_object (&coming->item);
}

static void
forecasts_free (Forecasts *forecasts)
{
  g_array_unref (forecasts->coming);
  g_free (forecasts);
}

static gboolean
add_coming (TerraceConnection *connection, Forecasts *forecasts, GPtrArray *items, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) rows = NULL;

  for (guint i = 0; i < items->len; i++)
    g_array_append_val (ids, ((TerraceItem *) g_ptr_array_index (items, i))->id);
  rows = terrace_forecast_table_get_many (connection, (gint64 *) ids->data, ids->len, error);
  if (rows == NULL)
    return FALSE;

  /* Both are in the same order. */
  for (guint i = 0, row = 0; i < items->len && row < rows->len; i++)
    {
      const TerraceForecastRow *forecast = &g_array_index (rows, TerraceForecastRow, row);
      Coming coming = { g_ptr_array_index (items, i), forecast->reads[0] };

      if (forecast->item_id != coming.item->id)
        continue;
      row++;
      if (coming.reads < forecasts->reads || forecast->made_us < forecasts->not_before_us)
        continue;
      g_object_ref (coming.item);
      g_array_append_val (forecasts->coming, coming);
    }

  return TRUE;
}

/* The plan knows the forecasts: what it would bring up is among what it would move. */
static gboolean
store_read_forecasts (TerraceConnection *connection, gpointer data, GError **error)
{
  Forecasts *forecasts = data;

  for (int tier = TERRACE_TIER_COLD; tier < TERRACE_N_TIERS; tier++)
    {
      g_autoptr (GPtrArray) items = NULL;
      TerraceItemFilter filter;

      terrace_item_filter_init (&filter);
      filter.planned = TRUE;
      filter.tier = tier;
      items = terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_SAVING, TRUE, NULL,
                                       MAX_PREWARMED, error);
      if (items == NULL || !add_coming (connection, forecasts, items, error))
        return FALSE;
    }

  return TRUE;
}

static void
raise_coming (TerraceEngineStream *self, TerraceAlertRule *rule, const Coming *coming)
{
  g_autofree char *group_key = g_strdup_printf ("prewarm:%" G_GINT64_FORMAT, coming->item->id);
  g_autofree char *message = NULL;
  TerraceAlert *alert;

  message = g_strdup_printf (_ ("“%s” lies on a cold tier, and %.0f reads of it are foreseen for "
                                "the next seven days"),
                             coming->item->name, coming->reads);
  alert = terrace_alert_new (TERRACE_ALERT_PREWARM, rule->severity, group_key,
                             terrace_clock_get_now_us (self->engine->clock), message);
  alert->item_id = coming->item->id;
  terrace_engine_stream_raise (self, rule, alert);
}

static void
read_forecasts_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Forecasts *forecasts = g_task_get_task_data (task);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  TerraceRuleSettings settings;
  TerraceAlertRule *rule;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_warning ("Forecasts could not be read: %s", error->message);
      return;
    }
  rule = terrace_engine_stream_find_rule (self, TERRACE_ALERT_PREWARM, &settings);
  if (rule == NULL || self->closing != NULL)
    return;

  for (guint i = 0; i < forecasts->coming->len; i++)
    {
      const Coming *coming = &g_array_index (forecasts->coming, Coming, i);

      if (!goes_up (self, coming->item))
        continue;
      raise_coming (self, rule, coming);
      g_array_append_val (ids, coming->item->id);
    }
  if (settings.act && ids->len > 0)
    terrace_engine_accept_async (self->engine, (gint64 *) ids->data, ids->len,
                                 self->engine->cancellable, accept_cb, NULL);
}

void
terrace_engine_stream_prewarm (TerraceEngineStream *self)
{
  TerraceRuleSettings settings;
  Forecasts *forecasts;
  GTask *task;

  if (!self->engine->run_moves || self->closing != NULL ||
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_PREWARM, &settings) == NULL)
    return;

  forecasts = g_new0 (Forecasts, 1);
  forecasts->reads = (double) settings.reads;
  forecasts->not_before_us =
      terrace_clock_get_now_us (self->engine->clock) - FORECAST_DAYS * TERRACE_US_PER_DAY;
  forecasts->coming = g_array_new (FALSE, FALSE, sizeof (Coming));
  g_array_set_clear_func (forecasts->coming, (GDestroyNotify) coming_clear);
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, forecasts, (GDestroyNotify) forecasts_free);
  terrace_catalog_read_async (self->engine->catalog, store_read_forecasts, forecasts, NULL,
                              read_forecasts_cb, task);
}
