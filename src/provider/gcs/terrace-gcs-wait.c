/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues of waiting tasks. Main thread. */

#include "provider/gcs/terrace-gcs-wait.h"

#define WATCH "terrace-gcs-watch"

static void
watch_free (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

typedef struct
{
  GQueue *queue;
  GTask *task;
} Waiting;

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (GTask) task = waiting->task;

  g_queue_remove (waiting->queue, task);
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

void
terrace_gcs_wait_push (GQueue *queue, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_queue_push_tail (queue, task);
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);
      Waiting *waiting = g_new (Waiting, 1);

      waiting->queue = queue;
      waiting->task = task;
      g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), waiting, g_free);
      g_source_attach (source, g_task_get_context (task));
      g_object_set_data_full (G_OBJECT (task), WATCH, source, watch_free);
    }
}

void
terrace_gcs_wait_remove (GQueue *queue, GTask *task)
{
  g_queue_remove (queue, task);
  g_object_set_data (G_OBJECT (task), WATCH, NULL);
}

GTask *
terrace_gcs_wait_pop (GQueue *queue)
{
  GTask *task = g_queue_pop_head (queue);

  if (task != NULL)
    g_object_set_data (G_OBJECT (task), WATCH, NULL);

  return task;
}
