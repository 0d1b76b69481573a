/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finds and reads price sheets: the program's own, then people's, which replace them provider by
 * provider. Runs on the engine's worker thread. */

#include "config.h"

#include "engine/terrace-price-folder.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_sheet_name (const char *name)
{
  return g_str_has_suffix (name, ".json") && name[0] != '.' && !g_str_equal (name, "schema.json");
}

/* (transfer full) (nullable): sorted, so that the result does not depend on the file system. */
static GPtrArray *
list_sheets (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (is_sheet_name (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  return g_steal_pointer (&names);
}

static TerracePriceSheet *
load_sheet (const char *path, GError **error)
{
  g_autofree char *display = terrace_display_name (path);
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length = 0;
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("The price sheet “%s” cannot be read"), display);
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || info.st_size > TERRACE_LIMIT_PRICE_SHEET_BYTES)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” is no price sheet: it is not a file or too large"), display);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;

  bytes = g_bytes_new_take (g_steal_pointer (&contents), length);
  return terrace_price_sheet_parse (bytes, display, error);
}

static gboolean
check_currency (GPtrArray *sheets, TerracePriceSheet *sheet, GError **error)
{
  const char *currency = terrace_price_sheet_get_currency (sheet);
  const char *expected;

  if (sheets->len == 0)
    return TRUE;
  expected = terrace_price_sheet_get_currency (g_ptr_array_index (sheets, 0));
  if (g_str_equal (currency, expected))
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("The price sheet “%s” is in %s and cannot be compared with the others, which "
                  "are in %s"),
               terrace_price_sheet_get_name (sheet), currency, expected);
  return FALSE;
}

static void
put_sheet (GPtrArray *sheets, TerracePriceSheet *sheet)
{
  const char *provider = terrace_price_sheet_get_provider (sheet);

  for (guint i = 0; i < sheets->len; i++)
    {
      TerracePriceSheet *other = g_ptr_array_index (sheets, i);

      if (g_str_equal (terrace_price_sheet_get_provider (other), provider))
        {
          g_ptr_array_remove_index (sheets, i);
          g_ptr_array_insert (sheets, (int) i, sheet);
          return;
        }
    }
  g_ptr_array_add (sheets, sheet);
}

static gboolean
add_sheet (GPtrArray *sheets, const char *path, GError **error)
{
  g_autoptr (TerracePriceSheet) sheet = load_sheet (path, error);

  if (sheet == NULL || !check_currency (sheets, sheet, error))
    return FALSE;

  put_sheet (sheets, g_steal_pointer (&sheet));
  return TRUE;
}

static gboolean
load_folder (const char *folder, GPtrArray *sheets, GPtrArray *problems, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GPtrArray) names = list_sheets (folder, &local_error);

  if (names == NULL)
    {
      /* Most people have no sheets of their own. */
      if (problems != NULL && g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      g_autoptr (GError) sheet_error = NULL;

      if (add_sheet (sheets, path, &sheet_error))
        continue;
      if (problems == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&sheet_error));
          return FALSE;
        }
      g_ptr_array_add (problems, g_strdup (sheet_error->message));
    }

  return TRUE;
}

GPtrArray *
terrace_price_folders_load (const char *const *folders, GPtrArray *problems, GError **error)
{
  g_autoptr (GPtrArray) sheets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; folders != NULL && folders[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (load_folder (folders[i], sheets, i == 0 ? NULL : problems, &local_error))
        continue;
      if (i == 0)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      g_ptr_array_add (problems, g_strdup (local_error->message));
    }

  return g_steal_pointer (&sheets);
}
