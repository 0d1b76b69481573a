/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Axes: round numbers and local dates. Pure; main thread only because the locale's words are. */

#include "config.h"

#include "ui/charts/terrace-scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/terrace-units.h"

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0
#define MONTH (30.4375 * DAY)
#define YEAR (365.25 * DAY)

struct _TerraceScale
{
  TerraceUnit unit;
  char *currency;
  GStrv categories;
  GTimeZone *zone;
  double low;
  double high;
};

typedef enum
{
  STEP_SECONDS, /* and minutes, which are the same in every zone */
  STEP_HOURS,
  STEP_DAYS,
  STEP_MONTHS,
  STEP_YEARS,
} StepKind;

/* Steps a clock and a calendar have; years beyond the last are round numbers. */
static const struct
{
  double seconds;
  StepKind kind;
  int count;
} time_steps[] = {
  { 1, STEP_SECONDS, 1 },
  { 5, STEP_SECONDS, 5 },
  { 10, STEP_SECONDS, 10 },
  { 30, STEP_SECONDS, 30 },
  { MINUTE, STEP_SECONDS, 60 },
  { 5 * MINUTE, STEP_SECONDS, 300 },
  { 15 * MINUTE, STEP_SECONDS, 900 },
  { 30 * MINUTE, STEP_SECONDS, 1800 },
  { HOUR, STEP_HOURS, 1 },
  { 3 * HOUR, STEP_HOURS, 3 },
  { 6 * HOUR, STEP_HOURS, 6 },
  { 12 * HOUR, STEP_HOURS, 12 },
  { DAY, STEP_DAYS, 1 },
  { 2 * DAY, STEP_DAYS, 2 },
  { 7 * DAY, STEP_DAYS, 7 },
  { 14 * DAY, STEP_DAYS, 14 },
  { MONTH, STEP_MONTHS, 1 },
  { 3 * MONTH, STEP_MONTHS, 3 },
  { 6 * MONTH, STEP_MONTHS, 6 },
  { YEAR, STEP_YEARS, 1 },
  { 2 * YEAR, STEP_YEARS, 2 },
  { 5 * YEAR, STEP_YEARS, 5 },
  { 10 * YEAR, STEP_YEARS, 10 },
  { 50 * YEAR, STEP_YEARS, 50 },
};

static void
tick_clear (gpointer data)
{
  g_free (((TerraceTick *) data)->label);
}

static void
add_tick (GArray *ticks, double value, char *label)
{
  TerraceTick tick = { value, label };

  g_array_append_val (ticks, tick);
}

double
terrace_scale_round_step (double step)
{
  static const double factors[] = { 1, 2, 2.5, 5, 10 };
  double power;

  g_return_val_if_fail (step > 0 && isfinite (step), 1);

  power = pow (10, floor (log10 (step)));
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    if (step <= factors[i] * power * (1 + 1e-9))
      return factors[i] * power;
  return 10 * power;
}

/* --- Words --------------------------------------------------------------------------------- */

/* @step: between the values beside it, or 0 to be exact. */
static char *
format_number (double value, double step)
{
  int decimals = 0;

  if (step > 0)
    {
      decimals = step < 1 ? (int) ceil (-log10 (step) - 1e-9) : 0;
      /* 2.5 and 0.25 need one more than their power of ten. */
      if (fabs (step * pow (10, decimals) - round (step * pow (10, decimals))) > 1e-6)
        decimals++;
    }
  else if (fabs (value - round (value)) > 1e-9)
    decimals = fabs (value) < 1 ? 3 : fabs (value) < 100 ? 2 : 1;
  /* No "-0". */
  if (fabs (value) < pow (10, -decimals) / 2)
    value = 0;
  return g_strdup_printf ("%'.*f", CLAMP (decimals, 0, 12), value);
}

static char *
format_latency (double ms)
{
  if (ms > 0 && ms < 10)
    {
      g_autofree char *number = format_number (ms, ms < 1 ? 0.01 : 0.1);

      /* Translators: milliseconds */
      return g_strdup_printf (_ ("%s ms"), number);
    }
  return terrace_format_latency ((guint64) MAX (round (ms), 0));
}

static char *
format_fraction (double value, double step)
{
  g_autofree char *number = format_number (value * 100, step > 0 ? step * 100 : 0);

  /* Translators: a part of a whole, 25% */
  return g_strdup_printf (_ ("%s%%"), number);
}

/* @step: see format_number(). */
static char *
terrace_scale_format_step (TerraceScale *self, double value, double step)
{
  const char *sign = value < 0 ? "−" : "";
  g_autofree char *text = NULL;

  switch (self->unit)
    {
    case TERRACE_UNIT_BYTES:
      text = g_format_size ((guint64) round (fabs (value)));
      return g_strconcat (sign, text, NULL);
    case TERRACE_UNIT_RATE:
      text = terrace_format_rate (fabs (value));
      return g_strconcat (sign, text, NULL);
    case TERRACE_UNIT_MONEY:
      text = terrace_format_money (fabs (value), self->currency);
      return g_strconcat (sign, text, NULL);
    case TERRACE_UNIT_MILLISECONDS:
      return format_latency (value);
    case TERRACE_UNIT_FRACTION:
      return format_fraction (value, step);
    case TERRACE_UNIT_CATEGORY:
      if (value >= 0 && self->categories != NULL && value < g_strv_length (self->categories))
        return g_strdup (self->categories[(guint) value]);
      return g_strdup ("");
    case TERRACE_UNIT_NUMBER:
    case TERRACE_UNIT_TIME:
    default:
      return format_number (value, step);
    }
}

/* Seconds are kept as doubles: far beyond the calendar there is no date to tell. */
static GDateTime *
terrace_scale_get_date (TerraceScale *self, double seconds)
{
  g_autoptr (GDateTime) utc = NULL;

  if (!(fabs (seconds) < 2e11))
    return NULL;
  utc = g_date_time_new_from_unix_utc ((gint64) floor (seconds));
  return utc != NULL ? g_date_time_to_timezone (utc, self->zone) : NULL;
}

char *
terrace_scale_format (TerraceScale *self, double value)
{
  g_autoptr (GDateTime) date = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (isnan (value))
    return g_strdup ("");
  if (self->unit != TERRACE_UNIT_TIME)
    return terrace_scale_format_step (self, value, 0);
  date = terrace_scale_get_date (self, value);
  if (date == NULL)
    return g_strdup ("");
  if (self->high - self->low <= 10 * MINUTE)
    /* Translators: day and time to the second, for strftime */
    return g_date_time_format (date, _ ("%-d %b, %H:%M:%S"));
  if (self->high - self->low <= 14 * DAY)
    /* Translators: day and time, for strftime */
    return g_date_time_format (date, _ ("%-d %b, %H:%M"));
  /* Translators: a day, for strftime */
  return g_date_time_format (date, _ ("%-d %b %Y"));
}

/* --- Ticks --------------------------------------------------------------------------------- */

/* The first moment of a step that is not before @date. */
static GDateTime *
floor_date (GDateTime *date, GTimeZone *zone, StepKind kind, int count)
{
  int year = g_date_time_get_year (date);
  int month = g_date_time_get_month (date);
  int day = g_date_time_get_day_of_month (date);

  switch (kind)
    {
    case STEP_HOURS:
      return g_date_time_new (zone, year, month, day, g_date_time_get_hour (date) / count * count,
                              0, 0);
    case STEP_DAYS:
      /* Weeks begin on Monday; other days are counted from the month's first. */
      if (count % 7 == 0)
        {
          g_autoptr (GDateTime) midnight = g_date_time_new (zone, year, month, day, 0, 0, 0);

          return g_date_time_add_days (midnight, 1 - g_date_time_get_day_of_week (date));
        }
      return g_date_time_new (zone, year, month, (day - 1) / count * count + 1, 0, 0, 0);
    case STEP_MONTHS:
      return g_date_time_new (zone, year, (month - 1) / count * count + 1, 1, 0, 0, 0);
    case STEP_YEARS:
      return g_date_time_new (zone, MAX (year / count * count, 1), 1, 1, 0, 0, 0);
    case STEP_SECONDS:
    default:
      return g_date_time_add_seconds (date, -(g_date_time_to_unix (date) % count) -
                                                g_date_time_get_microsecond (date) / 1e6);
    }
}

static GDateTime *
next_date (GDateTime *date, StepKind kind, int count)
{
  switch (kind)
    {
    case STEP_HOURS:
      return g_date_time_add_hours (date, count);
    case STEP_DAYS:
      return g_date_time_add_days (date, count);
    case STEP_MONTHS:
      return g_date_time_add_months (date, count);
    case STEP_YEARS:
      return g_date_time_add_years (date, count);
    case STEP_SECONDS:
    default:
      return g_date_time_add_seconds (date, count);
    }
}

/* What changes from tick to tick; what it belongs to is in the read-out. */
static char *
format_date_tick (GDateTime *date, StepKind kind, int count)
{
  gboolean midnight = g_date_time_get_hour (date) == 0 && g_date_time_get_minute (date) == 0 &&
                      g_date_time_get_second (date) == 0;

  if (kind == STEP_YEARS || (kind == STEP_MONTHS && g_date_time_get_month (date) == 1))
    return g_date_time_format (date, "%Y");
  if (kind == STEP_MONTHS)
    return g_date_time_format (date, "%b");
  if (kind == STEP_DAYS || midnight)
    /* Translators: day and month of an axis, for strftime */
    return g_date_time_format (date, _ ("%-d %b"));
  if (kind == STEP_SECONDS && count < 60)
    return g_date_time_format (date, "%H:%M:%S");
  return g_date_time_format (date, "%H:%M");
}

static void
terrace_scale_add_time_ticks (TerraceScale *self, GArray *ticks, guint n_max)
{
  double wanted = (self->high - self->low) / n_max;
  StepKind kind = STEP_YEARS;
  int count = 100 * (int) ceil (wanted / YEAR / 100);
  g_autoptr (GDateTime) first = terrace_scale_get_date (self, self->low);
  g_autoptr (GDateTime) date = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (time_steps); i++)
    if (time_steps[i].seconds >= wanted)
      {
        kind = time_steps[i].kind;
        count = time_steps[i].count;
        break;
      }
  if (first == NULL || count <= 0)
    return;

  date = floor_date (first, self->zone, kind, count);
  for (guint i = 0; date != NULL && i < 4 * n_max; i++)
    {
      double at = (double) g_date_time_to_unix (date);
      g_autoptr (GDateTime) next = next_date (date, kind, count);

      if (at > self->high)
        break;
      if (at >= self->low && ticks->len < n_max)
        add_tick (ticks, at, format_date_tick (date, kind, count));
      /* Steps of days begin anew each month, and hours each day, whatever the clocks did. */
      g_clear_pointer (&date, g_date_time_unref);
      if (next != NULL)
        {
          date = floor_date (next, self->zone, kind, count);
          if (date != NULL && (double) g_date_time_to_unix (date) <= at)
            {
              g_date_time_unref (date);
              date = g_steal_pointer (&next);
            }
        }
    }
}

static void
terrace_scale_add_number_ticks (TerraceScale *self, GArray *ticks, guint n_max)
{
  double step = terrace_scale_round_step ((self->high - self->low) / n_max);
  double first;

  /* Counted from 0, so that a million steps do not add up their errors. */
  if ((self->high - self->low) / step + 1 > n_max + 1e-9)
    step = terrace_scale_round_step (step * 1.01);
  first = ceil (self->low / step - 1e-9);
  for (guint i = 0; i < n_max; i++)
    {
      double value = (first + i) * step;

      if (value > self->high + step * 1e-9)
        break;
      add_tick (ticks, value, terrace_scale_format_step (self, value, step));
    }
}

GArray *
terrace_scale_get_ticks (TerraceScale *self, guint n_max)
{
  GArray *ticks;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_max >= 2, NULL);

  ticks = g_array_new (FALSE, FALSE, sizeof (TerraceTick));
  g_array_set_clear_func (ticks, tick_clear);
  if (self->unit == TERRACE_UNIT_TIME)
    terrace_scale_add_time_ticks (self, ticks, n_max);
  else if (self->unit == TERRACE_UNIT_CATEGORY)
    {
      guint n_labels = self->categories != NULL ? g_strv_length (self->categories) : 0;
      guint every = n_labels / n_max + (n_labels % n_max > 0);

      /* A category's word stands under the middle of its bar. */
      for (guint i = 0; i < n_labels; i += every)
        if (i + 0.5 >= self->low && i + 0.5 <= self->high)
          add_tick (ticks, i + 0.5, g_strdup (self->categories[i]));
    }
  else
    terrace_scale_add_number_ticks (self, ticks, n_max);
  return ticks;
}

/* --- Scale --------------------------------------------------------------------------------- */

TerraceScale *
terrace_scale_new (TerraceUnit unit)
{
  TerraceScale *self = g_new0 (TerraceScale, 1);

  self->unit = unit;
  self->currency = g_strdup ("USD");
  self->zone = g_time_zone_new_local ();
  self->high = 1;
  return self;
}

void
terrace_scale_free (TerraceScale *self)
{
  g_free (self->currency);
  g_strfreev (self->categories);
  g_time_zone_unref (self->zone);
  g_free (self);
}

TerraceUnit
terrace_scale_get_unit (TerraceScale *self)
{
  g_return_val_if_fail (self != NULL, TERRACE_UNIT_NUMBER);

  return self->unit;
}

void
terrace_scale_set_currency (TerraceScale *self, const char *currency)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (currency != NULL);

  g_free (self->currency);
  self->currency = g_strdup (currency);
}

void
terrace_scale_set_categories (TerraceScale *self, const char *const *labels)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (labels != NULL);

  g_strfreev (self->categories);
  self->categories = g_strdupv ((GStrv) labels);
}

void
terrace_scale_set_time_zone (TerraceScale *self, GTimeZone *zone)
{
  g_return_if_fail (self != NULL);

  g_time_zone_unref (self->zone);
  self->zone = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_local ();
}

void
terrace_scale_set_range (TerraceScale *self, double low, double high)
{
  g_return_if_fail (self != NULL);

  if (!isfinite (low) || !isfinite (high))
    low = high = 0;
  self->low = MIN (low, high);
  self->high = MAX (low, high);
  /* Nothing can be drawn on a range without extent, nor on one that rounding eats up. */
  if (self->high - self->low <= fabs (self->high) * 1e-12)
    {
      double half = self->unit == TERRACE_UNIT_TIME ? MINUTE : MAX (fabs (self->high) / 2, 0.5);

      self->low -= half;
      self->high += half;
    }
}

void
terrace_scale_get_range (TerraceScale *self, double *low, double *high)
{
  g_return_if_fail (self != NULL);

  if (low != NULL)
    *low = self->low;
  if (high != NULL)
    *high = self->high;
}

void
terrace_scale_set_nice_range (TerraceScale *self, double low, double high, gboolean from_zero)
{
  double step;

  g_return_if_fail (self != NULL);

  if (from_zero)
    {
      low = MIN (low, 0);
      high = MAX (high, 0);
      if (low >= 0 && high <= 0)
        high = 1;
    }
  terrace_scale_set_range (self, low, high);
  step = terrace_scale_round_step ((self->high - self->low) / 5);
  self->low = floor (self->low / step + 1e-9) * step;
  self->high = ceil (self->high / step - 1e-9) * step;
}

double
terrace_scale_get_fraction (TerraceScale *self, double value)
{
  g_return_val_if_fail (self != NULL, 0);

  return (value - self->low) / (self->high - self->low);
}

double
terrace_scale_get_value (TerraceScale *self, double fraction)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->low + fraction * (self->high - self->low);
}
