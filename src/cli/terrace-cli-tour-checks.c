/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tour checks, with its own eyes where it can: it reads the files itself and compares
 * them with the checksums it took before anything was moved. Main thread, but for the functions
 * named _func, which run on the tour's worker. */

#include "config.h"

#include "cli/terrace-cli-tour-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT, message);
  return FALSE;
}

static gboolean
check_files_func (TerraceTour *tour, GError **error)
{
  g_autofree char *sandboxes = g_build_filename (tour->root, "sandbox", NULL);
  guint n_files = 0;

  for (guint i = 0; i < tour->files->len; i++)
    if (!terrace_tour_file_check (g_ptr_array_index (tour->files, i),
                                  g_ptr_array_index (tour->paths, i), error))
      return FALSE;

  /* Each is where it should be; with as many files in all, none is there twice or left over. */
  if (!terrace_tour_count_files (sandboxes, &n_files, error))
    return FALSE;
  if (n_files != tour->files->len)
    return fail (error, _ ("There are more files than there should be: a copy was left behind"));
  return TRUE;
}

gboolean
terrace_tour_check_files (TerraceTour *tour, GError **error)
{
  g_autoptr (GPtrArray) items = terrace_tour_get_items (tour, error);

  if (items == NULL)
    return FALSE;
  g_ptr_array_set_size (tour->paths, 0);
  for (guint i = 0; i < items->len; i++)
    {
      g_autoptr (GFile) file = terrace_engine_get_file (tour->cli->engine, items->pdata[i]);

      if (file == NULL)
        return fail (error, _ ("The catalogue does not know where an object lies"));
      g_ptr_array_add (tour->paths, g_file_get_path (file));
    }
  return terrace_tour_run_on_worker (tour, check_files_func, error);
}

gboolean
terrace_tour_check_verify (TerraceTour *tour, GError **error)
{
  for (guint i = 0; i < tour->item_ids->len; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      gboolean matches = FALSE;

      terrace_engine_verify_async (tour->cli->engine, g_array_index (tour->item_ids, gint64, i),
                                   tour->cli->cancellable, terrace_cli_await_cb, &result);
      terrace_cli_await (&result);
      if (!terrace_engine_verify_finish (tour->cli->engine, result, &matches, error))
        return FALSE;
      if (!matches)
        return fail (error, _ ("An object is not what its checksum says"));
    }
  return TRUE;
}

/* A strict reader of RFC 4180: the number of rows, or 0 with @error where it is broken. */
static guint
parse_csv (const char *text, guint *n_columns, GError **error)
{
  guint n_rows = 0;
  guint columns = 1;
  gboolean quoted = FALSE;

  *n_columns = 0;
  for (const char *p = text; *p != '\0'; p++)
    {
      if (quoted)
        {
          if (p[0] == '"' && p[1] == '"')
            p++;
          else if (p[0] == '"')
            quoted = FALSE;
        }
      else if (*p == '"')
        quoted = TRUE;
      else if (*p == ',')
        columns++;
      else if (*p == '\n')
        {
          if (p == text || p[-1] != '\r' || (*n_columns != 0 && columns != *n_columns))
            {
              fail (error, _ ("The CSV has a row that is not like its header"));
              return 0;
            }
          *n_columns = columns;
          columns = 1;
          n_rows++;
        }
    }
  if (quoted)
    fail (error, _ ("The CSV ends within a cell"));
  return quoted ? 0 : n_rows;
}

static gboolean
check_csv_func (TerraceTour *tour, GError **error)
{
  g_autofree char *path = g_build_filename (tour->root, "objects.csv", NULL);
  g_autofree char *text = NULL;
  guint n_columns;
  guint n_rows;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  if (!g_utf8_validate (text, -1, NULL))
    return fail (error, _ ("The CSV is not UTF-8"));
  n_rows = parse_csv (text, &n_columns, error);
  if (n_rows == 0)
    return FALSE;
  if (n_rows != tour->files->len + 1 || tour->n_rows != tour->files->len)
    return fail (error, _ ("The CSV does not have one row per object"));
  if (strstr (text, ",=SUM") != NULL || strstr (text, "'=SUM") == NULL)
    return fail (error, _ ("The CSV has a name that a spreadsheet would run"));
  return TRUE;
}

gboolean
terrace_tour_check_export (TerraceTour *tour, GError **error)
{
  g_autofree char *path = g_build_filename (tour->root, "objects.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GAsyncResult) created = NULL;
  g_autoptr (GAsyncResult) exported = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  TerraceItemFilter filter;
  guint64 n_rows = 0;
  gboolean written;

  g_file_create_async (file, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, tour->cli->cancellable,
                       terrace_cli_await_cb, &created);
  terrace_cli_await (&created);
  stream = g_file_create_finish (file, created, error);
  if (stream == NULL)
    return FALSE;

  terrace_item_filter_init (&filter);
  terrace_engine_export_async (tour->cli->engine, TERRACE_EXPORT_OBJECTS, &filter,
                               TERRACE_ITEM_SORT_SIZE, TRUE, G_OUTPUT_STREAM (stream),
                               tour->cli->cancellable, terrace_cli_await_cb, &exported);
  terrace_cli_await (&exported);
  terrace_item_filter_clear (&filter);
  written = terrace_engine_export_finish (tour->cli->engine, exported, &n_rows, error);
  tour->n_rows = (guint) n_rows;

  g_output_stream_close_async (G_OUTPUT_STREAM (stream), G_PRIORITY_DEFAULT, NULL,
                               terrace_cli_await_cb, &closed);
  terrace_cli_await (&closed);
  return g_output_stream_close_finish (G_OUTPUT_STREAM (stream), closed, written ? error : NULL) &&
         written && terrace_tour_run_on_worker (tour, check_csv_func, error);
}

gboolean
terrace_tour_check_temperatures (TerraceTour *tour, GError **error)
{
  static const TerraceTemperature expected[] = {
    [TERRACE_TOUR_HOT] = TERRACE_TEMPERATURE_HOT,
    [TERRACE_TOUR_WARM] = TERRACE_TEMPERATURE_WARM,
    [TERRACE_TOUR_COLD] = TERRACE_TEMPERATURE_COLD,
  };
  g_autoptr (GPtrArray) items = terrace_tour_get_items (tour, error);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);
      TerraceTourFile *file = g_ptr_array_index (tour->files, i);

      if (item->temperature == expected[file->use])
        continue;
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                   _ ("%s was found %s, which its use does not bear out"), item->name,
                   terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, item->temperature));
      return FALSE;
    }
  return TRUE;
}
