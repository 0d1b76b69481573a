/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages that are handed in. Main thread: they are few, or whoever sends them waits. */

#include "config.h"

#include "stream/terrace-push-source.h"

#include "base/terrace-error.h"
#include "stream/terrace-message.h"

#include <glib/gi18n-lib.h>

struct _TerracePushSource
{
  TerraceSource parent_instance;

  TerraceClock *clock;
  GHashTable *waiting; /* (element-type TerraceSourceBatch GTask) (owned) */
};

G_DEFINE_FINAL_TYPE (TerracePushSource, terrace_push_source, TERRACE_TYPE_SOURCE)

static void
terrace_push_source_start (TerraceSource *source)
{
  terrace_source_set_state (source, TERRACE_SOURCE_RUNNING, NULL);
}

static void
terrace_push_source_stop_async (TerraceSource *source, GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
terrace_push_source_commit (TerraceSource *source, TerraceSourceBatch *batch)
{
  TerracePushSource *self = TERRACE_PUSH_SOURCE (source);
  gpointer task = NULL;

  if (!g_hash_table_steal_extended (self->waiting, batch, NULL, &task))
    return;
  if (batch->n_malformed > 0)
    {
      TerraceBadMessage *bad = g_ptr_array_index (batch->bad_messages, 0);

      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID, "%s", bad->reason);
    }
  else
    g_task_return_int (task, batch->events->len);
  g_object_unref (task);
}

static void
terrace_push_source_finalize (GObject *object)
{
  TerracePushSource *self = TERRACE_PUSH_SOURCE (object);

  g_clear_object (&self->clock);
  g_hash_table_unref (self->waiting);

  G_OBJECT_CLASS (terrace_push_source_parent_class)->finalize (object);
}

static void
terrace_push_source_class_init (TerracePushSourceClass *klass)
{
  TerraceSourceClass *source_class = TERRACE_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_push_source_finalize;
  source_class->start = terrace_push_source_start;
  source_class->stop_async = terrace_push_source_stop_async;
  source_class->commit = terrace_push_source_commit;
}

static void
terrace_push_source_init (TerracePushSource *self)
{
  self->waiting = g_hash_table_new (NULL, NULL);
}

TerraceSource *
terrace_push_source_new (const TerraceSourceSettings *settings, TerraceClock *clock)
{
  TerracePushSource *self = g_object_new (TERRACE_TYPE_PUSH_SOURCE, "settings", settings, NULL);

  self->clock = g_object_ref (clock);

  return TERRACE_SOURCE (self);
}

void
terrace_push_source_send_async (TerracePushSource *self,
                                const char *data,
                                gsize length,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  TerraceMessageContext context = { .partition = -1, .offset = -1 };
  TerraceSourceBatch *batch;
  GTask *task;

  g_return_if_fail (TERRACE_IS_PUSH_SOURCE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_push_source_send_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!terrace_source_has_room (TERRACE_SOURCE (self)))
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                               _ ("More events came than can be taken; try again later"));
      g_object_unref (task);
      return;
    }

  batch = terrace_source_batch_new ();
  context.now_us = terrace_clock_get_now_us (self->clock);
  terrace_message_take (batch, data, length, &context, _ ("sent"));
  if (terrace_source_batch_is_empty (batch))
    {
      /* A notification of something that is no use of an object. */
      g_task_return_int (task, 0);
      g_object_unref (task);
      terrace_source_batch_unref (batch);
      return;
    }
  g_hash_table_insert (self->waiting, batch, task);
  terrace_source_deliver (TERRACE_SOURCE (self), batch);
}

gboolean
terrace_push_source_send_finish (TerracePushSource *self,
                                 GAsyncResult *result,
                                 guint *n_events,
                                 GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n < 0)
    return FALSE;
  if (n_events != NULL)
    *n_events = (guint) n;
  return TRUE;
}
