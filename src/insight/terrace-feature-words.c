/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Features in words, for people. Any thread; the language is the locale's. */

#include "config.h"

#include "insight/terrace-features.h"

#include "insight/terrace-insight-text.h"

#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>
#include <math.h>

const char *
terrace_feature_get_label (TerraceFeature feature)
{
  static const char *const labels[] = {
    N_ ("Size"),
    N_ ("Age"),
    N_ ("Time since the last read"),
    N_ ("Reads in the last 7 days"),
    N_ ("Reads in the last 30 days"),
    N_ ("Reads in the last 90 days"),
    N_ ("Reads in the last 180 days"),
    N_ ("Reads in the last year"),
    N_ ("Volume read in 7 days"),
    N_ ("Volume read in 30 days"),
    N_ ("Volume read in 90 days"),
    N_ ("Volume read in 180 days"),
    N_ ("Volume read in a year"),
    N_ ("Days with reads among the last 30"),
    N_ ("Days with reads among the last 90"),
    N_ ("Days with reads in the last year"),
    N_ ("Volume read lately, mostly this week"),
    N_ ("Volume read lately, mostly this month"),
    N_ ("Volume read lately, mostly this season"),
    N_ ("Usual time between reads"),
    N_ ("Irregularity of the reads"),
    N_ ("Days with reads ever"),
    N_ ("Share of reads on tomorrow's weekday"),
    N_ ("Share of reads on the busiest weekday"),
    N_ ("Writes in the last 90 days"),
    N_ ("Time since the last write"),
    N_ ("Kind of file"),
    N_ ("Reads in its folder in 4 weeks"),
    N_ ("Reads in its folder in 13 weeks"),
    N_ ("Objects in its folder"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (labels) == TERRACE_N_FEATURES);
  g_return_val_if_fail ((guint) feature < TERRACE_N_FEATURES, "");

  return _ (labels[feature]);
}

static char *
format_count (double count)
{
  return count < 10.0 && fabs (count - round (count)) > 0.05 ? g_strdup_printf ("%.1f", count) :
                                                               g_strdup_printf ("%.0f", count);
}

char *
terrace_feature_format (TerraceFeature feature, double value)
{
  g_autofree char *number = NULL;

  switch (feature)
    {
    case TERRACE_FEATURE_SIZE:
      return g_format_size ((guint64) MAX (expm1 (value), 0.0));
    case TERRACE_FEATURE_AGE:
    case TERRACE_FEATURE_RECENCY:
    case TERRACE_FEATURE_WRITE_RECENCY:
      return terrace_insight_format_days (value);
    case TERRACE_FEATURE_GAP_MEAN:
      return value < 0.0 ? g_strdup (_ ("not known")) : terrace_insight_format_days (value);
    case TERRACE_FEATURE_GAP_SPREAD:
      return value < 0.0 ? g_strdup (_ ("not known")) : format_count (value);
    case TERRACE_FEATURE_WEEKDAY_NEXT:
    case TERRACE_FEATURE_WEEKDAY_MOST:
      return g_strdup_printf ("%.0f %%", value * 100.0);
    case TERRACE_FEATURE_ACTIVE_30:
    case TERRACE_FEATURE_ACTIVE_90:
    case TERRACE_FEATURE_ACTIVE_365:
    case TERRACE_FEATURE_ACTIVE_TOTAL:
    case TERRACE_FEATURE_WRITES_90:
      return format_count (value);
    case TERRACE_FEATURE_KIND:
      /* Translators: how common a kind of file is among all, 1 for the most common one */
      return g_strdup_printf (_ ("%.0f. most common"), value + 1.0);
    case TERRACE_FEATURE_VOLUME_7:
    case TERRACE_FEATURE_VOLUME_30:
    case TERRACE_FEATURE_VOLUME_90:
    case TERRACE_FEATURE_VOLUME_180:
    case TERRACE_FEATURE_VOLUME_365:
    case TERRACE_FEATURE_DECAYED_7:
    case TERRACE_FEATURE_DECAYED_30:
    case TERRACE_FEATURE_DECAYED_120:
      number = format_count (expm1 (value));
      /* Translators: %s is a number, often with a fraction */
      return g_strdup_printf (_ ("%s times its size"), number);
    default:
      return format_count (expm1 (value));
    }
}
