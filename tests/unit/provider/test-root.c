/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks that are full, read-only, away, or another than before. The test makes its own in a mount
 * namespace of its own; where the system permits neither that nor a user namespace, it is skipped.
 * Covers terrace-local-root.c and the disk's part in the other files. */

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-list.h"
#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-remove.h"
#include "provider/local/terrace-local-upload.h"
#include "terrace-test-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#define KIB 1024

static gboolean can_mount;

static void
write_proc (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write (fd, text, strlen (text)) < 0)
    can_mount = FALSE;
  if (fd >= 0)
    close (fd);
}

/* Before any thread is started. */
static void
enter_own_mounts (void)
{
  g_autofree char *uid_map = g_strdup_printf ("0 %u 1", geteuid ());
  g_autofree char *gid_map = g_strdup_printf ("0 %u 1", getegid ());

  can_mount = unshare (CLONE_NEWNS) == 0;
  if (!can_mount && unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0)
    {
      can_mount = TRUE;
      write_proc ("/proc/self/setgroups", "deny");
      write_proc ("/proc/self/uid_map", uid_map);
      write_proc ("/proc/self/gid_map", gid_map);
    }
  can_mount = can_mount && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void
set_up (LocalFixture *fixture, gconstpointer data)
{
  const char *options = data;

  local_fixture_set_up (fixture, NULL);
  if (can_mount)
    can_mount = mount ("none", fixture->path, "tmpfs", 0, options) == 0;
}

static void
tear_down (LocalFixture *fixture, gconstpointer data)
{
  while (can_mount && umount2 (fixture->path, MNT_DETACH) == 0)
    ;
  local_fixture_tear_down (fixture, NULL);
}

static gboolean
skipped (void)
{
  if (!can_mount)
    g_test_skip ("This system does not let us mount anything");
  return !can_mount;
}

static void
test_full_at_begin (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 8192 * KIB, 1024 * KIB, NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (skipped ())
    return;
  g_assert_null (terrace_local_begin (fixture->root, "key", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
}

/* Somebody else fills the disk after we looked. */
static void
test_full_in_the_middle (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 768 * KIB, 256 * KIB, NULL, NULL };
  g_autofree guint8 *text = g_malloc (600 * KIB);
  g_autoptr (GBytes) part = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *other = local_fixture_path (fixture, "other");
  g_autofree char *first = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) full_error = NULL;

  if (skipped ())
    return;
  memset (text, 'x', 600 * KIB);
  part = g_bytes_new (text, 256 * KIB);
  upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_assert_no_error (error);
  first = terrace_local_write_part (fixture->root, "key", upload, 0, 0, part, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (other, (char *) text, 600 * KIB, NULL));

  g_assert_null (terrace_local_write_part (fixture->root, "key", upload, 1, 256 * KIB, part, NULL,
                                           &full_error));
  g_assert_error (full_error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE);
  parts = terrace_local_resume (fixture->root, "key", upload, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parts->len, ==, 1);
  g_assert_true (terrace_local_abort (fixture->root, "key", upload, &error));
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 1);
}

/* What an upload has on the disk already is not asked for twice. */
static void
test_resumed_space (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 768 * KIB, 256 * KIB, NULL, NULL };
  g_autofree guint8 *text = g_malloc (256 * KIB);
  g_autoptr (GBytes) part = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  if (skipped ())
    return;
  memset (text, 'x', 256 * KIB);
  part = g_bytes_new (text, 256 * KIB);
  upload = terrace_local_begin (fixture->root, "key", &options, &error);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *receipt = terrace_local_write_part (fixture->root, "key", upload, i,
                                                           i * 256 * KIB, part, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (receipt);
    }
  again = terrace_local_begin (fixture->root, "key", &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, upload);
}

static void
test_read_only (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) begin_error = NULL;
  g_autoptr (GError) folder_error = NULL;
  g_autoptr (GError) remove_error = NULL;

  if (skipped ())
    return;
  local_fixture_write (fixture, "key", "text");
  g_assert_cmpint (mount ("none", fixture->path, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);

  probe = terrace_local_probe (fixture->root, &error);
  g_assert_no_error (error);
  g_assert_false (probe->writable);
  info = terrace_local_describe (fixture->root, "key", &error);
  g_assert_no_error (error);
  g_assert_null (terrace_local_begin (fixture->root, "new", &options, &begin_error));
  g_assert_error (begin_error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY);
  g_assert_null (terrace_local_begin (fixture->root, "a/new", &options, &folder_error));
  g_assert_error (folder_error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY);
  g_assert_false (terrace_local_remove (fixture->root, "key", info->version, "rm", &remove_error));
  g_assert_error (remove_error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY);
}

static void
assert_unreachable (gpointer result, GError *error)
{
  g_assert_null (result);
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_error_free (error);
}

static void
assert_away (LocalFixture *fixture)
{
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (TerraceLocalCursor) cursor = terrace_local_cursor_new ("", NULL);
  GError *error = NULL;
  gpointer result;

  result = terrace_local_probe (fixture->root, &error);
  assert_unreachable (result, g_steal_pointer (&error));
  result = terrace_local_describe (fixture->root, "key", &error);
  assert_unreachable (result, g_steal_pointer (&error));
  result = terrace_local_begin (fixture->root, "new", &options, &error);
  assert_unreachable (result, g_steal_pointer (&error));
  result = terrace_local_cursor_read (cursor, fixture->root, NULL, &error);
  assert_unreachable (result, g_steal_pointer (&error));
}

/* The empty mount point that an ejected disk leaves is not the disk. */
static void
test_unmounted (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  if (skipped ())
    return;
  local_fixture_write (fixture, "key", "text");
  info = terrace_local_describe (fixture->root, "key", &error);
  g_assert_no_error (error);

  /* Nothing of ours keeps the disk busy. */
  g_assert_cmpint (umount2 (fixture->path, 0), ==, 0);
  assert_away (fixture);
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
}

/* Started before the disk was mounted: it is found when it comes. */
static void
test_mounted_late (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree TerraceProbe *probe = NULL;

  if (skipped ())
    return;
  g_assert_cmpint (umount2 (fixture->path, 0), ==, 0);
  probe = terrace_local_probe (fixture->root, &error);
  g_assert_no_error (error);

  g_assert_cmpint (mount ("none", fixture->path, "tmpfs", 0, NULL), ==, 0);
  local_fixture_write (fixture, "key", "text");
  info = terrace_local_describe (fixture->root, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpint (umount2 (fixture->path, 0), ==, 0);
  assert_away (fixture);
}

static void
test_missing (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "none");
  g_autoptr (TerraceLocalRoot) root = terrace_local_root_new (path, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (terrace_local_probe (root, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "Is the disk connected?"));
  g_clear_error (&error);

  local_fixture_write (fixture, "none", "a file");
  g_assert_null (terrace_local_probe (root, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
}

static void
test_whole_system (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocalRoot) root = terrace_local_root_new ("/", FALSE);
  g_autofree char *path = local_fixture_path (fixture, "key");
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  local_fixture_write (fixture, "key", "text");
  info = terrace_local_describe (root, path + 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->size_bytes, ==, 4);
}

/* A disk without extended attributes: what a desktop noted may go, what a person noted may not. */
static void
test_no_attributes (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) desktop =
      g_variant_ref_sink (g_variant_new_parsed ("{'user.xdg.origin.url': [byte 0x41]}"));
  g_autoptr (GVariant) own = g_variant_ref_sink (g_variant_new_parsed ("{'user.note': [byte 1]}"));
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("source");
  g_autoptr (TerraceObjectInfo) stored = NULL;
  g_autoptr (TerraceObjectInfo) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) own_error = NULL;

  if (skipped ())
    return;
  g_assert_cmpint (mount ("none", fixture->path, "ramfs", 0, NULL), ==, 0);
  if (setxattr (fixture->path, "user.x", "x", 1, 0) == 0)
    {
      g_test_skip ("This kernel's ramfs has attributes");
      return;
    }

  source->attributes = g_variant_ref (own);
  g_assert_null (local_fixture_put (fixture, "key", bytes, 4096, source, &own_error));
  g_assert_error (own_error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (own_error->message, "user.note"));
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);

  g_variant_unref (source->attributes);
  source->attributes = g_variant_ref (desktop);
  stored = local_fixture_put (fixture, "key", bytes, 4096, source, &error);
  g_assert_no_error (error);
  g_assert_null (stored->attributes);
}

/* There a repeated finish() knows its object by the inode. */
static void
test_finish_twice_without_attributes (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 0, 1, NULL, NULL };
  TerraceWriteOptions others = { "others", 0, 1, NULL, NULL };
  g_autoptr (GPtrArray) parts = local_fixture_make_parts (0, 1);
  g_autofree char *upload = NULL;
  g_autoptr (TerraceObjectInfo) first = NULL;
  g_autoptr (TerraceObjectInfo) second = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) others_error = NULL;

  if (skipped ())
    return;
  g_assert_cmpint (mount ("none", fixture->path, "ramfs", 0, NULL), ==, 0);
  upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_assert_no_error (error);
  first = terrace_local_finish (fixture->root, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  second = terrace_local_finish (fixture->root, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->version, ==, second->version);
  g_assert_null (terrace_local_begin (fixture->root, "key", &others, &others_error));
  g_assert_error (others_error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
}

#define DISK_TEST(path, function) \
  g_test_add ("/provider/root/" path, LocalFixture, "size=1m", set_up, function, tear_down)

int
main (int argc, char **argv)
{
  enter_own_mounts ();
  g_test_init (&argc, &argv, NULL);

  DISK_TEST ("full-at-begin", test_full_at_begin);
  DISK_TEST ("full-in-the-middle", test_full_in_the_middle);
  DISK_TEST ("resumed-space", test_resumed_space);
  DISK_TEST ("read-only", test_read_only);
  DISK_TEST ("unmounted", test_unmounted);
  DISK_TEST ("mounted-late", test_mounted_late);
  DISK_TEST ("no-attributes", test_no_attributes);
  DISK_TEST ("finish-twice-without-attributes", test_finish_twice_without_attributes);
  LOCAL_TEST ("root/missing", test_missing);
  LOCAL_TEST ("root/whole-system", test_whole_system);

  return g_test_run ();
}
