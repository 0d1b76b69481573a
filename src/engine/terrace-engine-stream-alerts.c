/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Alerts: raised and cleared in the catalogue, where many of one matter are one; told to whoever
 * listens when they are news; shown as a list that follows. And the rules they come from. Main
 * thread but for the functions named store_*. */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define SHOWN_ALERTS 500

/* --- The list ------------------------------------------------------------------------------ */

typedef struct
{
  GPtrArray *alerts;
} Listing;

static void
listing_free (Listing *listing)
{
  g_clear_pointer (&listing->alerts, g_ptr_array_unref);
  g_free (listing);
}

/* All that are still so, then the latest that are not. */
static gboolean
store_list_alerts (TerraceConnection *connection, gpointer data, GError **error)
{
  Listing *listing = data;
  g_autoptr (GPtrArray) past = NULL;

  listing->alerts = terrace_alert_table_list_open (connection, error);
  past = listing->alerts != NULL ? terrace_alert_table_page (connection, 0, SHOWN_ALERTS, error) :
                                   NULL;
  if (past == NULL)
    return FALSE;
  for (guint i = 0; i < past->len; i++)
    {
      TerraceAlert *alert = g_ptr_array_index (past, i);

      if (alert->cleared_us != 0)
        g_ptr_array_add (listing->alerts, g_object_ref (alert));
    }

  return TRUE;
}

/* A rule that spoke up in an earlier run falls silent in this one. */
static void
remember_firing (TerraceEngineStream *self, GPtrArray *alerts)
{
  for (guint i = 0; i < alerts->len; i++)
    {
      TerraceAlert *alert = g_ptr_array_index (alerts, i);

      if (alert->cleared_us == 0)
        terrace_engine_stream_get_rule_state (self, alert->group_key)->firing = TRUE;
    }
}

/* Rows that are known stay the objects they are, so that a selection survives. */
static void
show_alerts (TerraceEngineStream *self, GPtrArray *alerts)
{
  GListModel *model = G_LIST_MODEL (self->alerts);
  g_autoptr (GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (model);
  gboolean same = n == alerts->len;

  for (guint i = 0; i < n; i++)
    {
      /* The store keeps it. */
      g_autoptr (TerraceAlert) alert = g_list_model_get_item (model, i);

      g_hash_table_insert (known, &alert->id, alert);
    }
  for (guint i = 0; i < alerts->len; i++)
    {
      TerraceAlert *newer = g_ptr_array_index (alerts, i);
      TerraceAlert *alert = g_hash_table_lookup (known, &newer->id);
      g_autoptr (TerraceAlert) at_place = same ? g_list_model_get_item (model, i) : NULL;

      if (alert != NULL)
        terrace_alert_update (alert, newer);
      same = same && alert != NULL && at_place == alert;
      g_ptr_array_add (shown, g_object_ref (alert != NULL ? alert : newer));
    }
  if (!same)
    g_list_store_splice (self->alerts, 0, n, shown->pdata, shown->len);
}

static void
list_alerts_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Listing *listing = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->reading_alerts = FALSE;
  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      if (!self->alerts_read)
        remember_firing (self, listing->alerts);
      self->alerts_read = TRUE;
      show_alerts (self, listing->alerts);
    }
  else
    g_warning ("Alerts could not be read: %s", error->message);
  if (self->read_alerts_again)
    terrace_engine_stream_read_alerts (self);
}

void
terrace_engine_stream_read_alerts (TerraceEngineStream *self)
{
  GTask *task;
  Listing *listing;

  self->read_alerts_again = self->reading_alerts;
  if (self->reading_alerts || self->closing != NULL)
    return;

  self->reading_alerts = TRUE;
  listing = g_new0 (Listing, 1);
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, listing, (GDestroyNotify) listing_free);
  terrace_catalog_read_async (self->engine->catalog, store_list_alerts, listing, NULL,
                              list_alerts_cb, task);
}

/* --- Raising and clearing ------------------------------------------------------------------ */

typedef struct
{
  TerraceAlert *alert;
  char *group_key;
  gint64 silence_us;
  gint64 now_us;
  gboolean news;
} Raising;

static void
raising_free (Raising *raising)
{
  g_clear_object (&raising->alert);
  g_free (raising->group_key);
  g_free (raising);
}

static gboolean
store_raise (TerraceConnection *connection, gpointer data, GError **error)
{
  Raising *raising = data;

  return terrace_alert_table_raise (connection, raising->alert, raising->silence_us, &raising->news,
                                    error);
}

static gboolean
store_clear (TerraceConnection *connection, gpointer data, GError **error)
{
  Raising *raising = data;

  return terrace_alert_table_clear (connection, raising->group_key, raising->now_us, &raising->news,
                                    error);
}

static void
raise_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  Raising *raising = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_warning ("An alert could not be kept: %s", error->message);
      return;
    }
  terrace_engine_stream_read_alerts (self);
  if (raising->alert == NULL || !raising->news)
    return;

  terrace_engine_stream_publish_alert (self, raising->alert);
  if (terrace_alert_wants_attention (raising->alert, raising->now_us))
    g_signal_emit_by_name (self, "alerted", raising->alert);
}

static void
change_alert (TerraceEngineStream *self, TerraceCatalogFunc func, Raising *raising)
{
  GTask *task = g_task_new (self, NULL, NULL, NULL);

  raising->now_us = terrace_clock_get_now_us (self->engine->clock);
  g_task_set_task_data (task, raising, (GDestroyNotify) raising_free);
  terrace_catalog_write_async (self->engine->catalog, func, raising, 0, NULL, raise_cb, task);
}

void
terrace_engine_stream_raise (TerraceEngineStream *self, TerraceAlertRule *rule, TerraceAlert *alert)
{
  Raising *raising = g_new0 (Raising, 1);

  if (rule != NULL)
    {
      alert->rule_id = rule->id;
      alert->severity = rule->severity;
      raising->silence_us = (gint64) rule->silence_s * TERRACE_US_PER_SECOND;
    }
  raising->alert = alert;
  change_alert (self, store_raise, raising);
}

void
terrace_engine_stream_clear (TerraceEngineStream *self, const char *group_key)
{
  Raising *raising = g_new0 (Raising, 1);

  raising->group_key = g_strdup (group_key);
  change_alert (self, store_clear, raising);
}

/* --- Acknowledging ------------------------------------------------------------------------- */

typedef struct
{
  gint64 alert_id;
  TerraceAlertAction action;
  gint64 until_us;
  gint64 now_us;
} Control;

static gboolean
store_control (TerraceConnection *connection, gpointer data, GError **error)
{
  Control *control = data;

  switch (control->action)
    {
    case TERRACE_ALERT_ACKNOWLEDGE:
      return terrace_alert_table_acknowledge (connection, control->alert_id, control->now_us,
                                              error);
    case TERRACE_ALERT_SNOOZE:
      return terrace_alert_table_snooze (connection, control->alert_id, control->until_us, error);
    case TERRACE_ALERT_TOLD:
    default:
      return terrace_alert_table_set_notified (connection, control->alert_id, control->now_us,
                                               error);
    }
}

static void
control_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  terrace_engine_stream_read_alerts (g_task_get_source_object (task));
  g_task_return_boolean (task, TRUE);
}

void
terrace_engine_stream_control_alert_async (TerraceEngineStream *self,
                                           gint64 alert_id,
                                           TerraceAlertAction action,
                                           gint64 until_us,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  Control *control = g_new0 (Control, 1);
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_control_alert_async);
  g_task_set_check_cancellable (task, FALSE);
  control->alert_id = alert_id;
  control->action = action;
  control->until_us = until_us;
  control->now_us = terrace_clock_get_now_us (self->engine->clock);
  g_task_set_task_data (task, control, g_free);
  terrace_catalog_write_async (self->engine->catalog, store_control, control, 0, cancellable,
                               control_cb, task);
}

gboolean
terrace_engine_stream_control_alert_finish (TerraceEngineStream *self,
                                            GAsyncResult *result,
                                            GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Rules --------------------------------------------------------------------------------- */

TerraceAlertRule *
terrace_engine_stream_find_rule (TerraceEngineStream *self,
                                 TerraceAlertKind kind,
                                 TerraceRuleSettings *settings)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rules));

  for (guint i = 0; i < n; i++)
    {
      /* The store keeps it. */
      g_autoptr (TerraceAlertRule) rule = g_list_model_get_item (G_LIST_MODEL (self->rules), i);

      if (rule->enabled && rule->kind == kind && terrace_rule_settings_read (rule, settings, NULL))
        return rule;
    }

  return NULL;
}

static gboolean
store_put_rule (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_alert_rule_table_put (connection, TERRACE_ALERT_RULE (data), error);
}

static void
put_rule_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngineStream *self = g_task_get_source_object (task);
  TerraceAlertRule *rule = g_task_get_task_data (task);
  GError *error = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rules));
  gboolean found = FALSE;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < n && !found; i++)
    {
      g_autoptr (TerraceAlertRule) known = g_list_model_get_item (G_LIST_MODEL (self->rules), i);

      found = known->id == rule->id;
      if (found)
        terrace_alert_rule_update (known, rule);
    }
  if (!found)
    g_list_store_append (self->rules, rule);
  if (rule->kind == TERRACE_ALERT_HEATING)
    terrace_engine_stream_watch (self);
  g_task_return_boolean (task, TRUE);
}

void
terrace_engine_stream_put_rule_async (TerraceEngineStream *self,
                                      TerraceAlertRule *rule,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  TerraceRuleSettings settings;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE_STREAM (self));
  g_return_if_fail (TERRACE_IS_ALERT_RULE (rule));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_engine_stream_put_rule_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!terrace_rule_settings_read (rule, &settings, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  rule->updated_us = terrace_clock_get_now_us (self->engine->clock);
  g_task_set_task_data (task, g_object_ref (rule), g_object_unref);
  terrace_catalog_write_async (self->engine->catalog, store_put_rule, rule, 0, cancellable,
                               put_rule_cb, task);
}

gboolean
terrace_engine_stream_put_rule_finish (TerraceEngineStream *self,
                                       GAsyncResult *result,
                                       GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
