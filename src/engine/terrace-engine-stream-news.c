/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the log of the engine says since the last look, whichever program wrote it: plans are told
 * to others, and copies that are gone or damaged become one alert for each location, which ends
 * when none of them is. Also what
 * deletions become. Main thread but for the functions named store_*. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-event-table.h"

#include <glib/gi18n-lib.h>

/* How far back a look goes: what is older has been looked at, or is history. */
#define MAX_NEWS 1000

/* The lost or damaged copies of a location. */
typedef struct
{
  gint64 location_id;
  guint n;
  gint64 item_id; /* of the latest */
  gint64 event_id;
  char *name;
} Loss;

typedef struct
{
  GArray *losses;
  TerraceEvent *plan; /* the latest */
  gint64 after_id;
  gint64 newest_id;
} News;

static void
loss_clear (Loss *loss)
{
  g_clear_pointer (&loss->name, g_free);
}

static void
news_free (News *news)
{
  g_array_unref (news->losses);
  g_clear_object (&news->plan);
  g_free (news);
}

/* --- Deletions ----------------------------------------------------------------------------- */

/* (transfer full) (nullable): %NULL without @error if nobody registered it, or it lies elsewhere.
 */
static TerraceItem *
find_deleted (TerraceConnection *connection, const TerraceDeletion *deletion, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  if (deletion->location_id != 0)
    return terrace_item_table_find (connection, deletion->location_id, deletion->key, error);

  items = terrace_item_table_get_many (connection, &deletion->item_id, 1, error);
  return items != NULL && items->len > 0 ? g_object_ref (g_ptr_array_index (items, 0)) : NULL;
}

/* An older deletion is one that what is there now came after; a move deletes by itself. */
static gboolean
is_gone (TerraceItem *item, const TerraceDeletion *deletion)
{
  return !item->missing && !item->moving && deletion->time_us >= item->registered_us &&
         deletion->time_us >= item->modified_us;
}

gboolean
terrace_stream_store_deletions (TerraceConnection *connection,
                                TerraceStreamCohort *cohort,
                                gint64 now_us,
                                GError **error)
{
  for (guint i = 0; i < cohort->deletions->len; i++)
    {
      const TerraceDeletion *deletion = &g_array_index (cohort->deletions, TerraceDeletion, i);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (TerraceItem) item = find_deleted (connection, deletion, &local_error);
      g_autoptr (TerraceEvent) event = NULL;
      g_autofree char *message = NULL;

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (item == NULL || !is_gone (item, deletion))
        continue;
      item->missing = TRUE;
      message = g_strdup_printf (_ ("“%s” was deleted where it was"), item->name);
      event = terrace_event_new (TERRACE_EVENT_MISSING, TERRACE_SEVERITY_WARNING, now_us, message);
      event->item_id = item->id;
      event->location_id = item->location_id;
      if (!terrace_item_table_update (connection, item, error) ||
          !terrace_event_table_append (connection, event, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Looking ------------------------------------------------------------------------------- */

static void
add_loss (News *news, TerraceEvent *event, TerraceItem *item)
{
  Loss loss = { item->location_id, 1, item->id, event->id, g_strdup (item->name) };

  for (guint i = 0; i < news->losses->len; i++)
    {
      Loss *known = &g_array_index (news->losses, Loss, i);

      if (known->location_id != loss.location_id)
        continue;
      known->n++;
      loss_clear (&loss);
      return;
    }
  g_array_append_val (news->losses, loss);
}

/* An object that was found again, sound, or that somebody forgot is no loss any more. */
static gboolean
look_at_item (TerraceConnection *connection, News *news, TerraceEvent *event, GError **error)
{
  g_autoptr (GPtrArray) items = terrace_item_table_get_many (connection, &event->item_id, 1, error);
  TerraceItem *item;

  if (items == NULL)
    return FALSE;
  if (items->len == 0)
    return TRUE;
  item = g_ptr_array_index (items, 0);
  if (item->missing || (event->kind == TERRACE_EVENT_DAMAGED && item->verified_us == 0))
    add_loss (news, event, item);

  return TRUE;
}

static gboolean
store_read_news (TerraceConnection *connection, gpointer data, GError **error)
{
  News *news = data;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) events = terrace_event_table_page (connection, 0, 0, MAX_NEWS, error);

  if (events == NULL)
    return FALSE;
  for (guint i = 0; i < events->len; i++)
    {
      TerraceEvent *event = g_ptr_array_index (events, i);

      news->newest_id = MAX (news->newest_id, event->id);
      if (event->kind == TERRACE_EVENT_PLANNED && event->id > news->after_id && news->plan == NULL)
        news->plan = g_object_ref (event);
      if ((event->kind != TERRACE_EVENT_MISSING && event->kind != TERRACE_EVENT_DAMAGED) ||
          event->item_id == 0 || !g_hash_table_add (seen, &event->item_id))
        continue;
      if (!look_at_item (connection, news, event, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Judging ------------------------------------------------------------------------------- */

static const Loss *
find_loss (News *news, gint64 location_id)
{
  for (guint i = 0; i < news->losses->len; i++)
    {
      const Loss *loss = &g_array_index (news->losses, Loss, i);

      if (loss->location_id == location_id)
        return loss;
    }

  return NULL;
}

static TerraceAlert *
make_alert (TerraceEngineStream *self,
            TerraceAlertRule *rule,
            TerraceLocation *location,
            const char *group_key,
            const Loss *loss)
{
  g_autofree char *message = NULL;
  TerraceAlert *alert;

  message = g_strdup_printf (ngettext ("%u copy in “%s” is missing or damaged, the latest “%s”",
                                       "%u copies in “%s” are missing or damaged, the latest “%s”",
                                       loss->n),
                             loss->n, location->name, loss->name);
  alert = terrace_alert_new (rule->kind, rule->severity, group_key,
                             terrace_clock_get_now_us (self->engine->clock), message);
  alert->item_id = loss->item_id;
  alert->location_id = location->id;

  return alert;
}

static void
judge_losses (TerraceEngineStream *self, News *news)
{
  TerraceRuleSettings settings;
  TerraceAlertRule *rule =
      terrace_engine_stream_find_rule (self, TERRACE_ALERT_REPLICA_MISSING, &settings);
  gint64 now_us = terrace_clock_get_now_us (self->engine->clock);
  TerraceLocation *location;

  if (rule == NULL)
    return;
  for (guint i = 0; (location = terrace_engine_peek_location (self->engine, i)) != NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("replica-missing:%" G_GINT64_FORMAT, location->id);
      const Loss *loss = find_loss (news, location->id);
      TerraceRuleState *state = terrace_engine_stream_get_rule_state (self, key);
      gboolean was_firing = state->firing;
      TerraceRuleVerdict verdict;

      if (rule->location_id != 0 && rule->location_id != location->id)
        continue;
      verdict =
          terrace_rule_judge (&settings, loss != NULL ? loss->n : 0, G_MAXUINT64, now_us, state);
      if (verdict == TERRACE_RULE_CLEAR)
        terrace_engine_stream_clear (self, key);
      /* One more of the same matter brings its alert up to date. */
      else if (loss != NULL &&
               (verdict == TERRACE_RULE_RAISE ||
                (was_firing && news->after_id > 0 && loss->event_id > news->after_id)))
        terrace_engine_stream_raise (self, rule, make_alert (self, rule, location, key, loss));
    }
}

static void
read_news_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  News *news = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->reading_news = FALSE;
  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_warning ("The log could not be read: %s", error->message);
      return;
    }
  if (self->closing != NULL)
    return;

  judge_losses (self, news);
  /* What was planned before this program began is no news. */
  if (news->plan != NULL && news->plan->time_us >= self->began_us)
    terrace_engine_stream_publish_plan (self, news->plan);
  if (news->plan != NULL)
    terrace_engine_stream_prewarm (self);
  self->news_id = MAX (news->newest_id, 1);
}

void
terrace_engine_stream_read_news (TerraceEngineStream *self)
{
  GTask *task;
  News *news;

  if (self->reading_news || self->closing != NULL)
    return;

  self->reading_news = TRUE;
  self->news_due = FALSE;
  news = g_new0 (News, 1);
  news->losses = g_array_new (FALSE, FALSE, sizeof (Loss));
  g_array_set_clear_func (news->losses, (GDestroyNotify) loss_clear);
  news->after_id = self->news_id;
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, news, (GDestroyNotify) news_free);
  terrace_catalog_read_async (self->engine->catalog, store_read_news, news, NULL, read_news_cb,
                              task);
}
