/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A provider's price sheet as the rest of the program sees it. Immutable, any thread. */

#include "insight/terrace-price-sheet.h"

#include "insight/terrace-price-parser.h"

#include "base/terrace-units.h"

#define MONTHS_PER_YEAR 12.0
#define HOURS_PER_DAY 24.0
#define WATTS_PER_KILOWATT 1000.0

struct _TerracePriceSheet
{
  GObject parent_instance;

  TerracePriceContent *content;
  GHashTable *figures; /* class id (of the class) -> GPtrArray of TerracePriceFigure */
  GHashTable *by_id;   /* class id (of the class) -> TerraceStorageClass, borrowed */
};

G_DEFINE_FINAL_TYPE (TerracePriceSheet, terrace_price_sheet, G_TYPE_OBJECT)

static void
terrace_price_sheet_finalize (GObject *object)
{
  TerracePriceSheet *self = TERRACE_PRICE_SHEET (object);

  g_clear_pointer (&self->figures, g_hash_table_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->content, terrace_price_content_free);

  G_OBJECT_CLASS (terrace_price_sheet_parent_class)->finalize (object);
}

static void
terrace_price_sheet_class_init (TerracePriceSheetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_price_sheet_finalize;
}

static void
terrace_price_sheet_init (TerracePriceSheet *self)
{
  self->figures =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/* The sort of GPtrArray is stable: within a tier the order of the file stays. */
static int
compare_tiers (gconstpointer a, gconstpointer b)
{
  const TerraceStorageClass *first = *(const TerraceStorageClass *const *) a;
  const TerraceStorageClass *second = *(const TerraceStorageClass *const *) b;

  return (int) first->tier - (int) second->tier;
}

TerracePriceSheet *
terrace_price_sheet_parse (GBytes *bytes, const char *file_name, GError **error)
{
  g_autoptr (TerracePriceSheet) self = NULL;
  TerracePriceContent *content;

  g_return_val_if_fail (bytes != NULL && file_name != NULL, NULL);

  content = terrace_price_content_parse (bytes, file_name, error);
  if (content == NULL)
    return NULL;

  self = g_object_new (TERRACE_TYPE_PRICE_SHEET, NULL);
  self->content = content;
  for (guint i = 0; i < content->classes->len; i++)
    {
      TerraceStorageClass *storage_class = g_ptr_array_index (content->classes, i);
      GPtrArray *figures = g_ptr_array_index (content->figures, i);

      g_hash_table_insert (self->by_id, storage_class->id, storage_class);
      g_hash_table_insert (self->figures, storage_class->id, g_ptr_array_ref (figures));
    }
  g_ptr_array_sort (content->classes, compare_tiers);

  return g_steal_pointer (&self);
}

const char *
terrace_price_sheet_get_provider (TerracePriceSheet *self)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);

  return self->content->provider;
}

const char *
terrace_price_sheet_get_name (TerracePriceSheet *self)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);

  return self->content->name;
}

const char *
terrace_price_sheet_get_currency (TerracePriceSheet *self)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);

  return self->content->currency;
}

const char *
terrace_price_sheet_get_date (TerracePriceSheet *self)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);

  return self->content->date;
}

GPtrArray *
terrace_price_sheet_get_classes (TerracePriceSheet *self)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);

  return self->content->classes;
}

TerraceStorageClass *
terrace_price_sheet_find (TerracePriceSheet *self, const char *class_id)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);
  g_return_val_if_fail (class_id != NULL, NULL);

  return g_hash_table_lookup (self->by_id, class_id);
}

GPtrArray *
terrace_price_sheet_get_figures (TerracePriceSheet *self, const char *class_id)
{
  g_return_val_if_fail (TERRACE_IS_PRICE_SHEET (self), NULL);
  g_return_val_if_fail (class_id != NULL, NULL);

  return g_hash_table_lookup (self->figures, class_id);
}

double
terrace_price_local_gb_month (double disk_price,
                              guint64 capacity_bytes,
                              double lifetime_years,
                              double watts,
                              double kwh_price,
                              double copies)
{
  double disk_month;
  double power_month;

  g_return_val_if_fail (capacity_bytes > 0 && lifetime_years > 0.0, 0.0);

  disk_month = disk_price / (lifetime_years * MONTHS_PER_YEAR);
  power_month = watts * HOURS_PER_DAY * TERRACE_DAYS_PER_MONTH / WATTS_PER_KILOWATT * kwh_price;

  return (disk_month + power_month) / ((double) capacity_bytes / TERRACE_BYTES_PER_GB) * copies;
}
