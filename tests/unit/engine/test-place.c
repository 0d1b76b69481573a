/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What paths stand for. */

#include "config.h"

#include "base/terrace-error.h"
#include "engine/terrace-place.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
test_below (void)
{
  g_assert_cmpstr (terrace_place_below ("/a/b/c", "/a"), ==, "b/c");
  g_assert_cmpstr (terrace_place_below ("/a/b", "/a/b"), ==, "");
  g_assert_cmpstr (terrace_place_below ("/a", "/"), ==, "a");
  g_assert_cmpstr (terrace_place_below ("/", "/"), ==, "");
  g_assert_null (terrace_place_below ("/ab", "/a"));
  g_assert_null (terrace_place_below ("/a", "/a/b"));
  g_assert_null (terrace_place_below ("/b", "/a"));
}

static void
assert_kind (const char *path, TerracePlaceKind kind)
{
  g_autoptr (TerracePlace) place = terrace_place_resolve (path);

  g_assert_no_error (place->error);
  g_assert_cmpint (place->kind, ==, kind);
  g_assert_cmpstr (place->path, ==, path);
  g_assert_nonnull (terrace_place_below (place->path, place->mount));
}

static void
test_kinds (void)
{
  g_autofree char *made = terrace_test_make_dir ();
  g_autofree char *dir = realpath (made, NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *link = g_build_filename (dir, "link", NULL);
  g_autofree char *absent = g_build_filename (dir, "absent", NULL);
  g_autoptr (TerracePlace) nothing = NULL;

  terrace_test_make_file (file, 1, 1);
  g_assert_cmpint (symlink ("file", link), ==, 0);
  assert_kind (dir, TERRACE_PLACE_FOLDER);
  assert_kind (file, TERRACE_PLACE_FILE);
  assert_kind (link, TERRACE_PLACE_SPECIAL);
  assert_kind ("/", TERRACE_PLACE_FOLDER);
  assert_kind ("/dev/null", TERRACE_PLACE_SPECIAL);
  nothing = terrace_place_resolve (absent);
  g_assert_error (nothing->error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_cmpstr (nothing->path, ==, absent);
  terrace_test_remove_dir (dir);
}

static void
test_links_in_folders (void)
{
  g_autofree char *made = terrace_test_make_dir ();
  g_autofree char *dir = realpath (made, NULL);
  g_autofree char *file = g_build_filename (dir, "real", "file", NULL);
  g_autofree char *link = g_build_filename (dir, "link", NULL);
  g_autofree char *through = g_build_filename (link, "file", NULL);
  g_autoptr (TerracePlace) place = NULL;

  terrace_test_make_file (file, 1, 1);
  g_assert_cmpint (symlink ("real", link), ==, 0);
  place = terrace_place_resolve (through);
  g_assert_no_error (place->error);
  g_assert_cmpstr (place->path, ==, file);
  terrace_test_remove_dir (dir);
}

/* "/proc" is a file system of its own wherever the tests run. */
static void
test_mount (void)
{
  g_autoptr (TerracePlace) on_proc = terrace_place_resolve ("/proc/version");
  g_autoptr (TerracePlace) proc = terrace_place_resolve ("/proc");
  g_autoptr (TerracePlace) root = terrace_place_resolve ("/");

  g_assert_cmpstr (on_proc->mount, ==, "/proc");
  g_assert_cmpstr (proc->mount, ==, "/proc");
  g_assert_cmpstr (root->mount, ==, "/");
  g_assert_false (on_proc->solid_state);
}

static void
test_home (void)
{
  g_autofree char *home = realpath (g_get_home_dir (), NULL);
  g_autofree char *inside = g_build_filename (home, "file", NULL);
  g_autoptr (TerracePlace) in_home = NULL;
  g_autoptr (TerracePlace) itself = NULL;
  g_autoptr (TerracePlace) elsewhere = NULL;

  terrace_test_make_file (inside, 1, 1);
  in_home = terrace_place_resolve (inside);
  itself = terrace_place_resolve (home);
  elsewhere = terrace_place_resolve ("/proc/version");
  g_assert_cmpstr (in_home->home, ==, home);
  g_assert_cmpstr (itself->home, ==, home);
  g_assert_null (elsewhere->home);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = terrace_test_make_dir ();
  int status;

  g_setenv ("HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/place/below", test_below);
  g_test_add_func ("/engine/place/kinds", test_kinds);
  g_test_add_func ("/engine/place/links-in-folders", test_links_in_folders);
  g_test_add_func ("/engine/place/mount", test_mount);
  g_test_add_func ("/engine/place/home", test_home);

  status = g_test_run ();
  terrace_test_remove_dir (home);

  return status;
}
