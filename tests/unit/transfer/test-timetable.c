/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bandwidth limits and timetables as people write them. */

#include "config.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "transfer/terrace-timetable.h"

#define KIBIBYTE G_GUINT64_CONSTANT (1024)

/* A moment of a summer day where it is not UTC. */
static gint64
at (int hour, int minute)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (2026, 7, 1, hour, minute, 0);

  return g_date_time_to_unix (time) * TERRACE_US_PER_SECOND;
}

static void
test_rates (void)
{
  static const struct
  {
    const char *text;
    guint64 rate;
  } good[] = {
    { "off", 0 },
    { "OFF", 0 },
    { "0", 0 },
    { "512K", 512 * KIBIBYTE },
    { "512KiB/s", 512 * KIBIBYTE },
    { "1.5M", 1536 * KIBIBYTE },
    { "2MB", 2000000 },
  };
  static const char *const bad[] = { "", "fast", "-1", "5X", "/s", "off/s" };
  GError *error = NULL;
  guint64 rate;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      rate = G_MAXUINT64;
      terrace_timetable_parse_rate (good[i].text, &rate, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (rate, ==, good[i].rate);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (terrace_timetable_parse_rate (bad[i], &rate, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "512K"));
      g_clear_error (&error);
    }
}

static void
test_hours (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) timetable = terrace_timetable_parse ("18:00 off 08:00 512K", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (timetable->len, ==, 2);
  /* Before the first of the day yesterday's last holds. */
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (0, 0)), ==, 0);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (7, 59)), ==, 0);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (8, 0)), ==, 512 * KIBIBYTE);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (17, 59)), ==, 512 * KIBIBYTE);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (18, 0)), ==, 0);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (23, 59)), ==, 0);
}

/* As rclone writes them; and one time is the whole day. */
static void
test_commas (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) timetable = terrace_timetable_parse (" 8:00,1M  18:30,2M ", &error);
  g_autoptr (GArray) single = terrace_timetable_parse ("12:00 1K", &error);
  g_autoptr (GArray) blank = terrace_timetable_parse ("  ", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (9, 0)), ==, 1024 * KIBIBYTE);
  g_assert_cmpuint (terrace_timetable_get_rate (timetable, at (18, 30)), ==, 2048 * KIBIBYTE);
  g_assert_cmpuint (terrace_timetable_get_rate (single, at (3, 0)), ==, KIBIBYTE);
  g_assert_cmpuint (terrace_timetable_get_rate (single, at (13, 0)), ==, KIBIBYTE);
  g_assert_cmpuint (blank->len, ==, 0);
}

static void
test_wrong (void)
{
  static const char *const texts[] = {
    "8",   "24:00 1M", "08:60 1M",   "08:0 1M",          "08:00",    "08:00 fast",
    "off", "512K",     "08:00 1M x", "08:00 1M 8:00 2M", "-1:00 1M", "08:00 18:00"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_timetable_parse (texts[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint minute = 0; minute < 60; minute++)
    g_string_append_printf (text, "01:%02u 1M ", minute);
  g_assert_null (terrace_timetable_parse (text->str, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Europe/Lisbon", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/timetable/rates", test_rates);
  g_test_add_func ("/transfer/timetable/hours", test_hours);
  g_test_add_func ("/transfer/timetable/commas", test_commas);
  g_test_add_func ("/transfer/timetable/wrong", test_wrong);
  g_test_add_func ("/transfer/timetable/too-many", test_too_many);

  return g_test_run ();
}
