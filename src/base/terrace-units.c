/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Money, durations, sizes and names as people read them. Any thread; the locale's number format
 * and language. */

#include "config.h"

#include "base/terrace-units.h"

#include "base/terrace-clock.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MS_PER_SECOND 1000.0
#define SECONDS_PER_MINUTE 60.0
#define SECONDS_PER_HOUR 3600.0
#define SECONDS_PER_DAY 86400.0
#define SECONDS_PER_MONTH (TERRACE_DAYS_PER_MONTH * SECONDS_PER_DAY)
#define SECONDS_PER_YEAR (365.0 * SECONDS_PER_DAY)

gint64
terrace_money_to_nanos (double amount)
{
  double nanos = amount * TERRACE_NANOS_PER_UNIT;

  if (isnan (nanos))
    return 0;
  /* 2^63 is the first double that does not fit. */
  if (nanos >= 0x1p63)
    return G_MAXINT64;
  if (nanos < -0x1p63)
    return G_MININT64;

  return (gint64) round (nanos);
}

double
terrace_money_from_nanos (gint64 nanos)
{
  return (double) nanos / TERRACE_NANOS_PER_UNIT;
}

static const char *
currency_symbol (const char *currency)
{
  static const struct
  {
    const char *code;
    const char *symbol;
  } symbols[] = {
    { "USD", "$" },   { "EUR", "€" },  { "GBP", "£" },  { "JPY", "¥" },
    { "INR", "₹" },   { "KRW", "₩" },  { "BRL", "R$" }, { "ILS", "₪" },
    { "TRY", "₺" },   { "UAH", "₴" },  { "AUD", "A$" }, { "CAD", "CA$" },
    { "CNY", "CN¥" }, { "PLN", "zł" }, { "VND", "₫" },  { "NGN", "₦" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      if (g_str_equal (symbols[i].code, currency))
        return symbols[i].symbol;
    }

  return NULL;
}

/* Decimals that show two significant digits of an amount below one cent. */
static int
money_decimals (double magnitude)
{
  /* 0.005 rounds up to a cent; what rounds to 0.010 is written as one. */
  if (magnitude == 0 || magnitude >= 0.00995)
    return 2;

  return MIN (1 - (int) floor (log10 (magnitude)), 12);
}

char *
terrace_format_money (double amount, const char *currency)
{
  g_autofree char *number = NULL;
  const char *symbol;
  const char *sign;
  double magnitude = fabs (amount);

  g_return_val_if_fail (currency != NULL, NULL);

  if (!isfinite (amount))
    return g_strdup ("–");

  /* Nothing is as small as this but the remains of a calculation. */
  if (magnitude < 1e-11)
    magnitude = 0;

  sign = amount < 0 && magnitude > 0 ? "−" : "";
  number = g_strdup_printf ("%'.*f", money_decimals (magnitude), magnitude);
  symbol = currency_symbol (currency);

  if (symbol == NULL)
    return g_strdup_printf ("%s%s\u00a0%s", sign, currency, number);
  return g_strdup_printf ("%s%s%s", sign, symbol, number);
}

/* From two years on, what is close to a whole or half year reads best in years; between those,
 * pay-back times are compared in months, up to ten years of them. */
static char *
format_long_duration (double seconds)
{
  double years = seconds / SECONDS_PER_YEAR;
  double half_years = round (years * 2) / 2;
  gulong months = (gulong) round (seconds / SECONDS_PER_MONTH);

  if (years < 10 && (years < 1.97 || fabs (years - half_years) > 0.03))
    return g_strdup_printf (ngettext ("%lu month", "%lu months", months), months);

  if (years < 10 && half_years != floor (half_years))
    {
      g_autofree char *number = g_strdup_printf ("%.1f", half_years);

      /* Translators: %s is a number and a half, 2.5 */
      return g_strdup_printf (_ ("%s years"), number);
    }

  return g_strdup_printf (ngettext ("%lu year", "%lu years", (gulong) round (years)),
                          (gulong) round (years));
}

char *
terrace_format_duration (gint64 duration_us)
{
  double seconds = fabs ((double) duration_us) / TERRACE_US_PER_SECOND;
  gulong count;

  if (seconds < 0.9995)
    return terrace_format_latency ((guint64) round (seconds * MS_PER_SECOND));

  count = (gulong) round (seconds);
  if (count < 60)
    return g_strdup_printf (ngettext ("%lu second", "%lu seconds", count), count);

  count = (gulong) round (seconds / SECONDS_PER_MINUTE);
  if (count < 60)
    return g_strdup_printf (ngettext ("%lu minute", "%lu minutes", count), count);

  count = (gulong) round (seconds / SECONDS_PER_HOUR);
  if (count < 24)
    return g_strdup_printf (ngettext ("%lu hour", "%lu hours", count), count);

  count = (gulong) round (seconds / SECONDS_PER_DAY);
  if (count < 60)
    return g_strdup_printf (ngettext ("%lu day", "%lu days", count), count);

  return format_long_duration (seconds);
}

/* A short amount: one decimal below ten, none where it would be zero. */
static char *
format_short (double amount, const char *unit)
{
  double tenths = round (amount * 10) / 10;
  int decimals = tenths < 10 && tenths != floor (tenths) ? 1 : 0;

  return g_strdup_printf ("%'.*f\u00a0%s", decimals, amount, unit);
}

char *
terrace_format_latency (guint64 latency_ms)
{
  double seconds = (double) latency_ms / MS_PER_SECOND;

  /* Translators: short for milliseconds */
  if (latency_ms < 1000)
    return format_short ((double) latency_ms, _ ("ms"));
  /* Translators: short for seconds */
  if (seconds < 119.5)
    return format_short (seconds, _ ("s"));
  /* Translators: short for minutes */
  if (seconds < 119.5 * SECONDS_PER_MINUTE)
    return format_short (seconds / SECONDS_PER_MINUTE, _ ("min"));
  /* Translators: short for hours */
  if (seconds < 71.5 * SECONDS_PER_HOUR)
    return format_short (seconds / SECONDS_PER_HOUR, _ ("h"));
  /* Translators: short for days */
  return format_short (seconds / SECONDS_PER_DAY, _ ("d"));
}

char *
terrace_format_rate (double bytes_per_second)
{
  g_autofree char *size = NULL;
  double bounded = isnan (bytes_per_second) ? 0 : CLAMP (bytes_per_second, 0, 1e18);

  size = g_format_size ((guint64) bounded);
  /* Translators: %s is a size; a speed: 1.2 MB/s */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
terrace_format_time (gint64 time_us, gint64 now_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time_us / TERRACE_US_PER_SECOND);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (time_us == 0 || local == NULL)
    return g_strdup ("–");

  if (ABS (now_us - time_us) < TERRACE_US_PER_DAY)
    return g_date_time_format (local, "%x %R");
  return g_date_time_format (local, "%x");
}

char *
terrace_format_iso8601 (gint64 time_us)
{
  g_autoptr (GDateTime) utc = NULL;

  if (time_us == 0)
    return g_strdup ("");

  utc = g_date_time_new_from_unix_utc (time_us / TERRACE_US_PER_SECOND);
  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("");
}

/* Reads the unit behind a number: "", "B", "K", "kB", "KiB"... */
static gboolean
parse_unit (const char *unit, double *factor)
{
  static const char letters[] = "kmgtpe";
  const char *letter;
  int power;

  *factor = 1;
  if (*unit == '\0' || g_ascii_strcasecmp (unit, "B") == 0)
    return TRUE;

  letter = strchr (letters, g_ascii_tolower (*unit));
  if (letter == NULL)
    return FALSE;

  power = (int) (letter - letters) + 1;
  if (unit[1] == '\0' || g_ascii_strcasecmp (unit + 1, "iB") == 0)
    *factor = ldexp (1, 10 * power);
  else if (g_ascii_strcasecmp (unit + 1, "B") == 0)
    *factor = pow (1000, power);
  else
    return FALSE;

  return TRUE;
}

gboolean
terrace_parse_size (const char *text, guint64 *size_bytes)
{
  const char *end;
  double factor;
  gboolean whole;
  guint64 count = 0;

  g_return_val_if_fail (size_bytes != NULL, FALSE);

  /* The C parsers take signs, blanks, hexadecimals, "inf" and exponents, which no size has. */
  if (text == NULL || !g_ascii_isdigit (*text))
    return FALSE;

  end = text + strspn (text, "0123456789");
  whole = *end != '.';
  if (!whole)
    {
      gsize decimals = strspn (end + 1, "0123456789");

      if (decimals == 0)
        return FALSE;
      end += 1 + decimals;
    }

  if (!parse_unit (end[0] == ' ' && end[1] != '\0' ? end + 1 : end, &factor))
    return FALSE;

  if (whole)
    {
      /* Whole numbers do not pass through a double, which has 53 bits only. */
      errno = 0;
      count = g_ascii_strtoull (text, NULL, 10);
      if (errno != 0 || !g_uint64_checked_mul (&count, count, (guint64) factor) ||
          count > G_MAXINT64)
        return FALSE;
    }
  else
    {
      g_autofree char *number = g_strndup (text, (gsize) (end - text));
      double bytes = round (g_ascii_strtod (number, NULL) * factor);

      if (bytes >= 0x1p63)
        return FALSE;
      count = (guint64) bytes;
    }

  *size_bytes = count;
  return TRUE;
}

char *
terrace_display_name (const char *bytes)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return g_utf8_make_valid (bytes, -1);
}
