/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-storage-class.h"

/* A provider's prices, from one JSON file of data/prices/ (format: data/prices/schema.json).
 * Reading the file is the engine's; this parses bytes. Immutable. The folder's schema.json is no
 * sheet: a reader of *.json leaves it out. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PRICE_SHEET (terrace_price_sheet_get_type ())
G_DECLARE_FINAL_TYPE (TerracePriceSheet, terrace_price_sheet, TERRACE, PRICE_SHEET, GObject)

/**
 * TerracePriceFigure:
 * One figure with where it comes from, for people who check: as the price list prints it.
 * @field: "gb_month", a member of TerraceStorageClass
 * @value: in @unit, not converted; yes is 1, no is 0; -1: not possible (null in the file)
 * @unit: "per GB-month", "per 1,000 requests"
 * @source: title of the first source
 * @date: of that source, ISO 8601 (perhaps a year or a month only), or ""
 * @note: "" if there is none
 */
typedef struct
{
  char *field;
  double value;
  char *unit;
  char *source;
  char *date;
  char *note;
} TerracePriceFigure;

/**
 * terrace_price_sheet_parse:
 * @bytes: the JSON text
 * @file_name: for error messages only
 *
 * Returns: (transfer full) (nullable): %NULL and %TERRACE_ERROR_INVALID whose message names file,
 *   class and field, for anything missing, of a wrong type, negative, NaN or absurd
 */
TerracePriceSheet *terrace_price_sheet_parse (GBytes *bytes, const char *file_name, GError **error);

const char *terrace_price_sheet_get_provider (TerracePriceSheet *self);
const char *terrace_price_sheet_get_name (TerracePriceSheet *self);
const char *terrace_price_sheet_get_currency (TerracePriceSheet *self);
/* ISO 8601 date the sheet was put together. */
const char *terrace_price_sheet_get_date (TerracePriceSheet *self);

/* (transfer none) (element-type TerraceStorageClass): hottest tier first, in the order of the file
 * within a tier. */
GPtrArray *terrace_price_sheet_get_classes (TerracePriceSheet *self);
/* (transfer none) (nullable): by id, "aws/STANDARD". */
TerraceStorageClass *terrace_price_sheet_find (TerracePriceSheet *self, const char *class_id);
/* (transfer none) (nullable) (element-type TerracePriceFigure): the figures behind a class. */
GPtrArray *terrace_price_sheet_get_figures (TerracePriceSheet *self, const char *class_id);

/**
 * terrace_price_local_gb_month:
 * @disk_price: what the disk cost
 * @capacity_bytes: what fits on it
 * @lifetime_years: how long it will be used
 * @watts: mean power drawn
 * @kwh_price: price of a kilowatt-hour
 * @copies: how many disks hold every byte (2 for a mirror)
 *
 * Returns: price per GB and month of a disk of one's own:
 *   (disk_price / (lifetime * 12) + watts * 24 * 30 / 1000 * kwh_price) / GB * copies
 */
double terrace_price_local_gb_month (double disk_price,
                                     guint64 capacity_bytes,
                                     double lifetime_years,
                                     double watts,
                                     double kwh_price,
                                     double copies);

G_END_DECLS
