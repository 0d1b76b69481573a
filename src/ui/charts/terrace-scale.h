/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The axis of a chart: from values to pixels, round ticks, and words for a value. Pure; needs no
 * display. */

G_BEGIN_DECLS

/**
 * TerraceUnit:
 * @TERRACE_UNIT_NUMBER: as it is, in the person's locale
 * @TERRACE_UNIT_BYTES: "1.2 GB"
 * @TERRACE_UNIT_RATE: bytes a second, "3 MB/s"
 * @TERRACE_UNIT_MONEY: in the scale's currency
 * @TERRACE_UNIT_MILLISECONDS: "12 ms", "3.5 s"
 * @TERRACE_UNIT_FRACTION: 0.25 reads "25%"
 * @TERRACE_UNIT_TIME: seconds since 1970, told as local dates
 * @TERRACE_UNIT_CATEGORY: 0, 1, 2...: the words that were set
 */
typedef enum
{
  TERRACE_UNIT_NUMBER,
  TERRACE_UNIT_BYTES,
  TERRACE_UNIT_RATE,
  TERRACE_UNIT_MONEY,
  TERRACE_UNIT_MILLISECONDS,
  TERRACE_UNIT_FRACTION,
  TERRACE_UNIT_TIME,
  TERRACE_UNIT_CATEGORY,
} TerraceUnit;

typedef struct
{
  double value;
  char *label;
} TerraceTick;

typedef struct _TerraceScale TerraceScale;

TerraceScale *terrace_scale_new (TerraceUnit unit);
void terrace_scale_free (TerraceScale *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceScale, terrace_scale_free)

TerraceUnit terrace_scale_get_unit (TerraceScale *self);
/* For TERRACE_UNIT_MONEY; "USD" until it is set. */
void terrace_scale_set_currency (TerraceScale *self, const char *currency);
/* For TERRACE_UNIT_CATEGORY. @labels: (array zero-terminated=1) */
void terrace_scale_set_categories (TerraceScale *self, const char *const *labels);
/* (nullable): the zone of TERRACE_UNIT_TIME; the local one until it is set. For tests. */
void terrace_scale_set_time_zone (TerraceScale *self, GTimeZone *zone);

/* What the axis covers. Equal or turned bounds are widened to something that can be drawn. */
void terrace_scale_set_range (TerraceScale *self, double low, double high);
void terrace_scale_get_range (TerraceScale *self, double *low, double *high);
/* The same, widened to round numbers: what a value axis does. With @from_zero it covers 0. */
void terrace_scale_set_nice_range (TerraceScale *self, double low, double high, gboolean from_zero);

/* 0 at the range's beginning, 1 at its end; beyond for what lies outside. */
double terrace_scale_get_fraction (TerraceScale *self, double value);
double terrace_scale_get_value (TerraceScale *self, double fraction);

/* (transfer full) (element-type TerraceTick): at most @n_max (at least 2) round ticks within the
 * range; times at full minutes, hours, days, months or years of the zone. */
GArray *terrace_scale_get_ticks (TerraceScale *self, guint n_max);

/* (transfer full): in full, for the read-out: a time with its date. */
char *terrace_scale_format (TerraceScale *self, double value);

/* The smallest of 1, 2, 2.5, 5 times a power of ten that is @step or more; of bytes, powers of 1000
 * are decimal anyway. */
double terrace_scale_round_step (double step);

G_END_DECLS
