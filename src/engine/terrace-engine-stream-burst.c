/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Foreseen bursts: an object on a cold tier is read more and more. A person is told; if the rule
 * says so and the planner agrees, it is brought up before the rest of the burst comes. Main thread
 * but for store_*(). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include <glib/gi18n-lib.h>

/* Objects that are counted at once; the ones that came first go. */
#define MAX_COUNTED 4096
/* In a flood everything grows: it is answered a few objects at a time. */
#define MAX_FORESEEN_AT_ONCE 4

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

/* What was read is not merged yet: it is counted here, so that the plan knows of it. */
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
