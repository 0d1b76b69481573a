/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks at what the last run left. Main thread, the reading on the catalogue's. */

#include "config.h"

#include "engine/terrace-engine-recovery.h"
#include "engine/terrace-engine-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  guint64 under_way;
} Found;

static gboolean
count_under_way (TerraceConnection *connection, gpointer data, GError **error)
{
  Found *found = data;
  guint64 counts[TERRACE_MOVE_CANCELLED + 1] = { 0 };

  if (!terrace_move_table_counts (connection, counts, error))
    return FALSE;
  found->under_way = counts[TERRACE_MOVE_COPYING] + counts[TERRACE_MOVE_VERIFYING] +
                     counts[TERRACE_MOVE_COMMITTING];

  return TRUE;
}

static void
log_under_way (TerraceEngine *self, gulong n)
{
  char *message = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%lu migration was under way when Terrace started; it goes on where it stood",
                   "%lu migrations were under way when Terrace started; they go on where they "
                   "stood",
                   n),
      n);

  terrace_engine_log (self, TERRACE_EVENT_RECOVERED, TERRACE_SEVERITY_INFO, 0, 0, message);
}

static void
start_queue (TerraceEngine *self, GTask *task)
{
  Found *found = g_task_get_task_data (task);

  if (!self->closing)
    {
      if (found->under_way > 0)
        log_under_way (self, (gulong) found->under_way);
      terrace_queue_start (self->queue);
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
recover_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && !terrace_error_is_cancelled (error))
    g_warning ("Unfinished migrations could not be counted: %s", error->message);
}

void
terrace_engine_recover (TerraceEngine *self)
{
  GTask *task =
      terrace_engine_task_new (self, terrace_engine_recover, self->cancellable, recover_cb, NULL);

  /* Counted before the queue starts, or its own claims would be taken for leftovers. */
  g_task_set_task_data (task, g_new0 (Found, 1), g_free);
  terrace_engine_read_step (self, task, count_under_way, start_queue);
}
