/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a sandbox as slow as what it pretends to be. Any thread.
 *
 * A wait is a timer on the main context, so no worker thread is held up by it. The bandwidth is
 * one line that all transfers of the location queue in: each takes its time on it behind those
 * that asked before. */

#include "config.h"

#include "provider/local/terrace-local-shaper.h"

#define US_PER_S 1000000
#define US_PER_MS 1000

struct _TerraceLocalShaper
{
  guint64 latency_ms;
  guint64 bandwidth_bytes_s;

  GMutex mutex;
  gint64 free_us; /* when the line is free again; under mutex */
};

typedef struct
{
  GTask *task;
  TerraceLocalShaperFunc func;
} Wait;

TerraceLocalShaper *
terrace_local_shaper_new (guint64 latency_ms, guint64 bandwidth_bytes_s)
{
  TerraceLocalShaper *self = g_new0 (TerraceLocalShaper, 1);

  g_mutex_init (&self->mutex);
  self->latency_ms = latency_ms;
  self->bandwidth_bytes_s = bandwidth_bytes_s;

  return self;
}

void
terrace_local_shaper_free (TerraceLocalShaper *self)
{
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gint64
terrace_local_shaper_reserve (TerraceLocalShaper *self, gint64 now_us, guint64 bytes)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->bandwidth_bytes_s == 0 || bytes == 0)
    return 0;

  locker = g_mutex_locker_new (&self->mutex);
  self->free_us = MAX (self->free_us, now_us) +
                  (gint64) ((double) bytes * US_PER_S / (double) self->bandwidth_bytes_s);
  return self->free_us - now_us;
}

gint64
terrace_local_shaper_get_latency_us (TerraceLocalShaper *self)
{
  return (gint64) self->latency_ms * US_PER_MS;
}

static gboolean
wait_cb (gpointer user_data)
{
  Wait *wait = user_data;

  wait->func (g_steal_pointer (&wait->task));
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_free (gpointer user_data)
{
  Wait *wait = user_data;

  g_clear_object (&wait->task);
  g_free (wait);
}

void
terrace_local_shaper_wait (gint64 delay_us, GTask *task, TerraceLocalShaperFunc func)
{
  g_autoptr (GSource) source =
      g_timeout_source_new (MIN ((delay_us + US_PER_MS - 1) / US_PER_MS, G_MAXUINT));
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_new0 (Wait, 1);

  wait->task = task;
  wait->func = func;

  /* A child that becomes ready makes its parent ready. */
  if (cancellable != NULL)
    {
      g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

      g_source_set_callback (child, G_SOURCE_FUNC (cancelled_cb), NULL, NULL);
      g_source_add_child_source (source, child);
    }

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_static_name (source, "terrace-local-shaper");
  g_source_set_callback (source, wait_cb, wait, wait_free);
  g_source_attach (source, g_task_get_context (task));
}
