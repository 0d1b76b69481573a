/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Versions tell every change of a file apart; attributes go in and come out as they were. */

#include "provider/local/terrace-local-stat.h"

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-read.h"
#include "terrace-test-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static int
open_key (LocalFixture *fixture, const char *key)
{
  g_autofree char *path = local_fixture_path (fixture, key);
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static char *
get_version (LocalFixture *fixture)
{
  g_auto (TerraceFd) fd = open_key (fixture, "key");
  TerraceLocalStat status;

  g_assert_cmpint (terrace_local_stat (fd, NULL, &status), ==, 0);
  return terrace_local_version (&status);
}

/* Also a writer who sets the size and the time back to what they were is seen. */
static void
test_version (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "key");
  g_autofree char *renamed = local_fixture_path (fixture, "renamed");
  struct timespec times[2] = { { 1, 2 }, { -3, 4 } };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  TerraceLocalStat status;

  local_fixture_write (fixture, "key", "text");
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  before = get_version (fixture);
  {
    g_auto (TerraceFd) fd = open_key (fixture, "key");
    struct timespec modified;
    char buffer[4];

    g_assert_cmpint (read (fd, buffer, 4), ==, 4);
    g_assert_cmpint (terrace_local_stat (fd, NULL, &status), ==, 0);
    g_assert_true (terrace_local_version_matches (before, &status));
    g_assert_true (terrace_local_version_get_modified (before, &modified));
    g_assert_cmpint (modified.tv_sec, ==, -3);
    g_assert_cmpint (modified.tv_nsec, ==, 4);

    g_assert_cmpint (pwrite (fd, "TEXT", 4, 0), ==, 4);
    g_assert_cmpint (futimens (fd, times), ==, 0);
    g_assert_cmpint (terrace_local_stat (fd, NULL, &status), ==, 0);
    g_assert_false (terrace_local_version_matches (before, &status));
  }
  after = get_version (fixture);
  g_assert_cmpint (g_rename (path, renamed), ==, 0);
  {
    g_auto (TerraceFd) fd = open_key (fixture, "renamed");

    g_assert_cmpint (terrace_local_stat (fd, NULL, &status), ==, 0);
    g_assert_true (terrace_local_version_is_same_file (after, &status));
    g_assert_cmpint (pwrite (fd, "longer", 6, 0), ==, 6);
    g_assert_cmpint (terrace_local_stat (fd, NULL, &status), ==, 0);
    g_assert_false (terrace_local_version_is_same_file (after, &status));
  }
}

static void
test_foreign_versions (LocalFixture *fixture, gconstpointer data)
{
  static const char *const versions[] = {
    "", "\"etag\"", "1234", "file:", "file:1:2:3", "file::::"
  };
  struct timespec modified;
  TerraceLocalStat status = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_assert_false (terrace_local_version_get_modified (versions[i], &modified));
      g_assert_false (terrace_local_version_matches (versions[i], &status));
      g_assert_false (terrace_local_version_is_same_file (versions[i], &status));
    }
}

static void
test_attributes (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (
      g_variant_new_parsed ("{'user.a': @ay [], 'user.b': [byte 0, 10, 255], 'user.z': [byte 1]}"));
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (TerraceFd) fd = -1;

  local_fixture_write (fixture, "key", "text");
  fd = open_key (fixture, "key");
  if (fsetxattr (fd, "user.probe", "x", 1, 0) != 0)
    {
      g_test_skip ("This file system has no attributes");
      return;
    }
  g_assert_cmpint (fremovexattr (fd, "user.probe"), ==, 0);
  g_assert_null (terrace_local_read_attributes (fd, "key", &error));
  g_assert_no_error (error);

  g_assert_true (terrace_local_write_attributes (fd, wanted, "key", &error));
  g_assert_no_error (error);
  g_assert_cmpint (fsetxattr (fd, TERRACE_LOCAL_TOKEN_ATTRIBUTE, "tok", 3, 0), ==, 0);
  found = terrace_local_read_attributes (fd, "key", &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (found, wanted));

  g_assert_true (terrace_local_has_token (fd, "tok"));
  g_assert_false (terrace_local_has_token (fd, "to"));
  g_assert_false (terrace_local_has_token (fd, "toke"));
}

/* What belongs to the system stays with it, also when somebody asks for it. */
static void
test_system_attributes (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) asked = g_variant_ref_sink (g_variant_new_parsed (
      "{'security.selinux': [byte 1], 'trusted.x': [byte 1], 'user.terrace.token': [byte 1]}"));
  g_autoptr (GError) error = NULL;
  g_auto (TerraceFd) fd = -1;
  char value[8];

  local_fixture_write (fixture, "key", "text");
  fd = open_key (fixture, "key");
  g_assert_true (terrace_local_write_attributes (fd, asked, "key", &error));
  g_assert_no_error (error);
  g_assert_cmpint (fgetxattr (fd, "trusted.x", value, sizeof value), <, 0);
  g_assert_cmpint (fgetxattr (fd, TERRACE_LOCAL_TOKEN_ATTRIBUTE, value, sizeof value), <, 0);
}

static void
test_objects (LocalFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "folder", "link", "none" };
  g_autofree char *link = local_fixture_path (fixture, "link");
  g_auto (TerraceFd) root_fd = terrace_local_root_open (fixture->root, NULL);
  TerraceLocalStat status;

  local_fixture_write (fixture, "key", "text");
  local_fixture_write (fixture, "folder/x", "text");
  g_assert_cmpint (symlink ("key", link), ==, 0);
  g_assert_cmpint (terrace_local_stat_object (root_fd, "key", &status), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpint (terrace_local_stat_object (root_fd, names[i], &status), ==, -1);
      g_assert_cmpint (errno, ==, ENOENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("stat/version", test_version);
  LOCAL_TEST ("stat/foreign-versions", test_foreign_versions);
  LOCAL_TEST ("stat/attributes", test_attributes);
  LOCAL_TEST ("stat/system-attributes", test_system_attributes);
  LOCAL_TEST ("stat/objects", test_objects);

  return g_test_run ();
}
