/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How many moves run at once, how fast, and what they may cost: settings of the catalogue, so that
 * all processes that work on it keep them. Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>

#define KEY_MAX_ACTIVE "transfer.max-active"
#define KEY_BYTES_PER_SECOND "transfer.bytes-per-second"
#define KEY_TIMETABLE "transfer.timetable"
#define KEY_SPEND_CAP "transfer.spend-cap-nanos"

TerraceTransferLimits *
terrace_transfer_limits_copy (const TerraceTransferLimits *self)
{
  TerraceTransferLimits *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (TerraceTransferLimits, 1);
  *copy = *self;
  copy->timetable = g_strdup (self->timetable);

  return copy;
}

void
terrace_transfer_limits_free (TerraceTransferLimits *self)
{
  if (self == NULL)
    return;

  g_free (self->timetable);
  g_free (self);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

/* %FALSE only with @error; @value is left alone where nothing that makes sense is stored. */
static gboolean
load_number (TerraceConnection *connection,
             const char *key,
             guint64 least,
             guint64 most,
             guint64 *value,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = terrace_setting_table_get (connection, key, &local_error);
  guint64 number;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (text != NULL && g_ascii_string_to_unsigned (text, 10, least, most, &number, NULL))
    *value = number;

  return TRUE;
}

static gboolean
load_timetable (TerraceConnection *connection, char **timetable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = terrace_setting_table_get (connection, KEY_TIMETABLE, &local_error);
  g_autoptr (GArray) parsed = NULL;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (text != NULL)
    parsed = terrace_timetable_parse (text, NULL);
  *timetable = parsed != NULL ? g_steal_pointer (&text) : NULL;

  return TRUE;
}

TerraceTransferLimits *
terrace_engine_load_transfer_limits (TerraceConnection *connection, GError **error)
{
  g_autoptr (TerraceTransferLimits) limits = g_new0 (TerraceTransferLimits, 1);
  guint64 max_active = TERRACE_DEFAULT_ACTIVE_MOVES;
  guint64 spend_cap = 0;

  if (!load_number (connection, KEY_MAX_ACTIVE, 1, TERRACE_LIMIT_ACTIVE_MOVES, &max_active,
                    error) ||
      !load_number (connection, KEY_BYTES_PER_SECOND, 0, G_MAXINT64, &limits->bytes_per_second,
                    error) ||
      !load_number (connection, KEY_SPEND_CAP, 0, G_MAXINT64, &spend_cap, error) ||
      !load_timetable (connection, &limits->timetable, error))
    return NULL;

  limits->max_active = (guint) max_active;
  limits->spend_cap_nanos = (gint64) spend_cap;

  return g_steal_pointer (&limits);
}

void
terrace_engine_take_transfer_limits (TerraceEngine *self, TerraceTransferLimits *limits)
{
  g_autoptr (GArray) timetable = NULL;

  g_clear_pointer (&self->limits, terrace_transfer_limits_free);
  self->limits = limits;
  if (self->queue == NULL)
    return;

  if (limits->timetable != NULL)
    timetable = terrace_timetable_parse (limits->timetable, NULL);
  terrace_queue_set_max_active (self->queue, limits->max_active);
  terrace_queue_set_bandwidth (self->queue, limits->bytes_per_second);
  terrace_queue_set_timetable (self->queue, timetable);
  terrace_queue_set_spend_cap (self->queue, limits->spend_cap_nanos,
                               terrace_engine_get_currency (self));
}

const TerraceTransferLimits *
terrace_engine_get_transfer_limits (TerraceEngine *self)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (self), NULL);

  return self->limits;
}

/* --- Storing -----------------------------------------------------------------------------------
 */

static gboolean
check_limits (const TerraceTransferLimits *limits, GError **error)
{
  g_autoptr (GArray) timetable = NULL;

  if (limits->max_active < 1 || limits->max_active > TERRACE_LIMIT_ACTIVE_MOVES)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("Between 1 and %d migrations can run at once"), TERRACE_LIMIT_ACTIVE_MOVES);
  else if (limits->bytes_per_second > G_MAXINT64)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("The speed limit is too large"));
  else if (limits->spend_cap_nanos < 0)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("What migrations may cost cannot be less than nothing; 0 is no cap"));
  else
    {
      timetable =
          terrace_timetable_parse (limits->timetable != NULL ? limits->timetable : "", error);
      return timetable != NULL;
    }

  return FALSE;
}

static gboolean
store_number (TerraceConnection *connection, const char *key, guint64 number, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  return terrace_setting_table_set (connection, key, text, error);
}

static gboolean
store_limits (TerraceConnection *connection, gpointer data, GError **error)
{
  const TerraceTransferLimits *limits = data;
  gboolean has_timetable = limits->timetable != NULL && limits->timetable[0] != '\0';

  return store_number (connection, KEY_MAX_ACTIVE, limits->max_active, error) &&
         store_number (connection, KEY_BYTES_PER_SECOND, limits->bytes_per_second, error) &&
         store_number (connection, KEY_SPEND_CAP, (guint64) limits->spend_cap_nanos, error) &&
         terrace_setting_table_set (connection, KEY_TIMETABLE,
                                    has_timetable ? limits->timetable : NULL, error);
}

static void
store_limits_done (TerraceEngine *self, GTask *task)
{
  self->generation++;
  terrace_engine_take_transfer_limits (self,
                                       terrace_transfer_limits_copy (g_task_get_task_data (task)));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
terrace_engine_set_transfer_limits_async (TerraceEngine *self,
                                          const TerraceTransferLimits *limits,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (limits != NULL);

  task = terrace_engine_task_new (self, terrace_engine_set_transfer_limits_async, cancellable,
                                  callback, user_data);
  if (!check_limits (limits, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  g_task_set_task_data (task, terrace_transfer_limits_copy (limits),
                        (GDestroyNotify) terrace_transfer_limits_free);
  terrace_engine_write_step (self, task, store_limits, TERRACE_CATALOG_SETTINGS, store_limits_done);
}

gboolean
terrace_engine_set_transfer_limits_finish (TerraceEngine *self,
                                           GAsyncResult *result,
                                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
