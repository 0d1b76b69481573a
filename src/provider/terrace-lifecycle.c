/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads, merges and writes lifecycle rules. Main thread, asynchronous. */

#include "config.h"

#include "provider/terrace-lifecycle.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

/* Somebody who changes the bucket each time has the last word. */
#define MOST_ATTEMPTS 3

typedef struct
{
  GBytes *rule;
  guint attempts;
} PutRule;

static void
put_rule_free (PutRule *self)
{
  g_bytes_unref (self->rule);
  g_free (self);
}

static void read_rules (GTask *task);

static void
write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PutRule *put = g_task_get_task_data (task);
  GError *error = NULL;

  if (terrace_provider_set_lifecycle_finish (TERRACE_PROVIDER (object), result, &error))
    {
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED) &&
           ++put->attempts < MOST_ATTEMPTS)
    {
      g_error_free (error);
      read_rules (task);
    }
  else
    {
      g_task_return_error (task, error);
    }
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceProvider *provider = TERRACE_PROVIDER (object);
  PutRule *put = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) rules = terrace_provider_get_lifecycle_finish (provider, result, &error);
  g_autoptr (GBytes) merged = NULL;

  if (rules != NULL)
    merged =
        TERRACE_PROVIDER_GET_IFACE (provider)->merge_lifecycle (provider, rules, put->rule, &error);
  if (merged == NULL)
    g_task_return_error (task, error);
  else
    terrace_provider_set_lifecycle_async (provider, merged, g_task_get_cancellable (task), write_cb,
                                          g_object_ref (task));
}

static void
read_rules (GTask *task)
{
  terrace_provider_get_lifecycle_async (g_task_get_source_object (task),
                                        g_task_get_cancellable (task), read_cb,
                                        g_object_ref (task));
}

void
terrace_lifecycle_put_rule_async (TerraceProvider *provider,
                                  GBytes *rule,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  PutRule *put;

  g_return_if_fail (TERRACE_IS_PROVIDER (provider));
  g_return_if_fail (rule != NULL);

  task = g_task_new (provider, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_lifecycle_put_rule_async);
  if (TERRACE_PROVIDER_GET_IFACE (provider)->merge_lifecycle == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                               _ ("This location cannot have lifecycle rules"));
      return;
    }

  put = g_new0 (PutRule, 1);
  put->rule = g_bytes_ref (rule);
  g_task_set_task_data (task, put, (GDestroyNotify) put_rule_free);
  read_rules (task);
}

gboolean
terrace_lifecycle_put_rule_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
