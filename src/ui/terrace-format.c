/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Words and numbers for the window. Pure: no widget and no engine in here, so that templates can
 * use every function as a closure. Main thread only because the locale's strings are. */

#include "config.h"

#include "ui/terrace-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/terrace-clock.h"
#include "base/terrace-units.h"

/* Smaller amounts are not told apart in a table: a hundredth of a cent. */
#define LEAST_NANOS 100000

const char *
terrace_ui_tier_label (TerraceTier tier)
{
  switch (tier)
    {
    case TERRACE_TIER_HOT:
      return C_ ("tier", "Hot");
    case TERRACE_TIER_WARM:
      return C_ ("tier", "Warm");
    case TERRACE_TIER_COLD:
      return C_ ("tier", "Cold");
    case TERRACE_TIER_ARCHIVE:
      return C_ ("tier", "Archive");
    default:
      return _ ("Unknown");
    }
}

const char *
terrace_ui_temperature_label (TerraceTemperature temperature)
{
  switch (temperature)
    {
    case TERRACE_TEMPERATURE_HOT:
      return C_ ("temperature", "Hot");
    case TERRACE_TEMPERATURE_WARM:
      return C_ ("temperature", "Warm");
    case TERRACE_TEMPERATURE_COLD:
      return C_ ("temperature", "Cold");
    case TERRACE_TEMPERATURE_UNKNOWN:
    default:
      return C_ ("temperature", "Unknown");
    }
}

const char *
terrace_ui_location_kind_label (TerraceLocationKind kind)
{
  switch (kind)
    {
    case TERRACE_LOCATION_LOCAL:
      return _ ("Folder on this computer");
    case TERRACE_LOCATION_SANDBOX:
      return _ ("Practice folder");
    case TERRACE_LOCATION_S3:
      return _ ("S3 bucket");
    case TERRACE_LOCATION_AZURE:
      return _ ("Azure container");
    case TERRACE_LOCATION_GCS:
      return _ ("Google Cloud bucket");
    default:
      return _ ("Unknown");
    }
}

const char *
terrace_ui_location_state_label (TerraceLocationState state)
{
  switch (state)
    {
    case TERRACE_LOCATION_STATE_READY:
      return _ ("Ready");
    case TERRACE_LOCATION_STATE_READ_ONLY:
      return _ ("Read only");
    case TERRACE_LOCATION_STATE_UNREACHABLE:
      return _ ("Not reachable");
    case TERRACE_LOCATION_STATE_UNKNOWN:
    default:
      return _ ("Checking…");
    }
}

const char *
terrace_ui_tier_css_class (TerraceTier tier)
{
  return terrace_enum_to_nick (TERRACE_TYPE_TIER, (int) tier);
}

const char *
terrace_ui_temperature_css_class (TerraceTemperature temperature)
{
  return terrace_enum_to_nick (TERRACE_TYPE_TEMPERATURE, (int) temperature);
}

char *
terrace_ui_format_count (guint64 count)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, count);
}

char *
terrace_ui_format_size (guint64 size_bytes)
{
  return g_format_size (size_bytes);
}

char *
terrace_ui_format_nanos (gint64 nanos, const char *currency)
{
  return terrace_format_money (terrace_money_from_nanos (nanos), currency);
}

char *
terrace_ui_format_amount (gint64 nanos, const char *currency)
{
  g_autofree char *least = NULL;

  if (nanos <= 0 || nanos >= LEAST_NANOS)
    return terrace_ui_format_nanos (nanos, currency);
  least = terrace_ui_format_nanos (LEAST_NANOS, currency);
  /* Translators: less than an amount of money */
  return g_strdup_printf (_ ("< %s"), least);
}

char *
terrace_ui_format_price (double gb_month, const char *currency)
{
  g_autofree char *price = terrace_format_money (gb_month * 1024, currency);

  return g_strdup_printf (_ ("%s a month per TB"), price);
}

char *
terrace_ui_format_payback (gint64 once_nanos, gint64 saving_nanos)
{
  double months;

  if (saving_nanos <= 0)
    return g_strdup (C_ ("pay-back", "Never"));
  if (once_nanos <= 0)
    return g_strdup (C_ ("pay-back", "At once"));

  months = (double) once_nanos / (double) saving_nanos;
  if (months > 1200)
    return g_strdup (C_ ("pay-back", "Never"));
  return terrace_format_duration ((gint64) (months * TERRACE_DAYS_PER_MONTH * TERRACE_US_PER_DAY));
}

char *
terrace_ui_format_when (gint64 time_us)
{
  if (time_us <= 0)
    return g_strdup (C_ ("time", "Never"));
  return terrace_format_time (time_us, g_get_real_time ());
}

char *
terrace_ui_format_move_state (TerraceMoveState state, TerraceMoveRequest request)
{
  if (!terrace_move_state_is_final (state) && request == TERRACE_MOVE_REQUEST_PAUSE)
    return g_strdup (_ ("Pausing…"));
  if (!terrace_move_state_is_final (state) && request == TERRACE_MOVE_REQUEST_CANCEL)
    return g_strdup (_ ("Cancelling…"));

  switch (state)
    {
    case TERRACE_MOVE_QUEUED:
      return g_strdup (_ ("Waiting"));
    case TERRACE_MOVE_COPYING:
      return g_strdup (_ ("Copying"));
    case TERRACE_MOVE_VERIFYING:
      return g_strdup (_ ("Verifying the copy"));
    case TERRACE_MOVE_STAGED:
      return g_strdup (_ ("Copied and verified, original still in place"));
    case TERRACE_MOVE_COMMITTING:
      return g_strdup (_ ("Finishing"));
    case TERRACE_MOVE_DONE:
      return g_strdup (_ ("Done and verified"));
    case TERRACE_MOVE_PAUSED:
      return g_strdup (_ ("Paused"));
    case TERRACE_MOVE_FAILED:
      return g_strdup (_ ("Failed"));
    case TERRACE_MOVE_CANCELLED:
      return g_strdup (_ ("Cancelled"));
    default:
      return g_strdup (_ ("Unknown"));
    }
}

char *
terrace_ui_format_move_flow (TerraceMoveState state,
                             guint64 done_bytes,
                             guint64 size_bytes,
                             double bytes_per_second)
{
  g_autofree char *done = NULL;
  g_autofree char *size = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *left = NULL;

  if (state != TERRACE_MOVE_COPYING && state != TERRACE_MOVE_VERIFYING)
    return g_format_size (size_bytes);

  done = g_format_size (MIN (done_bytes, size_bytes));
  size = g_format_size (size_bytes);
  if (!(bytes_per_second > 0) || done_bytes >= size_bytes)
    /* Translators: 12 MB of 80 MB */
    return g_strdup_printf (_ ("%s of %s"), done, size);

  rate = terrace_format_rate (bytes_per_second);
  left = terrace_format_duration (
      (gint64) ceil ((double) (size_bytes - done_bytes) / bytes_per_second) *
      TERRACE_US_PER_SECOND);
  /* Translators: 12 MB of 80 MB at 3 MB/s, 20 seconds left */
  return g_strdup_printf (_ ("%s of %s at %s, %s left"), done, size, rate, left);
}
