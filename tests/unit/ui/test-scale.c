/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Axes: round numbers, local dates, words. */

#include "config.h"

#include <locale.h>
#include <math.h>

#include "ui/charts/terrace-scale.h"

#define DAY 86400.0

static void
assert_labels (TerraceScale *scale, guint n_max, const char *expected)
{
  g_autoptr (GArray) ticks = terrace_scale_get_ticks (scale, n_max);
  g_autoptr (GString) text = g_string_new (NULL);
  double low, high;

  terrace_scale_get_range (scale, &low, &high);
  g_assert_cmpuint (ticks->len, <=, n_max);
  for (guint i = 0; i < ticks->len; i++)
    {
      const TerraceTick *tick = &g_array_index (ticks, TerraceTick, i);

      g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", tick->label);
      g_assert_cmpfloat (tick->value, >=, low - 1e-6);
      g_assert_cmpfloat (tick->value, <=, high + 1e-6);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_round_step (void)
{
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (0.7), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (1), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (1.3), 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (2.2), 2.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (30), 50, 1e-12);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (7e8), 1e9, 1e-3);
  g_assert_cmpfloat_with_epsilon (terrace_scale_round_step (0.00021), 0.00025, 1e-12);
}

static void
test_numbers (void)
{
  g_autoptr (TerraceScale) scale = terrace_scale_new (TERRACE_UNIT_NUMBER);

  terrace_scale_set_range (scale, 0, 100);
  assert_labels (scale, 6, "0|20|40|60|80|100");
  terrace_scale_set_range (scale, -1, 1);
  assert_labels (scale, 5, "-1.0|-0.5|0.0|0.5|1.0");
  terrace_scale_set_range (scale, 0, 1e-5);
  assert_labels (scale, 3, "0.000000|0.000005|0.000010");
  terrace_scale_set_nice_range (scale, 3, 87, TRUE);
  assert_labels (scale, 6, "0|20|40|60|80|100");
}

static void
test_units (void)
{
  g_autoptr (TerraceScale) bytes = terrace_scale_new (TERRACE_UNIT_BYTES);
  g_autoptr (TerraceScale) money = terrace_scale_new (TERRACE_UNIT_MONEY);
  g_autoptr (TerraceScale) fraction = terrace_scale_new (TERRACE_UNIT_FRACTION);
  g_autoptr (TerraceScale) category = terrace_scale_new (TERRACE_UNIT_CATEGORY);
  const char *const words[] = { "Hot", "Warm", "Cold", NULL };
  g_autofree char *size = terrace_scale_format (bytes, 1.5e9);
  g_autofree char *price = NULL;
  g_autofree char *missing = terrace_scale_format (bytes, NAN);

  g_assert_cmpstr (size, ==, "1.5\302\240GB");
  g_assert_cmpstr (missing, ==, "");
  terrace_scale_set_currency (money, "EUR");
  price = terrace_scale_format (money, -12.5);
  g_assert_cmpstr (price, ==, "−€12.50");
  terrace_scale_set_range (fraction, 0, 1);
  assert_labels (fraction, 6, "0%|20%|40%|60%|80%|100%");
  terrace_scale_set_categories (category, words);
  terrace_scale_set_range (category, 0, 3);
  assert_labels (category, 3, "Hot|Warm|Cold");
  assert_labels (category, 2, "Hot|Cold");
}

/* Ranges that would divide by zero, or never end. */
static void
test_odd_ranges (void)
{
  g_autoptr (TerraceScale) scale = terrace_scale_new (TERRACE_UNIT_NUMBER);
  const double odd[][2] = { { 5, 5 },           { 0, 0 },          { NAN, 3 },     { 1, -1 },
                            { 1e15, 1e15 + 1 }, { -1e300, 1e300 }, { INFINITY, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    for (guint n_max = 2; n_max < 30; n_max += 9)
      {
        g_autoptr (GArray) ticks = NULL;
        double low, high;

        terrace_scale_set_nice_range (scale, odd[i][0], odd[i][1], i % 2 == 0);
        terrace_scale_get_range (scale, &low, &high);
        g_assert_cmpfloat (low, <, high);
        ticks = terrace_scale_get_ticks (scale, n_max);
        g_assert_cmpuint (ticks->len, <=, n_max);
      }
}

static double
seconds_at (GTimeZone *zone, int year, int month, int day, int hour)
{
  g_autoptr (GDateTime) date = g_date_time_new (zone, year, month, day, hour, 0, 0);

  return (double) g_date_time_to_unix (date);
}

static void
test_time (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (TerraceScale) scale = terrace_scale_new (TERRACE_UNIT_TIME);
  double start;
  g_autofree char *text = NULL;

  if (zone == NULL)
    zone = g_time_zone_new_offset (3600);
  terrace_scale_set_time_zone (scale, zone);
  start = seconds_at (zone, 2026, 5, 3, 10);
  terrace_scale_set_range (scale, start + 70, start + 600);
  assert_labels (scale, 4, "10:05|10:10");
  terrace_scale_set_range (scale, start, start + 14 * 3600);
  assert_labels (scale, 6, "12:00|15:00|18:00|21:00|4 May");
  terrace_scale_set_range (scale, start, start + 6 * DAY);
  assert_labels (scale, 7, "4 May|5 May|6 May|7 May|8 May|9 May");
  terrace_scale_set_range (scale, start, start + 200 * DAY);
  assert_labels (scale, 8, "Jun|Jul|Aug|Sep|Oct|Nov");
  terrace_scale_set_range (scale, start, start + 3000 * DAY);
  assert_labels (scale, 10, "2027|2028|2029|2030|2031|2032|2033|2034");
  text = terrace_scale_format (scale, start);
  g_assert_cmpstr (text, ==, "3 May 2026");
}

/* Midnight stays midnight over the night the clocks change. */
static void
test_time_change (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (TerraceScale) scale = terrace_scale_new (TERRACE_UNIT_TIME);
  double start;

  if (zone == NULL)
    {
      g_test_skip ("no time zone data");
      return;
    }
  terrace_scale_set_time_zone (scale, zone);
  start = seconds_at (zone, 2026, 10, 24, 0);
  terrace_scale_set_range (scale, start, start + 3 * DAY + 3600);
  assert_labels (scale, 4, "24 Oct|25 Oct|26 Oct|27 Oct");
  start = seconds_at (zone, 2026, 3, 29, 0);
  terrace_scale_set_range (scale, start, start + 11 * 3600);
  assert_labels (scale, 5, "29 Mar|03:00|06:00|09:00|12:00");
}

static void
test_fraction (void)
{
  g_autoptr (TerraceScale) scale = terrace_scale_new (TERRACE_UNIT_NUMBER);

  terrace_scale_set_range (scale, 10, 20);
  g_assert_cmpfloat (terrace_scale_get_fraction (scale, 15), ==, 0.5);
  g_assert_cmpfloat (terrace_scale_get_fraction (scale, 25), ==, 1.5);
  g_assert_cmpfloat (terrace_scale_get_value (scale, 0.25), ==, 12.5);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/scale/round-step", test_round_step);
  g_test_add_func ("/ui/scale/numbers", test_numbers);
  g_test_add_func ("/ui/scale/units", test_units);
  g_test_add_func ("/ui/scale/odd-ranges", test_odd_ranges);
  g_test_add_func ("/ui/scale/time", test_time);
  g_test_add_func ("/ui/scale/time-change", test_time_change);
  g_test_add_func ("/ui/scale/fraction", test_fraction);
  return g_test_run ();
}
