/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A clock that stands still until a test moves it on. One thread. */

#include "terrace-fake-clock.h"

typedef struct
{
  guint id;
  gint64 due_us;
  gint64 interval_us;
  GSourceFunc func;
  gpointer data;
} Timeout;

struct _TerraceFakeClock
{
  TerraceClock parent_instance;

  gint64 now_us;
  guint last_id;
  GArray *timeouts; /* (element-type Timeout), in the order they were added */
};

G_DEFINE_FINAL_TYPE (TerraceFakeClock, terrace_fake_clock, TERRACE_TYPE_CLOCK)

static gint64
fake_get_now_us (TerraceClock *clock)
{
  return TERRACE_FAKE_CLOCK (clock)->now_us;
}

static guint
fake_add_timeout (TerraceClock *clock, guint delay_ms, GSourceFunc func, gpointer data)
{
  TerraceFakeClock *self = TERRACE_FAKE_CLOCK (clock);
  Timeout timeout = {
    .id = ++self->last_id,
    .interval_us = (gint64) delay_ms * 1000,
    .due_us = self->now_us + (gint64) delay_ms * 1000,
    .func = func,
    .data = data,
  };

  g_array_append_val (self->timeouts, timeout);
  return timeout.id;
}

static Timeout *
find_timeout (TerraceFakeClock *self, guint id, guint *position)
{
  for (guint i = 0; i < self->timeouts->len; i++)
    {
      Timeout *timeout = &g_array_index (self->timeouts, Timeout, i);

      if (timeout->id != id)
        continue;
      *position = i;
      return timeout;
    }

  return NULL;
}

static void
fake_remove_timeout (TerraceClock *clock, guint id)
{
  TerraceFakeClock *self = TERRACE_FAKE_CLOCK (clock);
  guint position;

  if (find_timeout (self, id, &position) != NULL)
    g_array_remove_index (self->timeouts, position);
}

static Timeout *
find_next (TerraceFakeClock *self)
{
  Timeout *next = NULL;

  for (guint i = 0; i < self->timeouts->len; i++)
    {
      Timeout *timeout = &g_array_index (self->timeouts, Timeout, i);

      if (next == NULL || timeout->due_us < next->due_us)
        next = timeout;
    }

  return next;
}

static void
fire (TerraceFakeClock *self, const Timeout *timeout)
{
  guint id = timeout->id;
  gint64 due_us = timeout->due_us;
  Timeout *again;
  guint position;

  self->now_us = MAX (self->now_us, due_us);

  if (timeout->func (timeout->data) == G_SOURCE_REMOVE)
    {
      fake_remove_timeout (TERRACE_CLOCK (self), id);
      return;
    }

  /* The call may have added and removed timeouts, itself among them. */
  again = find_timeout (self, id, &position);
  if (again != NULL)
    again->due_us = due_us + MAX (again->interval_us, 1);
}

static void
terrace_fake_clock_finalize (GObject *object)
{
  g_array_unref (TERRACE_FAKE_CLOCK (object)->timeouts);

  G_OBJECT_CLASS (terrace_fake_clock_parent_class)->finalize (object);
}

static void
terrace_fake_clock_class_init (TerraceFakeClockClass *klass)
{
  TerraceClockClass *clock_class = TERRACE_CLOCK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_fake_clock_finalize;

  clock_class->get_now_us = fake_get_now_us;
  clock_class->add_timeout = fake_add_timeout;
  clock_class->remove_timeout = fake_remove_timeout;
}

static void
terrace_fake_clock_init (TerraceFakeClock *self)
{
  self->timeouts = g_array_new (FALSE, FALSE, sizeof (Timeout));
}

TerraceClock *
terrace_fake_clock_new (gint64 now_us)
{
  TerraceFakeClock *self = g_object_new (TERRACE_TYPE_FAKE_CLOCK, NULL);

  self->now_us = now_us;

  return TERRACE_CLOCK (self);
}

void
terrace_fake_clock_advance_us (TerraceFakeClock *self, gint64 step_us)
{
  g_autoptr (TerraceFakeClock) keep = g_object_ref (self);
  gint64 end_us = self->now_us + step_us;
  Timeout *next;

  while (step_us >= 0 && (next = find_next (self)) != NULL && next->due_us <= end_us)
    {
      Timeout due = *next;

      fire (self, &due);
    }

  self->now_us = end_us;
}

gboolean
terrace_fake_clock_advance_to_next (TerraceFakeClock *self)
{
  g_autoptr (TerraceFakeClock) keep = g_object_ref (self);
  Timeout *next = find_next (self);
  Timeout due;

  if (next == NULL)
    return FALSE;

  due = *next;
  fire (self, &due);
  return TRUE;
}

guint
terrace_fake_clock_get_n_timeouts (TerraceFakeClock *self)
{
  return self->timeouts->len;
}
