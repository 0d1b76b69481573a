/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-insight-text.c: rates and durations as sentences write them. */

#include "insight/terrace-insight-text.h"

#include <locale.h>
#include <math.h>

static const struct
{
  double value;
  const char *rate;
  const char *reads;
} rates[] = {
  { 0.0, "0", "no reads" },
  { -3.0, NULL, "no reads" },
  { NAN, NULL, "no reads" },
  { 0.004, NULL, "no reads" },
  { 0.25, "0.25", "about 0.25 reads a month" },
  { 0.5, "0.5", "about 0.5 reads a month" },
  { 1.0, "1", "1 read a month" },
  { 1.02, "1", "1 read a month" },
  { 1.5, "1.5", "about 1.5 reads a month" },
  { 4.0, "4", "4 reads a month" },
  { 30.0, "30", "30 reads a month" },
  { 31.7, "32", "about 32 reads a month" },
  { 12000.0, "12000", "12000 reads a month" },
};

static void
test_rates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *reads = terrace_insight_format_reads (rates[i].value);

      g_assert_cmpstr (reads, ==, rates[i].reads);
      if (rates[i].rate != NULL)
        {
          g_autofree char *rate = terrace_insight_format_rate (rates[i].value);

          g_assert_cmpstr (rate, ==, rates[i].rate);
        }
    }
}

static const struct
{
  double days;
  const char *text;
} durations[] = {
  { 12.0, "12 days" },     { 0.5, "12 hours" },        { 65 * 30.0, "65 months" },
  { 1e300, "1000 years" }, { INFINITY, "1000 years" }, { NAN, "0\u00a0ms" },
  { -4.0, "0\u00a0ms" },
};

static void
test_durations (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      g_autofree char *text = terrace_insight_format_days (durations[i].days);

      g_assert_cmpstr (text, ==, durations[i].text);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/text/rates", test_rates);
  g_test_add_func ("/insight/text/durations", test_durations);

  return g_test_run ();
}
