/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bandwidth limit: a token bucket that may go into debt, so that a part larger than a second's
 * worth of bytes still passes and the ones after it wait until the debt is paid. Who asks first is
 * served first. Main thread. */

#include "transfer/terrace-pacer.h"

/* What an idle bucket saves up, as a share of a second: enough to hide timer granularity, too
 * little to be seen as a burst. */
#define PACER_BURST_SECONDS 0.1

struct _TerracePacer
{
  GObject parent_instance;

  /* inputs */
  TerraceClock *clock; /* owned */
  guint64 rate_bytes_s;

  /* in progress */
  GQueue waiting; /* of GTask, owned; task data is a PacerWait */
  double tokens_bytes;
  gint64 filled_us;
  guint timer;
};

typedef struct
{
  guint64 bytes;
  GSource *cancelled; /* owned, nullable */
} PacerWait;

G_DEFINE_FINAL_TYPE (TerracePacer, terrace_pacer, G_TYPE_OBJECT)

static void pacer_serve (TerracePacer *self);

static void
pacer_wait_free (PacerWait *wait)
{
  if (wait->cancelled != NULL)
    {
      g_source_destroy (wait->cancelled);
      g_source_unref (wait->cancelled);
    }
  g_free (wait);
}

static void
pacer_fill (TerracePacer *self)
{
  gint64 now_us = terrace_clock_get_now_us (self->clock);
  /* Wall time may jump back; then nothing was earned. */
  gint64 elapsed_us = MAX (now_us - self->filled_us, 0);
  double earned = (double) self->rate_bytes_s * (double) elapsed_us / TERRACE_US_PER_SECOND;
  double most = (double) self->rate_bytes_s * PACER_BURST_SECONDS;

  self->tokens_bytes = MIN (self->tokens_bytes + earned, most);
  self->filled_us = now_us;
}

static gboolean
pacer_timeout_cb (gpointer user_data)
{
  TerracePacer *self = user_data;

  self->timer = 0;
  pacer_serve (self);

  return G_SOURCE_REMOVE;
}

static void
pacer_serve (TerracePacer *self)
{
  g_autoptr (TerracePacer) alive = g_object_ref (self);

  pacer_fill (self);

  while (!g_queue_is_empty (&self->waiting) && (self->rate_bytes_s == 0 || self->tokens_bytes >= 0))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);
      PacerWait *wait = g_task_get_task_data (task);

      self->tokens_bytes -= self->rate_bytes_s == 0 ? 0 : (double) wait->bytes;
      g_task_return_boolean (task, TRUE);
    }

  if (self->timer != 0)
    {
      terrace_clock_remove_timeout (self->clock, self->timer);
      self->timer = 0;
    }
  if (!g_queue_is_empty (&self->waiting))
    {
      double delay_ms = -self->tokens_bytes * 1000 / (double) self->rate_bytes_s;

      self->timer = terrace_clock_add_timeout (self->clock, (guint) CLAMP (delay_ms + 1, 1, 60000),
                                               pacer_timeout_cb, self);
    }
}

static gboolean
pacer_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  TerracePacer *self = g_task_get_source_object (task);

  /* It may have been served between the cancelling and this source's turn. */
  if (g_queue_remove (&self->waiting, task))
    {
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }

  return G_SOURCE_REMOVE;
}

static void
terrace_pacer_dispose (GObject *object)
{
  TerracePacer *self = TERRACE_PACER (object);

  /* A waiting task holds a reference. */
  g_assert (g_queue_is_empty (&self->waiting));

  if (self->timer != 0)
    {
      terrace_clock_remove_timeout (self->clock, self->timer);
      self->timer = 0;
    }
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (terrace_pacer_parent_class)->dispose (object);
}

static void
terrace_pacer_class_init (TerracePacerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_pacer_dispose;
}

static void
terrace_pacer_init (TerracePacer *self)
{
  g_queue_init (&self->waiting);
}

TerracePacer *
terrace_pacer_new (TerraceClock *clock, guint64 bytes_per_second)
{
  TerracePacer *self;

  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);

  self = g_object_new (TERRACE_TYPE_PACER, NULL);
  self->clock = g_object_ref (clock);
  self->rate_bytes_s = bytes_per_second;
  self->filled_us = terrace_clock_get_now_us (clock);

  return self;
}

void
terrace_pacer_set_rate (TerracePacer *self, guint64 bytes_per_second)
{
  g_return_if_fail (TERRACE_IS_PACER (self));

  if (self->rate_bytes_s == bytes_per_second)
    return;

  /* A debt made under the old rate is not held against the new one. */
  pacer_fill (self);
  self->rate_bytes_s = bytes_per_second;
  self->tokens_bytes = 0;
  pacer_serve (self);
}

guint64
terrace_pacer_get_rate (TerracePacer *self)
{
  g_return_val_if_fail (TERRACE_IS_PACER (self), 0);

  return self->rate_bytes_s;
}

void
terrace_pacer_wait_async (TerracePacer *self,
                          guint64 bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  PacerWait *wait;

  g_return_if_fail (TERRACE_IS_PACER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_pacer_wait_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  wait = g_new0 (PacerWait, 1);
  wait->bytes = bytes;
  g_task_set_task_data (task, wait, (GDestroyNotify) pacer_wait_free);
  if (cancellable != NULL)
    {
      wait->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (wait->cancelled, G_SOURCE_FUNC (pacer_cancelled_cb), task, NULL);
      g_source_attach (wait->cancelled, g_task_get_context (task));
    }

  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  pacer_serve (self);
}

gboolean
terrace_pacer_wait_finish (TerracePacer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
