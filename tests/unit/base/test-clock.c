/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The system's clock on its own main context, and the fake one that all other tests lean on. */

#include "base/terrace-clock.h"

#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

typedef struct
{
  TerraceClock *clock;
  GString *log;
  char letter;
  guint left;
  guint remove_id;
} Call;

static gboolean
log_cb (gpointer user_data)
{
  Call *call = user_data;

  g_string_append_c (call->log, call->letter);
  if (call->remove_id != 0)
    terrace_clock_remove_timeout (call->clock, call->remove_id);

  return call->left-- > 1 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
has_three (gpointer data)
{
  GString *log = data;

  return log->len >= 3;
}

static void
test_system_timeouts (void)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Call repeated = { .clock = clock, .log = log, .letter = 'r', .left = 3 };
  Call removed = { .clock = clock, .log = log, .letter = 'x', .left = 1 };
  guint id = terrace_clock_add_timeout (clock, 0, log_cb, &removed);

  g_assert_cmpuint (id, !=, 0);
  terrace_clock_remove_timeout (clock, id);
  g_assert_cmpuint (terrace_clock_add_timeout (clock, 1, log_cb, &repeated), !=, id);

  terrace_test_await_condition (has_three, log);
  terrace_test_settle ();
  g_assert_cmpstr (log->str, ==, "rrr");

  /* It removed itself; once more is harmless, for whoever kept the id. */
  terrace_clock_remove_timeout (clock, id);
}

static void
test_system_self_removal (void)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Call itself = { .clock = clock, .log = log, .letter = 's', .left = 9 };
  Call end = { .clock = clock, .log = log, .letter = 'e', .left = 2 };

  itself.remove_id = terrace_clock_add_timeout (clock, 0, log_cb, &itself);
  terrace_clock_add_timeout (clock, 5, log_cb, &end);

  terrace_test_await_condition (has_three, log);
  g_assert_cmpstr (log->str, ==, "see");
}

static void
test_system_context (void)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GMainContext) context = g_main_context_new ();
  Call call = { .clock = clock, .log = log, .letter = 'c', .left = 3 };

  g_main_context_push_thread_default (context);
  terrace_clock_add_timeout (clock, 0, log_cb, &call);
  g_assert_false (g_main_context_pending (NULL));
  terrace_test_await_condition (has_three, log);
  g_main_context_pop_thread_default (context);

  g_assert_cmpstr (log->str, ==, "ccc");
}

static void
test_system_disposed (void)
{
  TerraceClock *clock = terrace_clock_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Call call = { .clock = clock, .log = log, .letter = 'x', .left = 9 };

  terrace_clock_add_timeout (clock, 0, log_cb, &call);
  g_assert_finalize_object (clock);
  terrace_test_settle ();
  g_assert_cmpstr (log->str, ==, "");
}

static void
test_system_time (void)
{
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  gint64 before_us = g_get_real_time ();
  gint64 now_us = terrace_clock_get_now_us (clock);

  g_assert_cmpint (now_us, >=, before_us);
  g_assert_cmpint (now_us, <=, g_get_real_time ());
}

static void
test_fake_order (void)
{
  g_autoptr (TerraceClock) clock = terrace_fake_clock_new (1000);
  TerraceFakeClock *fake = TERRACE_FAKE_CLOCK (clock);
  g_autoptr (GString) log = g_string_new (NULL);
  Call late = { .clock = clock, .log = log, .letter = 'l', .left = 1 };
  Call often = { .clock = clock, .log = log, .letter = 'o', .left = 3 };
  Call early = { .clock = clock, .log = log, .letter = 'e', .left = 1 };

  terrace_clock_add_timeout (clock, 25, log_cb, &late);
  terrace_clock_add_timeout (clock, 10, log_cb, &often);
  terrace_clock_add_timeout (clock, 5, log_cb, &early);

  terrace_fake_clock_advance_us (fake, 4999);
  g_assert_cmpstr (log->str, ==, "");
  terrace_fake_clock_advance_us (fake, 1);
  g_assert_cmpstr (log->str, ==, "e");
  terrace_fake_clock_advance_us (fake, -5000);
  g_assert_cmpint (terrace_clock_get_now_us (clock), ==, 1000);
  g_assert_cmpstr (log->str, ==, "e");
  terrace_fake_clock_advance_us (fake, 1000000);
  g_assert_cmpstr (log->str, ==, "eoolo");
  g_assert_cmpint (terrace_clock_get_now_us (clock), ==, 1001000);
  g_assert_cmpuint (terrace_fake_clock_get_n_timeouts (fake), ==, 0);
}

static void
test_fake_removal (void)
{
  g_autoptr (TerraceClock) clock = terrace_fake_clock_new (0);
  TerraceFakeClock *fake = TERRACE_FAKE_CLOCK (clock);
  g_autoptr (GString) log = g_string_new (NULL);
  Call victim = { .clock = clock, .log = log, .letter = 'v', .left = 1 };
  Call killer = { .clock = clock, .log = log, .letter = 'k', .left = 1 };

  killer.remove_id = terrace_clock_add_timeout (clock, 20, log_cb, &victim);
  terrace_clock_add_timeout (clock, 10, log_cb, &killer);

  g_assert_true (terrace_fake_clock_advance_to_next (fake));
  g_assert_cmpint (terrace_clock_get_now_us (clock), ==, 10000);
  g_assert_false (terrace_fake_clock_advance_to_next (fake));
  g_assert_cmpstr (log->str, ==, "k");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock/system/timeouts", test_system_timeouts);
  g_test_add_func ("/clock/system/self-removal", test_system_self_removal);
  g_test_add_func ("/clock/system/context", test_system_context);
  g_test_add_func ("/clock/system/disposed", test_system_disposed);
  g_test_add_func ("/clock/system/time", test_system_time);
  g_test_add_func ("/clock/fake/order", test_fake_order);
  g_test_add_func ("/clock/fake/removal", test_fake_removal);

  return g_test_run ();
}
