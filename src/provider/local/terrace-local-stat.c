/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is: its version, its times, its attributes. Worker threads.
 *
 * A version is made of what changes whenever a file is written, replaced or has its metadata set.
 * The time of change is in it, so that a writer who sets the modification time back is seen too;
 * reading does not change it. */

#include "config.h"

#include "provider/local/terrace-local-stat.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "provider/local/terrace-local-path.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
#define US_PER_S G_GINT64_CONSTANT (1000000)

/* The notes desktops make about a file (where it was downloaded from). */
#define DESKTOP_ATTRIBUTES "user.xdg."
#define ACCESS_LIST_ATTRIBUTE "system.posix_acl_access"

int
terrace_local_stat (int fd, const char *name, TerraceLocalStat *status)
{
  return statx (fd, name != NULL ? name : "",
                AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name == NULL ? AT_EMPTY_PATH : 0),
                STATX_BASIC_STATS | STATX_BTIME, status);
}

int
terrace_local_stat_object (int fd, const char *name, TerraceLocalStat *status)
{
  if (terrace_local_stat (fd, name, status) != 0)
    return -1;
  if (S_ISREG (status->stx_mode))
    return 0;

  errno = ENOENT;
  return -1;
}

static gint64
to_ns (const struct statx_timestamp *time)
{
  return time->tv_sec * NS_PER_S + time->tv_nsec;
}

static gint64
to_us (const struct statx_timestamp *time)
{
  return time->tv_sec * US_PER_S + time->tv_nsec / 1000;
}

char *
terrace_local_version (const TerraceLocalStat *status)
{
  return g_strdup_printf ("file:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT
                          ":%" G_GINT64_FORMAT,
                          (guint64) status->stx_ino, (guint64) status->stx_size,
                          to_ns (&status->stx_mtime), to_ns (&status->stx_ctime));
}

gboolean
terrace_local_version_matches (const char *version, const TerraceLocalStat *status)
{
  g_autofree char *now = terrace_local_version (status);

  return strcmp (version, now) == 0;
}

gboolean
terrace_local_version_is_same_file (const char *version, const TerraceLocalStat *status)
{
  g_autofree char *now = terrace_local_version (status);
  const char *last = strrchr (now, ':');

  return strncmp (version, now, last - now + 1) == 0;
}

gboolean
terrace_local_version_get_modified (const char *version, struct timespec *modified)
{
  guint64 inode, size;
  gint64 modified_ns, changed_ns;

  if (sscanf (version,
              "file:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT
              ":%" G_GINT64_FORMAT,
              &inode, &size, &modified_ns, &changed_ns) != 4)
    return FALSE;

  modified->tv_sec = modified_ns / NS_PER_S;
  modified->tv_nsec = modified_ns % NS_PER_S;
  if (modified->tv_nsec < 0)
    {
      modified->tv_sec--;
      modified->tv_nsec += NS_PER_S;
    }
  return TRUE;
}

TerraceObjectInfo *
terrace_local_stat_to_info (const TerraceLocalStat *status, const char *key, GVariant *attributes)
{
  TerraceObjectInfo *info = terrace_object_info_new (key);

  info->version = terrace_local_version (status);
  info->size_bytes = status->stx_size;
  if ((status->stx_mask & STATX_BTIME) != 0)
    info->created_us = to_us (&status->stx_btime);
  info->modified_us = to_us (&status->stx_mtime);
  info->accessed_us = to_us (&status->stx_atime);
  info->mode = status->stx_mode & 07777;
  if (attributes != NULL)
    info->attributes = g_variant_ref_sink (attributes);

  return info;
}

/* Labels of the system (SELinux, capabilities) belong to the place, not to the object. */
static gboolean
attribute_is_kept (const char *name)
{
  return strcmp (name, TERRACE_LOCAL_TOKEN_ATTRIBUTE) != 0 &&
         (g_str_has_prefix (name, "user.") || strcmp (name, ACCESS_LIST_ATTRIBUTE) == 0);
}

/* The names as the kernel lists them, each ending in NUL; %NULL and errno. */
static char *
list_attribute_names (int fd, gssize *length)
{
  g_autofree char *names = g_malloc (XATTR_LIST_MAX);

  *length = flistxattr (fd, names, XATTR_LIST_MAX);
  return *length >= 0 ? g_steal_pointer (&names) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GVariant *
terrace_local_read_attributes (int fd, const char *key, GError **error)
{
  g_autofree char *value = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{say}"));
  gssize length = 0;
  g_autofree char *names = list_attribute_names (fd, &length);

  if (names == NULL)
    {
      if (errno != ENOTSUP)
        terrace_local_set_errno (error, errno, _ ("Cannot read the attributes of"), key);
      return NULL;
    }
  for (const char *name = names; name < names + length; name += strlen (name) + 1)
    if (attribute_is_kept (name) && g_utf8_validate (name, -1, NULL))
      g_ptr_array_add (kept, (gpointer) name);
  if (kept->len == 0)
    return NULL;

  g_ptr_array_sort (kept, compare_names);
  value = g_malloc (XATTR_SIZE_MAX);
  for (guint i = 0; i < kept->len; i++)
    {
      const char *name = g_ptr_array_index (kept, i);
      gssize size = fgetxattr (fd, name, value, XATTR_SIZE_MAX);

      if (size < 0 && errno == ENODATA)
        continue;
      if (size < 0)
        {
          terrace_local_set_errno (error, errno, _ ("Cannot read the attributes of"), key);
          return NULL;
        }
      g_variant_builder_add (&builder, "{s@ay}", name,
                             g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, value, size, 1));
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* What a person or a program noted with the object is part of it, and losing it silently would be
 * losing bytes: such a move is refused before it begins. Desktops note the origin of every
 * download, though; for their sake no file may be kept from a disk that has no attributes. The
 * access list is best effort: the permission bits are there all the same. */
gboolean
terrace_local_write_attributes (int fd, GVariant *attributes, const char *key, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (attributes == NULL)
    return TRUE;

  g_variant_iter_init (&iter, attributes);
  while (g_variant_iter_loop (&iter, "{&s@ay}", &name, &value))
    {
      gsize size = 0;
      gconstpointer data = g_variant_get_fixed_array (value, &size, 1);
      g_autofree char *display = NULL;

      if (!attribute_is_kept (name) || fsetxattr (fd, name, data, size, 0) == 0 ||
          !g_str_has_prefix (name, "user.") || g_str_has_prefix (name, DESKTOP_ATTRIBUTES))
        continue;

      display = terrace_display_name (key);
      if (errno == ENOTSUP || errno == E2BIG || errno == ERANGE || errno == ENOSPC)
        g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                     _ ("The disk cannot keep the extended attribute “%s” of “%s”; "
                        "remove the attribute or choose another location"),
                     name, display);
      else
        terrace_error_set_errno (error, errno, _ ("Cannot set the attribute “%s” of “%s”"), name,
                                 display);
      g_variant_unref (value);
      return FALSE;
    }

  return TRUE;
}

gboolean
terrace_local_has_token (int fd, const char *token)
{
  char value[TERRACE_LOCAL_TOKEN_BYTES + 1];
  gssize size = fgetxattr (fd, TERRACE_LOCAL_TOKEN_ATTRIBUTE, value, sizeof value);

  return size >= 0 && (gsize) size == strlen (token) && memcmp (value, token, size) == 0;
}
