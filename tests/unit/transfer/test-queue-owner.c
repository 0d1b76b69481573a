/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is dead. */

#include "config.h"

#include <string.h>

#include "transfer/terrace-queue-owner.h"

static char *
replace_field (const char *owner, guint field, const char *with)
{
  g_auto (GStrv) fields = g_strsplit (owner, " ", -1);

  g_assert_cmpuint (g_strv_length (fields), >, field);
  g_free (fields[field]);
  fields[field] = g_strdup (with);

  return g_strjoinv (" ", fields);
}

static void
test_unique (void)
{
  g_autofree char *one = terrace_queue_owner_new ();
  g_autofree char *two = terrace_queue_owner_new ();

  g_assert_cmpstr (one, !=, two);
}

static void
test_alive (void)
{
  g_autofree char *owner = terrace_queue_owner_new ();

  g_assert_false (terrace_queue_owner_is_dead (owner));
}

static void
test_not_to_be_judged (void)
{
  g_autofree char *owner = terrace_queue_owner_new ();
  g_autofree char *other_boot = replace_field (owner, 1, "another-boot");
  g_autofree char *other_machine = replace_field (other_boot, 0, "another-machine");
  g_autofree char *other_container = replace_field (owner, 2, "pid:[1]");
  g_autofree char *dead_elsewhere = replace_field (other_container, 4, "1");

  g_assert_false (terrace_queue_owner_is_dead (""));
  g_assert_false (terrace_queue_owner_is_dead ("cli"));
  g_assert_false (terrace_queue_owner_is_dead (other_machine));
  g_assert_false (terrace_queue_owner_is_dead (dead_elsewhere));
}

static void
test_dead (void)
{
  g_autofree char *owner = terrace_queue_owner_new ();
  g_autofree char *reused = replace_field (owner, 4, "1");
  g_autofree char *gone = replace_field (owner, 3, "99999999");

  g_assert_true (terrace_queue_owner_is_dead (reused));
  g_assert_true (terrace_queue_owner_is_dead (gone));
}

static void
test_other_boot (void)
{
  g_autofree char *owner = terrace_queue_owner_new ();
  g_autofree char *before = replace_field (owner, 1, "a-boot-before");

  /* Without a machine's identity a boot says nothing. */
  g_assert_true (terrace_queue_owner_is_dead (before) || g_str_has_prefix (owner, "- "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/queue-owner/unique", test_unique);
  g_test_add_func ("/transfer/queue-owner/alive", test_alive);
  g_test_add_func ("/transfer/queue-owner/not-to-be-judged", test_not_to_be_judged);
  g_test_add_func ("/transfer/queue-owner/dead", test_dead);
  g_test_add_func ("/transfer/queue-owner/other-boot", test_other_boot);

  return g_test_run ();
}
