/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The system's clock. Reading the time is possible on any thread; timeouts belong to the
 * thread-default main context of whoever adds them. */

#include "base/terrace-clock.h"

typedef struct
{
  GMutex mutex;
  GHashTable *timeouts; /* (element-type guint GSource) (owned), under mutex */
  guint last_id;        /* under mutex */
} TerraceClockPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (TerraceClock, terrace_clock, G_TYPE_OBJECT)

/* What a running timeout needs. The clock is not kept alive by its timeouts: when it goes, they
 * are destroyed with it. */
typedef struct
{
  TerraceClock *clock; /* unowned, outlives the source */
  GSourceFunc func;
  gpointer data;
  guint id;
} Timeout;

static void
forget_timeout (TerraceClock *self, guint id)
{
  TerraceClockPrivate *priv = terrace_clock_get_instance_private (self);
  g_autoptr (GSource) source = NULL;
  gpointer stolen = NULL;

  g_mutex_lock (&priv->mutex);
  if (g_hash_table_steal_extended (priv->timeouts, GUINT_TO_POINTER (id), NULL, &stolen))
    source = stolen;
  g_mutex_unlock (&priv->mutex);

  if (source != NULL)
    g_source_destroy (source);
}

static gboolean
timeout_cb (gpointer user_data)
{
  Timeout *timeout = user_data;
  g_autoptr (TerraceClock) clock = g_object_ref (timeout->clock);
  guint id = timeout->id;

  if (timeout->func (timeout->data) == G_SOURCE_CONTINUE)
    return G_SOURCE_CONTINUE;

  /* The function may have removed its own timeout already, which is fine. */
  forget_timeout (clock, id);
  return G_SOURCE_REMOVE;
}

static gint64
system_get_now_us (TerraceClock *self)
{
  return g_get_real_time ();
}

static guint
system_add_timeout (TerraceClock *self, guint delay_ms, GSourceFunc func, gpointer data)
{
  TerraceClockPrivate *priv = terrace_clock_get_instance_private (self);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *source = g_timeout_source_new (delay_ms);
  Timeout *timeout = g_new0 (Timeout, 1);

  timeout->clock = self;
  timeout->func = func;
  timeout->data = data;

  g_mutex_lock (&priv->mutex);
  /* Ids come round after 2^32 timeouts; one that is still in use, and 0, are stepped over. */
  do
    timeout->id = ++priv->last_id;
  while (timeout->id == 0 ||
         g_hash_table_contains (priv->timeouts, GUINT_TO_POINTER (timeout->id)));
  g_hash_table_insert (priv->timeouts, GUINT_TO_POINTER (timeout->id), source);
  g_mutex_unlock (&priv->mutex);

  g_source_set_callback (source, timeout_cb, timeout, g_free);
  g_source_set_static_name (source, "terrace-clock");
  g_source_attach (source, context);

  return timeout->id;
}

static void
system_remove_timeout (TerraceClock *self, guint id)
{
  forget_timeout (self, id);
}

static void
terrace_clock_dispose (GObject *object)
{
  TerraceClockPrivate *priv = terrace_clock_get_instance_private (TERRACE_CLOCK (object));
  GHashTableIter iter;
  gpointer source;

  g_hash_table_iter_init (&iter, priv->timeouts);
  while (g_hash_table_iter_next (&iter, NULL, &source))
    g_source_destroy (source);
  g_hash_table_remove_all (priv->timeouts);

  G_OBJECT_CLASS (terrace_clock_parent_class)->dispose (object);
}

static void
terrace_clock_finalize (GObject *object)
{
  TerraceClockPrivate *priv = terrace_clock_get_instance_private (TERRACE_CLOCK (object));

  g_hash_table_unref (priv->timeouts);
  g_mutex_clear (&priv->mutex);

  G_OBJECT_CLASS (terrace_clock_parent_class)->finalize (object);
}

static void
terrace_clock_class_init (TerraceClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_clock_dispose;
  object_class->finalize = terrace_clock_finalize;

  klass->get_now_us = system_get_now_us;
  klass->add_timeout = system_add_timeout;
  klass->remove_timeout = system_remove_timeout;
}

static void
terrace_clock_init (TerraceClock *self)
{
  TerraceClockPrivate *priv = terrace_clock_get_instance_private (self);

  g_mutex_init (&priv->mutex);
  priv->timeouts = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_source_unref);
}

TerraceClock *
terrace_clock_new (void)
{
  return g_object_new (TERRACE_TYPE_CLOCK, NULL);
}

gint64
terrace_clock_get_now_us (TerraceClock *self)
{
  g_return_val_if_fail (TERRACE_IS_CLOCK (self), 0);

  return TERRACE_CLOCK_GET_CLASS (self)->get_now_us (self);
}

guint
terrace_clock_add_timeout (TerraceClock *self, guint delay_ms, GSourceFunc func, gpointer data)
{
  g_return_val_if_fail (TERRACE_IS_CLOCK (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  return TERRACE_CLOCK_GET_CLASS (self)->add_timeout (self, delay_ms, func, data);
}

void
terrace_clock_remove_timeout (TerraceClock *self, guint id)
{
  g_return_if_fail (TERRACE_IS_CLOCK (self));
  g_return_if_fail (id != 0);

  TERRACE_CLOCK_GET_CLASS (self)->remove_timeout (self, id);
}
