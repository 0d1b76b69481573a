/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, folders and renames beneath a location's root. Worker threads.
 *
 * Every call resolves its folder anew from the root with openat2(RESOLVE_BENEATH), and then names
 * only single components relative to that descriptor: whoever swaps a folder for a symbolic link
 * between two calls, or during one, gets an error and nothing else. */

#include "config.h"

#include "provider/local/terrace-local-path.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "provider/terrace-provider-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Attempts against somebody who removes folders while we make them. */
#define MAKE_ATTEMPTS 16

void
terrace_fd_close (TerraceFd fd)
{
  int saved_errno = errno;

  if (fd >= 0)
    close (fd);
  errno = saved_errno;
}

TerraceFd
terrace_fd_steal (TerraceFd *fd)
{
  TerraceFd stolen = *fd;

  *fd = -1;
  return stolen;
}

void
terrace_local_set_errno (GError **error, int saved_errno, const char *action, const char *key)
{
  g_autofree char *display = key != NULL ? terrace_display_name (key) : NULL;

  if (saved_errno == ELOOP)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("“%s” leads through a symbolic link, and Terrace does not follow those"),
                 display != NULL ? display : "/");
  else if (display != NULL)
    terrace_error_set_errno (error, saved_errno, "%s “%s”", action, display);
  else
    terrace_error_set_errno (error, saved_errno, "%s", action);
}

static gboolean
set_invalid (GError **error, const char *format, const char *key)
{
  g_autofree char *display = terrace_display_name (key);

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, "“%s”: %s", display, format);
  return FALSE;
}

/* One component of @key, of @length bytes. */
static gboolean
check_component (const char *component, gsize length, const char *key, GError **error)
{
  if (length == 0)
    return set_invalid (error, _ ("a name cannot begin or end with “/” or have “//” in it"), key);
  if ((length == 1 && component[0] == '.') ||
      (length == 2 && component[0] == '.' && component[1] == '.'))
    return set_invalid (error, _ ("“.” and “..” cannot be part of a name"), key);
  if (length > TERRACE_LOCAL_NAME_BYTES)
    return set_invalid (error, _ ("a file or folder name may have at most 255 bytes"), key);
  if (length >= strlen (TERRACE_LOCAL_RESERVED) &&
      strncmp (component, TERRACE_LOCAL_RESERVED, strlen (TERRACE_LOCAL_RESERVED)) == 0)
    return set_invalid (error, _ ("names that begin with “.terrace-” are reserved"), key);

  return TRUE;
}

gboolean
terrace_local_check_key (const char *key, GError **error)
{
  const char *component = key;

  if (!terrace_provider_check_key (key, error))
    return FALSE;

  while (TRUE)
    {
      const char *end = strchrnul (component, '/');

      if (!check_component (component, end - component, key, error))
        return FALSE;
      if (*end == '\0')
        return TRUE;
      component = end + 1;
    }
}

gboolean
terrace_local_check_prefix (const char *prefix, GError **error)
{
  const char *slash = strrchr (prefix, '/');
  g_autofree char *folder = NULL;

  if (slash == NULL)
    return TRUE;

  folder = g_strndup (prefix, slash - prefix);
  return terrace_local_check_key (folder, error);
}

gboolean
terrace_local_check_token (const char *token, GError **error)
{
  gsize length = strspn (token, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_");

  if (length > 0 && length <= TERRACE_LOCAL_TOKEN_BYTES && token[length] == '\0')
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("The token of the move is not one of Terrace’s"));
  return FALSE;
}

const char *
terrace_local_get_name (const char *key)
{
  const char *slash = strrchr (key, '/');

  return slash != NULL ? slash + 1 : key;
}

/* Where openat2() is missing: one component after the other, none of them a link. */
static int
open_stepwise (int root_fd, const char *folder, int flags)
{
  g_auto (GStrv) components = g_strsplit (folder, "/", -1);
  g_auto (TerraceFd) fd = openat (root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && components[i] != NULL; i++)
    {
      gboolean last = components[i + 1] == NULL;
      int step_flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | (last ? flags : O_PATH);
      g_auto (TerraceFd) parent = terrace_fd_steal (&fd);
      struct stat status;

      g_assert (components[i][0] != '\0' && strcmp (components[i], "..") != 0);
      fd = openat (parent, components[i], step_flags);
      if (fd < 0 && errno == ENOTDIR &&
          fstatat (parent, components[i], &status, AT_SYMLINK_NOFOLLOW) == 0)
        errno = S_ISLNK (status.st_mode) ? ELOOP : ENOTDIR;
    }

  return terrace_fd_steal (&fd);
}

int
terrace_local_open_folder (int root_fd, const char *folder, int flags, TerraceLocalResolve how)
{
  struct open_how request = {
    .flags = (flags | O_DIRECTORY | O_CLOEXEC),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  int fd;

  if (folder[0] == '\0')
    return openat (root_fd, ".", flags | O_DIRECTORY | O_CLOEXEC);
  if (how == TERRACE_LOCAL_RESOLVE_STEPWISE)
    return open_stepwise (root_fd, folder, flags);

  /* EAGAIN: a rename elsewhere raced with the lookup. EPERM: an old sandbox's system call filter,
   * openat2() itself never says so for a folder. */
  do
    fd = syscall (SYS_openat2, root_fd, folder, &request, sizeof request);
  while (fd < 0 && errno == EAGAIN);
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    fd = open_stepwise (root_fd, folder, flags);

  return fd;
}

static char *
dup_folder (const char *key)
{
  const char *slash = strrchr (key, '/');

  return slash != NULL ? g_strndup (key, slash - key) : g_strdup ("");
}

int
terrace_local_open_parent (int root_fd, const char *key, int flags)
{
  g_autofree char *folder = dup_folder (key);

  return terrace_local_open_folder (root_fd, folder, flags, TERRACE_LOCAL_RESOLVE_IN_KERNEL);
}

int
terrace_local_sync_folder (int folder_fd)
{
  /* Some shares cannot sync a folder (EINVAL) and make its names durable by themselves; a folder
   * that may be passed but not read (EBADF) cannot be synced by us. */
  if (fsync (folder_fd) == 0 || errno == EINVAL || errno == EBADF || errno == ENOTSUP)
    return 0;
  return -1;
}

/* Makes the folders of @folder one by one. A new entry is durable when its folder is synced. */
static gboolean
make_folders (int root_fd, const char *folder)
{
  g_auto (GStrv) components = g_strsplit (folder, "/", -1);
  g_auto (TerraceFd) fd = openat (root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && components[i] != NULL; i++)
    {
      g_auto (TerraceFd) parent = terrace_fd_steal (&fd);

      if (mkdirat (parent, components[i], 0777) == 0)
        {
          if (terrace_local_sync_folder (parent) != 0)
            return FALSE;
        }
      else if (errno != EEXIST)
        return FALSE;
      fd = open_stepwise (parent, components[i], O_RDONLY);
      if (fd < 0 && errno == EACCES)
        fd = open_stepwise (parent, components[i], O_PATH);
    }

  return fd >= 0;
}

int
terrace_local_make_parent (int root_fd, const char *key)
{
  g_autofree char *folder = dup_folder (key);
  int fd = -1;

  for (guint attempt = 0; attempt < MAKE_ATTEMPTS; attempt++)
    {
      fd = terrace_local_open_folder (root_fd, folder, O_RDONLY, TERRACE_LOCAL_RESOLVE_IN_KERNEL);
      if (fd >= 0 || errno != ENOENT)
        return fd;
      if (!make_folders (root_fd, folder) && errno != ENOENT)
        return -1;
    }

  return fd;
}

void
terrace_local_prune (int root_fd, const char *key)
{
  g_autofree char *folder = dup_folder (key);

  while (folder[0] != '\0')
    {
      g_auto (TerraceFd) parent = terrace_local_open_parent (root_fd, folder, O_PATH);
      char *slash = strrchr (folder, '/');

      if ((parent < 0 || unlinkat (parent, terrace_local_get_name (folder), AT_REMOVEDIR) != 0) &&
          errno != ENOENT)
        return;
      *(slash != NULL ? slash : folder) = '\0';
    }
}

int
terrace_local_rename (int folder_fd, const char *from, const char *to)
{
  if (renameat2 (folder_fd, from, folder_fd, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;

  /* A file system without the flag: a hard link never overwrites either. */
  if (linkat (folder_fd, from, folder_fd, to, 0) != 0)
    return -1;
  return unlinkat (folder_fd, from, 0);
}

char *
terrace_local_reserved_name (const char *token, const char *suffix)
{
  return g_strconcat (TERRACE_LOCAL_RESERVED, token, ".", suffix, NULL);
}
