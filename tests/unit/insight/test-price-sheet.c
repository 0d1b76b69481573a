/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-price-sheet.c: look-ups, the price of a disk of one's own, and the
 * sheets that are shipped. */

#include "insight-support.h"
#include "sheet-text.h"

#include "base/terrace-error.h"

#include <string.h>

static TerracePriceSheet *
load_text (void)
{
  g_autoptr (GBytes) bytes = sheet_text_bytes (SHEET);
  g_autoptr (GError) error = NULL;
  TerracePriceSheet *sheet = terrace_price_sheet_parse (bytes, "mine.json", &error);

  g_assert_no_error (error);
  return sheet;
}

static void
test_look_ups (void)
{
  g_autoptr (TerracePriceSheet) sheet = load_text ();
  GPtrArray *classes = terrace_price_sheet_get_classes (sheet);
  const TerraceStorageClass *cold = terrace_price_sheet_find (sheet, "mine/COLD");

  g_assert_cmpstr (terrace_price_sheet_get_provider (sheet), ==, "mine");
  g_assert_cmpstr (terrace_price_sheet_get_name (sheet), ==, "My prices");
  g_assert_cmpstr (terrace_price_sheet_get_currency (sheet), ==, "EUR");
  g_assert_cmpstr (terrace_price_sheet_get_date (sheet), ==, "2026-11-22");

  g_assert_cmpstr (cold->id, ==, "mine/COLD");
  g_assert_cmpstr (cold->provider, ==, "mine");
  g_assert_cmpstr (cold->code, ==, "COLD");
  g_assert_cmpstr (cold->name, ==, "Cold things");
  g_assert_cmpstr (cold->region, ==, "home");
  g_assert_cmpint (cold->tier, ==, TERRACE_TIER_COLD);
  g_assert_null (terrace_price_sheet_find (sheet, "COLD"));
  g_assert_null (terrace_price_sheet_find (sheet, "aws/COLD"));
  g_assert_null (terrace_price_sheet_get_figures (sheet, "mine/WARM"));

  /* The file has the cold class first. */
  g_assert_cmpuint (classes->len, ==, 2);
  g_assert_cmpint (((TerraceStorageClass *) classes->pdata[0])->tier, ==, TERRACE_TIER_HOT);
  g_assert_true (classes->pdata[1] == cold);
}

static void
test_disk (void)
{
  g_autoptr (TerracePriceSheet) sheet = load_text ();
  const TerraceStorageClass *disk = terrace_price_sheet_find (sheet, "mine/DISK");
  GPtrArray *figures = terrace_price_sheet_get_figures (sheet, "mine/DISK");
  const TerracePriceFigure *first = g_ptr_array_index (figures, 0);

  /* 120 over 60 months and 7.2 kWh a month at 0.5, for 1000 GB, twice. */
  g_assert_cmpfloat_with_epsilon (disk->gb_month, (2.0 + 3.6) / 1000.0 * 2.0, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_price_local_gb_month (120,
                                                                G_GUINT64_CONSTANT (1073741824000),
                                                                5, 10, 0.5, 2),
                                  disk->gb_month, 1e-15);

  g_assert_cmpstr (first->field, ==, "gb_month");
  g_assert_cmpfloat (first->value, ==, disk->gb_month);
  g_assert_cmpstr (first->source, ==, "Offer by mail");
  g_assert_cmpstr (first->note, !=, "");
  g_assert_cmpuint (figures->len, ==, 1 + 6 + 9);
}

static void
test_refuses (void)
{
  g_autoptr (GBytes) bytes = sheet_text_replace ("'value': 0.02", "'value': -1");
  g_autoptr (GError) error = NULL;

  g_assert_null (terrace_price_sheet_parse (bytes, "mine.json", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* What others build on: these classes, in these tiers. */
static const struct
{
  const char *id;
  TerraceTier tier;
} shipped[] = {
  { "aws/STANDARD", TERRACE_TIER_HOT },        { "aws/INTELLIGENT_TIERING", TERRACE_TIER_HOT },
  { "aws/EXPRESS_ONEZONE", TERRACE_TIER_HOT }, { "aws/STANDARD_IA", TERRACE_TIER_WARM },
  { "aws/ONEZONE_IA", TERRACE_TIER_WARM },     { "aws/GLACIER_IR", TERRACE_TIER_COLD },
  { "aws/GLACIER", TERRACE_TIER_ARCHIVE },     { "aws/DEEP_ARCHIVE", TERRACE_TIER_ARCHIVE },
  { "azure/Hot", TERRACE_TIER_HOT },           { "azure/Cool", TERRACE_TIER_WARM },
  { "azure/Cold", TERRACE_TIER_COLD },         { "azure/Archive", TERRACE_TIER_ARCHIVE },
  { "gcs/STANDARD", TERRACE_TIER_HOT },        { "gcs/NEARLINE", TERRACE_TIER_WARM },
  { "gcs/COLDLINE", TERRACE_TIER_COLD },       { "gcs/ARCHIVE", TERRACE_TIER_ARCHIVE },
  { "local/ssd", TERRACE_TIER_HOT },           { "local/hdd", TERRACE_TIER_WARM },
  { "local/nas", TERRACE_TIER_WARM },
};

static void
test_shipped_classes (void)
{
  g_autoptr (GPtrArray) classes = insight_load_classes ();

  g_assert_cmpuint (classes->len, ==, G_N_ELEMENTS (shipped));
  for (gsize i = 0; i < G_N_ELEMENTS (shipped); i++)
    {
      const TerraceStorageClass *storage_class = insight_find_class (classes, shipped[i].id);

      g_assert_cmpint (storage_class->tier, ==, shipped[i].tier);
      g_assert_cmpfloat (storage_class->gb_month, >, 0.0);
      g_assert_cmpuint (storage_class->first_byte_ms, >, 0);
      /* Nobody waits for a restore of what is not archived. */
      g_assert_true (!storage_class->offline || storage_class->tier == TERRACE_TIER_ARCHIVE);
      g_assert_true (storage_class->offline == (storage_class->first_byte_ms > 3600000));
    }
}

static void
check_figures (TerracePriceSheet *sheet, const TerraceStorageClass *storage_class)
{
  GPtrArray *figures = terrace_price_sheet_get_figures (sheet, storage_class->id);

  g_assert_cmpuint (figures->len, >=, 10);
  for (guint i = 0; i < figures->len; i++)
    {
      const TerracePriceFigure *figure = g_ptr_array_index (figures, i);

      g_assert_cmpstr (figure->field, !=, "");
      g_assert_cmpstr (figure->unit, !=, "");
      g_assert_cmpstr (figure->source, !=, "");
      g_assert_cmpstr (figure->date, !=, "");
      if (strstr (figure->source, "from memory") != NULL)
        g_assert_cmpstr (figure->note, ==, "from memory, verify");
    }
}

static void
test_shipped_figures (void)
{
  for (int i = 0; i < N_SHEETS; i++)
    {
      g_autoptr (TerracePriceSheet) sheet = insight_load_sheet (insight_sheet_names[i]);
      GPtrArray *classes = terrace_price_sheet_get_classes (sheet);
      TerraceTier tier = TERRACE_TIER_HOT;

      g_assert_cmpstr (terrace_price_sheet_get_currency (sheet), ==, "USD");
      for (guint j = 0; j < classes->len; j++)
        {
          const TerraceStorageClass *storage_class = g_ptr_array_index (classes, j);

          g_assert_cmpint (storage_class->tier, >=, tier);
          tier = storage_class->tier;
          check_figures (sheet, storage_class);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/price-sheet/look-ups", test_look_ups);
  g_test_add_func ("/insight/price-sheet/disk", test_disk);
  g_test_add_func ("/insight/price-sheet/refuses", test_refuses);
  g_test_add_func ("/insight/price-sheet/shipped-classes", test_shipped_classes);
  g_test_add_func ("/insight/price-sheet/shipped-figures", test_shipped_figures);

  return g_test_run ();
}
