/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The defaults are valid, and each senseless value is named. */

#include "model/terrace-policy.h"

#include "base/terrace-error.h"

#include <math.h>
#include <string.h>

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  TerracePolicy policy;

  terrace_policy_init (&policy);
  g_assert_true (terrace_policy_validate (&policy, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (policy.wanted_copies, ==, 1);
}

static void
assert_invalid (const TerracePolicy *policy, const char *field)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (terrace_policy_validate (policy, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, field));
}

#define ASSERT_INVALID(field, value)  \
  G_STMT_START                        \
  {                                   \
    TerracePolicy policy;             \
                                      \
    terrace_policy_init (&policy);    \
    policy.field = value;             \
    assert_invalid (&policy, #field); \
  }                                   \
  G_STMT_END

static void
test_invalid (void)
{
  ASSERT_INVALID (horizon_months, 0);
  ASSERT_INVALID (horizon_months, NAN);
  ASSERT_INVALID (horizon_months, 1201);
  ASSERT_INVALID (break_even_months, -1);
  ASSERT_INVALID (break_even_months, INFINITY);
  ASSERT_INVALID (min_saving_nanos, -1);
  ASSERT_INVALID (warm_reads_per_month, -0.1);
  ASSERT_INVALID (warm_reads_per_month, NAN);
  ASSERT_INVALID (hot_reads_per_month, 0);
  ASSERT_INVALID (hot_reads_per_month, INFINITY);
  ASSERT_INVALID (wanted_copies, 0);
  ASSERT_INVALID (wanted_copies, 17);
  ASSERT_INVALID (risk, -0.1);
  ASSERT_INVALID (risk, 1.1);
  ASSERT_INVALID (risk, NAN);
  ASSERT_INVALID (move_budget_nanos, -1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/defaults", test_defaults);
  g_test_add_func ("/policy/invalid", test_invalid);

  return g_test_run ();
}
