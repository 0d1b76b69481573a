/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Numbers for people, in the C locale. */

#include "base/terrace-units.h"

#include "base/terrace-clock.h"

#include <locale.h>
#include <math.h>

#define SECOND TERRACE_US_PER_SECOND
#define DAY TERRACE_US_PER_DAY

static void
test_money_nanos (void)
{
  g_assert_cmpint (terrace_money_to_nanos (1.5), ==, 1500000000);
  g_assert_cmpint (terrace_money_to_nanos (-0.0000000026), ==, -3);
  g_assert_cmpint (terrace_money_to_nanos (NAN), ==, 0);
  g_assert_cmpint (terrace_money_to_nanos (INFINITY), ==, G_MAXINT64);
  g_assert_cmpint (terrace_money_to_nanos (-1e30), ==, G_MININT64);
  g_assert_cmpint (terrace_money_to_nanos (0x1p63 / 1e9), ==, G_MAXINT64);
  g_assert_cmpfloat (terrace_money_from_nanos (2500000000), ==, 2.5);
}

static void
assert_money (double amount, const char *currency, const char *wanted)
{
  g_autofree char *found = terrace_format_money (amount, currency);

  g_assert_cmpstr (found, ==, wanted);
}

static void
test_money (void)
{
  assert_money (0, "USD", "$0.00");
  assert_money (-0.0, "USD", "$0.00");
  assert_money (1e-20, "USD", "$0.00");
  assert_money (1234.5, "USD", "$1234.50");
  assert_money (0.01, "USD", "$0.01");
  assert_money (0.0099, "USD", "$0.0099");
  assert_money (0.00996, "USD", "$0.01");
  assert_money (0.0021, "EUR", "€0.0021");
  assert_money (0.00000012, "USD", "$0.00000012");
  assert_money (-3, "GBP", "−£3.00");
  assert_money (2, "CHF", "CHF\u00a02.00");
  assert_money (NAN, "USD", "–");
}

static void
test_money_grouping (void)
{
  const char *locale = setlocale (LC_ALL, "en_US.UTF-8");

  if (locale == NULL)
    g_test_message ("no en_US.UTF-8 here: thousands are not grouped");
  assert_money (1234.5, "USD", locale != NULL ? "$1,234.50" : "$1234.50");
  setlocale (LC_ALL, "C");
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 duration_us;
    const char *wanted;
  } cases[] = {
    { 0, "0\u00a0ms" },
    { 12 * 1000, "12\u00a0ms" },
    { SECOND, "1 second" },
    { 59 * SECOND, "59 seconds" },
    { SECOND * 599 / 10, "1 minute" },
    { 3 * 3600 * SECOND, "3 hours" },
    { 23 * 3600 * SECOND + 1800 * SECOND, "1 day" },
    { DAY, "1 day" },
    { 59 * DAY, "59 days" },
    { 60 * DAY, "2 months" },
    { 65 * 30 * DAY, "65 months" },
    { 730 * DAY, "2 years" },
    { 730 * DAY + 182 * DAY, "2.5 years" },
    { 3650 * DAY, "10 years" },
    { 36500 * DAY, "100 years" },
    { -3 * DAY, "3 days" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = terrace_format_duration (cases[i].duration_us);

      g_assert_cmpstr (found, ==, cases[i].wanted);
    }
}

static void
test_latency (void)
{
  static const struct
  {
    guint64 latency_ms;
    const char *wanted;
  } cases[] = {
    { 0, "0\u00a0ms" },
    { 12, "12\u00a0ms" },
    { 999, "999\u00a0ms" },
    { 1000, "1\u00a0s" },
    { 3500, "3.5\u00a0s" },
    { 9999, "10\u00a0s" },
    { 300000, "5\u00a0min" },
    { 12 * 3600000, "12\u00a0h" },
    { 48 * 3600000, "48\u00a0h" },
    { 120 * 3600000, "5\u00a0d" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = terrace_format_latency (cases[i].latency_ms);

      g_assert_cmpstr (found, ==, cases[i].wanted);
    }
}

static void
test_rate (void)
{
  g_autofree char *rate = terrace_format_rate (1.2e6);
  g_autofree char *unknown = terrace_format_rate (NAN);
  g_autofree char *endless = terrace_format_rate (INFINITY);

  g_assert_cmpstr (rate, ==, "1.2\u00a0MB/s");
  g_assert_cmpstr (unknown, ==, "0 bytes/s");
  g_assert_cmpstr (endless, ==, "1.0\u00a0EB/s");
}

static void
test_time (void)
{
  const gint64 now_us = 1763823845 * SECOND;
  g_autofree char *iso = terrace_format_iso8601 (now_us);
  g_autofree char *no_iso = terrace_format_iso8601 (0);
  g_autofree char *beyond_iso = terrace_format_iso8601 (G_MAXINT64);
  g_autofree char *recent = terrace_format_time (now_us - 3600 * SECOND, now_us);
  g_autofree char *older = terrace_format_time (now_us - 2 * DAY, now_us);
  g_autofree char *never = terrace_format_time (0, now_us);

  g_assert_cmpstr (iso, ==, "2025-11-22T15:04:05Z");
  g_assert_cmpstr (no_iso, ==, "");
  g_assert_nonnull (beyond_iso);
  g_assert_cmpstr (recent, ==, "11/22/25 14:04");
  g_assert_cmpstr (older, ==, "11/20/25");
  g_assert_cmpstr (never, ==, "–");
}

static void
test_parse_size (void)
{
  static const struct
  {
    const char *text;
    guint64 size_bytes;
  } cases[] = {
    { "0", 0 },
    { "10", 10 },
    { "10B", 10 },
    { "1.5M", 1572864 },
    { "2GiB", G_GUINT64_CONSTANT (2147483648) },
    { "2 GiB", G_GUINT64_CONSTANT (2147483648) },
    { "500kB", 500000 },
    { "500KB", 500000 },
    { "1k", 1024 },
    { "1K", 1024 },
    { "1MB", 1000000 },
    { "0.5KiB", 512 },
    { "1.999B", 2 },
    { "7E", G_GUINT64_CONSTANT (8070450532247928832) },
    { "9EB", G_GUINT64_CONSTANT (9000000000000000000) },
    { "9223372036854775807", G_MAXINT64 },
    { "9007199254740993", G_GUINT64_CONSTANT (9007199254740993) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 size_bytes = 1;

      g_assert_true (terrace_parse_size (cases[i].text, &size_bytes));
      g_assert_cmpuint (size_bytes, ==, cases[i].size_bytes);
    }
}

static void
test_parse_size_malformed (void)
{
  const char *const malformed[] = {
    NULL,
    "",
    " ",
    "-1",
    "+1",
    "k",
    "1.",
    ".5",
    "1,5M",
    "1e3",
    "0x10",
    "inf",
    "nan",
    "1 ",
    "1  k",
    "1kk",
    "1kiBx",
    "1 k b",
    "10 MB ",
    "8E",
    "1.5i",
    "1bytes",
    "10EB",
    "٣",
    "8.0E",
    "99999999999999999999",
    "9223372036854775808",
    "1.5.5M",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      guint64 size_bytes = 77;

      if (terrace_parse_size (malformed[i], &size_bytes))
        g_error ("taken as a size: “%s”", malformed[i]);
      g_assert_cmpuint (size_bytes, ==, 77);
    }
}

static void
test_display_name (void)
{
  g_autofree char *fine = terrace_display_name ("Grüße.txt");
  g_autofree char *broken = terrace_display_name ("a\xff"
                                                  "b");

  g_assert_cmpstr (fine, ==, "Grüße.txt");
  g_assert_cmpstr (broken, ==, "a\uFFFDb");
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/units/money-nanos", test_money_nanos);
  g_test_add_func ("/units/money", test_money);
  g_test_add_func ("/units/money-grouping", test_money_grouping);
  g_test_add_func ("/units/duration", test_duration);
  g_test_add_func ("/units/latency", test_latency);
  g_test_add_func ("/units/rate", test_rate);
  g_test_add_func ("/units/time", test_time);
  g_test_add_func ("/units/parse-size", test_parse_size);
  g_test_add_func ("/units/parse-size-malformed", test_parse_size_malformed);
  g_test_add_func ("/units/display-name", test_display_name);

  return g_test_run ();
}
