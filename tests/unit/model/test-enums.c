/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Numbers and nicks of the scales: both are stored by people and by the catalogue, so both are
 * written out here once more. */

#include "model/terrace-enums.h"

static void
assert_nicks (GType type, const char *const *nicks)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (type);
  int n_nicks = (int) g_strv_length ((GStrv) nicks);

  g_assert_cmpuint (G_ENUM_CLASS (klass)->n_values, ==, (guint) n_nicks);

  for (int i = 0; i < n_nicks; i++)
    {
      int value = -1;

      g_assert_cmpstr (terrace_enum_to_nick (type, i), ==, nicks[i]);
      g_assert_true (terrace_enum_from_nick (type, nicks[i], &value));
      g_assert_cmpint (value, ==, i);
    }

  g_assert_cmpstr (terrace_enum_to_nick (type, n_nicks), ==, "unknown");
  g_assert_cmpstr (terrace_enum_to_nick (type, -1), ==, "unknown");
}

#define NICKS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_nicks (void)
{
  assert_nicks (TERRACE_TYPE_TIER, NICKS ("hot", "warm", "cold", "archive"));
  assert_nicks (TERRACE_TYPE_TEMPERATURE, NICKS ("unknown", "hot", "warm", "cold"));
  assert_nicks (TERRACE_TYPE_LOCATION_KIND, NICKS ("local", "sandbox", "s3", "azure", "gcs"));
  assert_nicks (TERRACE_TYPE_LOCATION_STATE,
                NICKS ("unknown", "ready", "read-only", "unreachable"));
  assert_nicks (TERRACE_TYPE_MOVE_STATE,
                NICKS ("queued", "copying", "verifying", "staged", "committing", "done", "paused",
                       "failed", "cancelled"));
  assert_nicks (TERRACE_TYPE_MOVE_REQUEST, NICKS ("none", "pause", "cancel"));
  assert_nicks (TERRACE_TYPE_EVENT_KIND,
                NICKS ("registered", "forgotten", "accessed", "planned", "move-queued",
                       "move-state", "move-done", "move-failed", "move-cancelled", "verified",
                       "damaged", "missing", "location", "recovered"));
  assert_nicks (TERRACE_TYPE_SEVERITY, NICKS ("info", "warning", "error"));
}

static void
test_unknown_nicks (void)
{
  int value = 77;

  g_assert_false (terrace_enum_from_nick (TERRACE_TYPE_TIER, "lukewarm", &value));
  g_assert_false (terrace_enum_from_nick (TERRACE_TYPE_TIER, "Hot", &value));
  g_assert_false (terrace_enum_from_nick (TERRACE_TYPE_TIER, "", &value));
  g_assert_false (terrace_enum_from_nick (TERRACE_TYPE_TIER, NULL, &value));
  g_assert_cmpint (value, ==, 77);
}

static void
test_final_states (void)
{
  for (int state = TERRACE_MOVE_QUEUED; state <= TERRACE_MOVE_CANCELLED; state++)
    g_assert_cmpint (terrace_move_state_is_final ((TerraceMoveState) state), ==,
                     state == TERRACE_MOVE_DONE || state == TERRACE_MOVE_FAILED ||
                         state == TERRACE_MOVE_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/enums/nicks", test_nicks);
  g_test_add_func ("/enums/unknown-nicks", test_unknown_nicks);
  g_test_add_func ("/enums/final-states", test_final_states);

  return g_test_run ();
}
