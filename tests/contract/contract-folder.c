/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the contract tests of the local and the sandbox location share. */

#include "contract-folder.h"

#include "provider/terrace-provider-registry.h"
#include "terrace-test-support.h"

#include <ftw.h>
#include <glib/gstdio.h>

typedef struct
{
  char *path;
  TerraceProviderRegistry *registry;
} Folder;

gpointer
contract_folder_set_up (void)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->path = terrace_test_make_dir ();
  folder->registry = terrace_provider_registry_new ();

  return folder;
}

const char *
contract_folder_get_path (gpointer place)
{
  Folder *folder = place;

  return folder->path;
}

/* Takes over @location; it has no id, so each call makes a new provider. */
TerraceProvider *
contract_folder_make_provider (gpointer place, TerraceLocation *location)
{
  Folder *folder = place;
  g_autoptr (GError) error = NULL;
  TerraceProvider *provider = terrace_provider_registry_get (folder->registry, location, &error);

  g_assert_no_error (error);
  g_object_unref (location);
  return provider;
}

/* Always another file under the same name, as careful programs write. */
void
contract_folder_overwrite (gpointer place, const char *key, GBytes *bytes)
{
  Folder *folder = place;
  g_autofree char *path = g_build_filename (folder->path, key, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *other = g_build_filename (parent, ".terrace-other", NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents_full (other, data, length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

static guint n_traces;

static int
count_cb (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  n_traces += walk->level > 0;
  return 0;
}

guint
contract_folder_count_traces (gpointer place)
{
  Folder *folder = place;

  n_traces = 0;
  g_assert_cmpint (nftw (folder->path, count_cb, 16, FTW_PHYS), ==, 0);
  return n_traces;
}

void
contract_folder_tear_down (gpointer place)
{
  Folder *folder = place;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_registry_shutdown_async (folder->registry, NULL, terrace_test_store_result,
                                            &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_registry_shutdown_finish (folder->registry, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  terrace_test_settle ();

  g_assert_finalize_object (folder->registry);
  terrace_test_remove_dir (folder->path);
  g_free (folder->path);
  g_free (folder);
}
