/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bandwidth limit, with a clock that stands still. */

#include "config.h"

#include "terrace-fake-clock.h"
#include "terrace-test-support.h"
#include "transfer/terrace-pacer.h"

typedef struct
{
  TerraceClock *clock;
  TerracePacer *pacer;
  guint served;
  guint cancelled;
  GString *order;
} Fixture;

typedef struct
{
  Fixture *fixture;
  char name;
} Wait;

static void
set_up (Fixture *self, gconstpointer rate)
{
  self->clock = terrace_fake_clock_new (1000);
  self->pacer = terrace_pacer_new (self->clock, GPOINTER_TO_UINT (rate));
  self->order = g_string_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer rate)
{
  g_assert_finalize_object (self->pacer);
  g_assert_cmpuint (terrace_fake_clock_get_n_timeouts (TERRACE_FAKE_CLOCK (self->clock)), ==, 0);
  g_clear_object (&self->clock);
  g_string_free (self->order, TRUE);
}

static void
wait_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Wait *wait = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_pacer_wait_finish (TERRACE_PACER (object), result, &error))
    {
      wait->fixture->served++;
      g_string_append_c (wait->fixture->order, wait->name);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      wait->fixture->cancelled++;
    }
}

static void
ask (Fixture *self, guint64 bytes, char name, GCancellable *cancellable)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->fixture = self;
  wait->name = name;
  terrace_pacer_wait_async (self->pacer, bytes, cancellable, wait_cb, wait);
}

static void
advance (Fixture *self, gint64 step_us)
{
  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (self->clock), step_us);
  terrace_test_settle ();
}

static void
test_unlimited (Fixture *self, gconstpointer rate)
{
  for (guint i = 0; i < 100; i++)
    ask (self, G_MAXUINT32, 'x', NULL);
  g_assert_cmpuint (self->served, ==, 0);
  terrace_test_settle ();
  g_assert_cmpuint (self->served, ==, 100);
}

static void
test_rate (Fixture *self, gconstpointer rate)
{
  /* 1000 bytes a second, in steps of 500: the first at once, then two a second. */
  for (guint i = 0; i < 20; i++)
    ask (self, 500, (char) ('a' + i), NULL);
  terrace_test_settle ();
  g_assert_cmpuint (self->served, ==, 1);
  for (guint second = 1; second <= 9; second++)
    {
      for (guint i = 0; i < 10; i++)
        advance (self, 100 * 1000);
      /* The burst that an idle bucket saves is a tenth of a second, that is nothing here. */
      g_assert_cmpuint (self->served, >=, 2 * second);
      g_assert_cmpuint (self->served, <=, 2 * second + 1);
    }
  advance (self, 2 * TERRACE_US_PER_SECOND);
  g_assert_cmpuint (self->served, ==, 20);
  g_assert_cmpstr (self->order->str, ==, "abcdefghijklmnopqrst");
}

/* A part larger than a second's worth passes, and its debt is paid by the next. */
static void
test_debt (Fixture *self, gconstpointer rate)
{
  ask (self, 8000, 'a', NULL);
  ask (self, 1, 'b', NULL);
  terrace_test_settle ();
  g_assert_cmpstr (self->order->str, ==, "a");
  advance (self, 7900 * 1000);
  g_assert_cmpstr (self->order->str, ==, "a");
  advance (self, 200 * 1000);
  g_assert_cmpstr (self->order->str, ==, "ab");
}

static void
test_cancel (Fixture *self, gconstpointer rate)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ask (self, 1000, 'a', NULL);
  ask (self, 1000, 'b', cancellable);
  ask (self, 1000, 'c', NULL);
  terrace_test_settle ();
  g_cancellable_cancel (cancellable);
  terrace_test_settle ();
  g_assert_cmpuint (self->cancelled, ==, 1);
  ask (self, 1000, 'd', cancellable);
  terrace_test_settle ();
  g_assert_cmpuint (self->cancelled, ==, 2);

  /* The one behind it does not wait for it. */
  advance (self, 1100 * 1000);
  g_assert_cmpstr (self->order->str, ==, "ac");
}

static void
test_set_rate (Fixture *self, gconstpointer rate)
{
  g_assert_cmpuint (terrace_pacer_get_rate (self->pacer), ==, 1000);
  ask (self, 1000000, 'a', NULL);
  ask (self, 1000000, 'b', NULL);
  ask (self, 1000000, 'c', NULL);
  terrace_test_settle ();
  g_assert_cmpstr (self->order->str, ==, "a");

  terrace_pacer_set_rate (self->pacer, 1000000);
  terrace_test_settle ();
  g_assert_cmpstr (self->order->str, ==, "ab");
  terrace_pacer_set_rate (self->pacer, 0);
  terrace_test_settle ();
  g_assert_cmpstr (self->order->str, ==, "abc");
}

static void
test_clock_set_back (Fixture *self, gconstpointer rate)
{
  ask (self, 1000, 'a', NULL);
  ask (self, 1000, 'b', NULL);
  terrace_test_settle ();
  advance (self, -3600 * TERRACE_US_PER_SECOND);
  g_assert_cmpstr (self->order->str, ==, "a");
  terrace_pacer_set_rate (self->pacer, 2000);
  terrace_test_settle ();
  g_assert_cmpstr (self->order->str, ==, "ab");
}

int
main (int argc, char **argv)
{
  gconstpointer rate = GUINT_TO_POINTER (1000);

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/transfer/pacer/unlimited", Fixture, NULL, set_up, test_unlimited, tear_down);
  g_test_add ("/transfer/pacer/rate", Fixture, rate, set_up, test_rate, tear_down);
  g_test_add ("/transfer/pacer/debt", Fixture, rate, set_up, test_debt, tear_down);
  g_test_add ("/transfer/pacer/cancel", Fixture, rate, set_up, test_cancel, tear_down);
  g_test_add ("/transfer/pacer/set-rate", Fixture, rate, set_up, test_set_rate, tear_down);
  g_test_add ("/transfer/pacer/clock-set-back", Fixture, rate, set_up, test_clock_set_back,
              tear_down);

  return g_test_run ();
}
