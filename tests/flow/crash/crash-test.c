/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kills a process that carries out moves, at every step and at random moments, over and over, and
 * checks that no object was lost, doubled or damaged and that nothing is left behind.
 *
 *     crash-test --kills 1000 --seed 5
 *
 * runs until so many kills have happened; a run can be repeated as far as time allows it. */

#include "config.h"

#include "crash.h"

#include <signal.h>
#include <sys/wait.h>

#include "terrace-test-support.h"

#define DEFAULT_KILLS 60
#define SMALL_OBJECTS 48
#define LARGE_OBJECTS 3
/* Kills in one round of moves; then they may finish, and everything is checked. */
#define KILLS_PER_ROUND 12
#define MOST_DELAY_MS 300

static int option_kills = DEFAULT_KILLS;
static int option_seed = 1;
static gboolean option_child;
static char *option_folder;
static CrashPlan plan = { .call = -1 };
static const char *program;

static const GOptionEntry options[] = {
  { "kills", 0, 0, G_OPTION_ARG_INT, &option_kills, "How often to kill", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "Of the random numbers", "S" },
  { "child", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &option_child, NULL, NULL },
  { "folder", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &option_folder, NULL, NULL },
  { "state", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &plan.state, NULL, NULL },
  { "call", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &plan.call, NULL, NULL },
  { "after", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &plan.after, NULL, NULL },
  { "nth", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &plan.nth, NULL, NULL },
  { "stream", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &plan.stream, NULL, NULL },
  { NULL },
};

static const char *const states[] = { "copying",    "verifying", "staged",
                                      "committing", "done",      "cancelled" };

typedef struct
{
  GSubprocess *process;
  guint timer;
  gboolean ended;
} Watch;

static gboolean
kill_cb (gpointer user_data)
{
  Watch *watch = user_data;

  watch->timer = 0;
  g_subprocess_force_exit (watch->process);

  return G_SOURCE_REMOVE;
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_subprocess_wait_finish (watch->process, result, NULL));
  watch->ended = TRUE;
}

/* Starts a child and waits for its end; TRUE if it was killed. @delay_ms: 0 leaves it alone. */
static gboolean
run_child (CrashWorld *world, GStrv arguments, guint delay_ms)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  GError *error = NULL;
  Watch watch = { 0 };
  gboolean killed;

  g_strv_builder_add_many (builder, program, "--child", "--folder", world->folder, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  command = g_strv_builder_end (builder);
  watch.process =
      g_subprocess_newv ((const char *const *) command, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  if (delay_ms > 0)
    watch.timer = g_timeout_add (delay_ms, kill_cb, &watch);
  g_subprocess_wait_async (watch.process, NULL, ended_cb, &watch);
  while (!watch.ended)
    g_main_context_iteration (NULL, TRUE);
  if (watch.timer != 0)
    g_source_remove (watch.timer);

  killed = g_subprocess_get_if_signaled (watch.process);
  if (killed)
    g_assert_cmpint (g_subprocess_get_term_sig (watch.process), ==, SIGKILL);
  else
    g_assert_cmpint (g_subprocess_get_exit_status (watch.process), ==, 0);
  g_object_unref (watch.process);

  return killed;
}

/* Calls that are made only where the bytes pass through the process, or only where they do not. */
static gboolean
call_streams (guint call)
{
  return call == FAULT_CALL_READ || call == FAULT_CALL_BEGIN || call == FAULT_CALL_RESUME ||
         call == FAULT_CALL_WRITE || call == FAULT_CALL_FINISH;
}

static void
plan_call (GStrvBuilder *builder, guint number, guint *most)
{
  guint call = number / 2 % N_USUAL_FAULT_CALLS;
  g_autofree char *text = g_strdup_printf ("%u", call);

  g_strv_builder_add_many (builder, "--call", text, NULL);
  if (number % 2 == 1)
    g_strv_builder_add (builder, "--after");
  if (call_streams (call))
    g_strv_builder_add (builder, "--stream");
  if (call == FAULT_CALL_STAT || call == FAULT_CALL_READ)
    *most = 40;
  if (call == FAULT_CALL_RESUME || call == FAULT_CALL_ABORT)
    *most = 2;
}

/* The next way to die: in turn a state, a call before or after it, and a random moment. */
static GStrv
make_plan (CrashWorld *world, guint number, guint *delay_ms)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *nth = NULL;
  guint most = 8;

  *delay_ms = 0;
  if (number % 3 == 0)
    g_strv_builder_add_many (builder, "--state", states[number / 3 % G_N_ELEMENTS (states)], NULL);
  else if (number % 3 == 1)
    plan_call (builder, number / 3, &most);
  else
    {
      *delay_ms = (guint) g_rand_int_range (world->random, 1, MOST_DELAY_MS);
      if (g_rand_boolean (world->random))
        g_strv_builder_add (builder, "--stream");
    }

  nth = g_strdup_printf ("%d", g_rand_int_range (world->random, 1, (gint32) most + 1));
  g_strv_builder_add_many (builder, "--nth", nth, NULL);

  return g_strv_builder_end (builder);
}

static void
test_crash (void)
{
  g_autoptr (CrashWorld) world =
      crash_world_new ((guint32) option_seed, SMALL_OBJECTS, LARGE_OBJECTS);
  g_auto (GStrv) alone = g_new0 (char *, 1);
  int kills = 0;
  guint number = 0;
  guint rounds = 0;
  guint faults = 0;

  while (kills < option_kills && faults == 0)
    {
      int in_round = 0;

      crash_world_queue_moves (world);
      while (in_round < KILLS_PER_ROUND && kills < option_kills &&
             crash_world_count_open (world) > 0)
        {
          guint delay_ms;
          g_auto (GStrv) arguments = make_plan (world, number++, &delay_ms);

          if (number % 4 == 1)
            crash_world_cancel_some (world);
          if (run_child (world, arguments, delay_ms))
            {
              in_round++;
              kills++;
            }
        }
      while (crash_world_count_open (world) > 0)
        g_assert_false (run_child (world, alone, 0));
      faults = crash_world_check (world);
      rounds++;
      g_test_message ("%d kills, %u rounds of %u moves, %u faults", kills, rounds, world->n_items,
                      faults);
    }

  g_test_message ("kills: %d, seed: %d, objects: %u, moves: %u, lost: %u", kills, option_seed,
                  world->n_items, rounds * world->n_items, faults);
  g_assert_cmpuint (faults, ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  program = argv[0];
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_set_help_enabled (context, FALSE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (option_child)
    return crash_child_run (option_folder, &plan);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/crash", test_crash);

  return g_test_run ();
}
