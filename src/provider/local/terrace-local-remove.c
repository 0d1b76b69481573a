/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing one version of an object and never another. Worker threads.
 *
 * A file system removes names, not versions, and somebody may put another file under the name
 * between our look and our act. So the name is first taken away, to a reserved one that only this
 * move knows; what has come along is then looked at in peace, and goes back if it is the wrong
 * file. If its name has been given away meanwhile, it stays beside it under a visible name: a file
 * too many can be removed by a person, a lost one cannot be brought back.
 *
 * A program that has the file open for writing would go on writing into nothing. The kernel knows
 * (it refuses a lease then), and such a file is left alone until it is closed.
 *
 * A process that dies in between leaves the reserved name, and the next call with the same token
 * goes on from there. */

#include "config.h"

#include "provider/local/terrace-local-remove.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "provider/local/terrace-local-stat.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Attempts to find a free name for what cannot go back. */
#define RECOVER_ATTEMPTS 1000

static gboolean
fail_changed (GError **error, const char *key)
{
  g_autofree char *display = terrace_display_name (key);

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
               _ ("“%s” has been changed in the meantime and was not removed"), display);
  return FALSE;
}

static gboolean
fail_errno (GError **error, int saved_errno, const char *key)
{
  terrace_local_set_errno (error, saved_errno, _ ("Cannot remove"), key);
  return FALSE;
}

/* Whether anybody has the file open for writing, as far as can be known: only its owner may ask,
 * and only on a local file system. */
static gboolean
is_being_written (TerraceLocalPlace *place, const char *name)
{
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  g_auto (TerraceFd) fd = openat (place->folder, name, flags);
  gboolean refused;

  /* Somebody who opens the file in this very moment must not stop our process, as SIGIO would. */
  if (fd < 0 || fcntl (fd, F_SETSIG, SIGURG) != 0)
    return FALSE;

  refused = fcntl (fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  fcntl (fd, F_SETLEASE, F_UNLCK);

  return refused;
}

static gboolean
fail_busy (GError **error, const char *key)
{
  g_autofree char *display = terrace_display_name (key);

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY,
               _ ("“%s” was not removed because a program is writing to it; close it there"),
               display);
  return FALSE;
}

/* "name (recovered 2)", cut so that it fits. */
static char *
format_recovered_name (const char *name, guint attempt)
{
  g_autofree char *suffix = g_strdup_printf (" (recovered %u)", attempt);
  int room = TERRACE_LOCAL_NAME_BYTES - strlen (suffix);

  return g_strdup_printf ("%.*s%s", room, name, suffix);
}

/* Puts back what was not to be removed. */
static gboolean
put_back (TerraceLocalPlace *place, const char *trash, const char *key, GError **error)
{
  int result = terrace_local_rename (place->folder, trash, place->name);

  for (guint attempt = 1; result != 0 && errno == EEXIST && attempt <= RECOVER_ATTEMPTS; attempt++)
    {
      g_autofree char *name = format_recovered_name (place->name, attempt);

      result = terrace_local_rename (place->folder, trash, name);
    }
  if (result != 0)
    return fail_errno (error, errno, key);

  terrace_local_sync_folder (place->folder);
  return fail_changed (error, key);
}

/* The point of no return, if the file under the reserved name is the right one. */
static gboolean
empty_trash (TerraceLocalPlace *place,
             const char *trash,
             const TerraceLocalStat *status,
             const char *key,
             const char *version,
             GError **error)
{
  if (!terrace_local_version_is_same_file (version, status))
    return put_back (place, trash, key, error);
  /* Opened by its name since we first asked. */
  if (is_being_written (place, trash))
    return put_back (place, trash, key, error);
  if (unlinkat (place->folder, trash, 0) != 0 || terrace_local_sync_folder (place->folder) != 0)
    return fail_errno (error, errno, key);

  return TRUE;
}

/* Without the flag a rename could only overwrite our own reserved name, and that is not there. */
static int
take_away (TerraceLocalPlace *place, const char *trash)
{
  int result = renameat2 (place->folder, place->name, place->folder, trash, RENAME_NOREPLACE);

  if (result != 0 && (errno == EINVAL || errno == ENOSYS))
    result = renameat (place->folder, place->name, place->folder, trash);

  return result;
}

static gboolean
remove_from (TerraceLocalPlace *place,
             const char *key,
             const char *version,
             const char *token,
             GError **error)
{
  g_autofree char *trash = terrace_local_reserved_name (token, "trash");
  TerraceLocalStat status, taken;

  if (terrace_local_stat_object (place->folder, trash, &taken) == 0)
    return empty_trash (place, trash, &taken, key, version, error);

  if (terrace_local_stat_object (place->folder, place->name, &status) != 0)
    return fail_errno (error, errno, key);
  if (!terrace_local_version_matches (version, &status))
    return fail_changed (error, key);
  if (is_being_written (place, place->name))
    return fail_busy (error, key);

  if (take_away (place, trash) != 0)
    return fail_errno (error, errno, key);
  /* Even a folder can have taken the name; it goes back like everything else. */
  if (terrace_local_stat (place->folder, trash, &taken) != 0)
    return fail_errno (error, errno, key);
  /* A file that was put there since may have got the same inode and times, but not its birth. */
  if (taken.stx_btime.tv_sec != status.stx_btime.tv_sec ||
      taken.stx_btime.tv_nsec != status.stx_btime.tv_nsec || !S_ISREG (taken.stx_mode))
    return put_back (place, trash, key, error);

  return empty_trash (place, trash, &taken, key, version, error);
}

gboolean
terrace_local_remove (TerraceLocalRoot *root,
                      const char *key,
                      const char *version,
                      const char *token,
                      GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;

  if (!terrace_local_check_token (token, error) ||
      !terrace_local_place_open (&place, root, key, TERRACE_LOCAL_CHANGE, error) ||
      !remove_from (&place, key, version, token, error))
    return FALSE;

  if (terrace_local_root_get_prunes (root))
    terrace_local_prune (place.root, key);
  return TRUE;
}
