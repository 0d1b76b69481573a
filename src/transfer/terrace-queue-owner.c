/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of lease owners: "MACHINE BOOT NAMESPACE PID START SERIAL". With them a move that a killed
 * process left behind is taken up at once, instead of when its lease has run out. A process id
 * means something only in its namespace and until it is used again, hence the rest. Any thread. */

#include "transfer/terrace-queue-owner.h"

#include <unistd.h>

enum
{
  OWNER_MACHINE,
  OWNER_BOOT,
  OWNER_NAMESPACE,
  OWNER_PID,
  OWNER_START,
  OWNER_SERIAL,
  N_OWNER_FIELDS,
};

/* The field of /proc/PID/stat, counted behind the name, that is the start time. */
#define OWNER_STAT_START 19

static char *
owner_read_word (const char *path)
{
  g_autofree char *contents = NULL;

  if (!g_file_get_contents (path, &contents, NULL, NULL))
    return g_strdup ("-");

  g_strdelimit (g_strstrip (contents), " ", '-');
  return g_strdup (*contents != '\0' ? contents : "-");
}

static char *
owner_read_namespace (void)
{
  char *target = g_file_read_link ("/proc/self/ns/pid", NULL);

  return target != NULL ? target : g_strdup ("-");
}

/* (nullable): when the process started, in ticks since the boot. */
static char *
owner_read_start (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid);
  g_autofree char *contents = NULL;
  g_auto (GStrv) fields = NULL;
  const char *name_end;

  if (!g_file_get_contents (path, &contents, NULL, NULL))
    return NULL;
  /* The name may hold anything, even spaces and parentheses. */
  name_end = strrchr (contents, ')');
  if (name_end == NULL)
    return NULL;

  fields = g_strsplit (g_strchug (contents + (name_end + 1 - contents)), " ", -1);
  if (g_strv_length (fields) <= OWNER_STAT_START)
    return NULL;
  /* A zombie does no work any more. */
  if (g_str_equal (fields[0], "Z") || g_str_equal (fields[0], "X"))
    return NULL;

  return g_strdup (fields[OWNER_STAT_START]);
}

static GStrv
owner_describe_self (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *machine = owner_read_word ("/etc/machine-id");
  g_autofree char *boot = owner_read_word ("/proc/sys/kernel/random/boot_id");
  g_autofree char *namespace = owner_read_namespace ();
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *start = owner_read_start (pid);

  g_strv_builder_add_many (builder, machine, boot, namespace, pid, start != NULL ? start : "-",
                           NULL);

  return g_strv_builder_end (builder);
}

char *
terrace_queue_owner_new (void)
{
  static int serial;
  g_auto (GStrv) fields = owner_describe_self ();
  g_autofree char *joined = g_strjoinv (" ", fields);

  return g_strdup_printf ("%s %d", joined, g_atomic_int_add (&serial, 1));
}

gboolean
terrace_queue_owner_is_dead (const char *owner)
{
  g_auto (GStrv) theirs = g_strsplit (owner, " ", -1);
  g_auto (GStrv) ours = owner_describe_self ();
  g_autofree char *start = NULL;

  if (g_strv_length (theirs) != N_OWNER_FIELDS)
    return FALSE;
  if (g_str_equal (theirs[OWNER_BOOT], "-") || g_str_equal (ours[OWNER_BOOT], "-"))
    return FALSE;

  /* A boot is unique in the world; another one of this machine has ended. */
  if (!g_str_equal (theirs[OWNER_BOOT], ours[OWNER_BOOT]))
    return !g_str_equal (theirs[OWNER_MACHINE], "-") &&
           g_str_equal (theirs[OWNER_MACHINE], ours[OWNER_MACHINE]);
  if (g_str_equal (theirs[OWNER_NAMESPACE], "-") || g_str_equal (theirs[OWNER_START], "-") ||
      !g_str_equal (theirs[OWNER_NAMESPACE], ours[OWNER_NAMESPACE]))
    return FALSE;

  start = owner_read_start (theirs[OWNER_PID]);

  return start == NULL || !g_str_equal (start, theirs[OWNER_START]);
}
