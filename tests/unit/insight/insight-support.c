/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of insight share: shipped sheets as they are in the source tree. */

#include "config.h"

#include "insight-support.h"

#include <math.h>

const char *const insight_sheet_names[N_SHEETS] = { "aws.json", "azure.json", "gcs.json",
                                                    "local.json" };

GBytes *
insight_load_sheet_bytes (const char *file_name)
{
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "prices", file_name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize length = 0;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (text, length);
}

TerracePriceSheet *
insight_load_sheet (const char *file_name)
{
  g_autoptr (GBytes) bytes = insight_load_sheet_bytes (file_name);
  g_autoptr (GError) error = NULL;
  TerracePriceSheet *sheet = terrace_price_sheet_parse (bytes, file_name, &error);

  g_assert_no_error (error);
  g_assert_nonnull (sheet);
  return sheet;
}

GPtrArray *
insight_load_classes (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_storage_class_unref);

  for (int i = 0; i < N_SHEETS; i++)
    {
      g_autoptr (TerracePriceSheet) sheet = insight_load_sheet (insight_sheet_names[i]);
      GPtrArray *classes = terrace_price_sheet_get_classes (sheet);

      for (guint j = 0; j < classes->len; j++)
        g_ptr_array_add (all, terrace_storage_class_ref (g_ptr_array_index (classes, j)));
    }
  return all;
}

TerraceStorageClass *
insight_find_class (GPtrArray *classes, const char *class_id)
{
  for (guint i = 0; i < classes->len; i++)
    {
      TerraceStorageClass *storage_class = g_ptr_array_index (classes, i);

      if (g_str_equal (storage_class->id, class_id))
        return storage_class;
    }
  g_error ("no class %s in the shipped sheets", class_id);
}

double
insight_random_magnitude (GRand *rand, double low, double high)
{
  return exp (g_rand_double_range (rand, log (low), log (high)));
}
