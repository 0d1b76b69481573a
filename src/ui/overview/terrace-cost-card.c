/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chart of costs: a stack of tiers for each day that is known, then the forecast with its
 * interval. Main thread. */

#include "config.h"

#include "ui/overview/terrace-cost-card.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "engine/terrace-engine-dashboard.h"
#include "ui/charts/terrace-chart.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

#define PAUSE_MS 5000
#define CHART_HEIGHT 230
#define SECONDS_PER_DAY 86400.0
/* Of one day alone there is nothing to compare. */
#define MIN_DAYS 2

struct _TerraceCostCard
{
  TerraceOverviewCard parent_instance;

  TerraceChart *chart;
  TerraceSeries *tiers[TERRACE_N_TIERS];
  TerraceSeries *forecast;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (TerraceCostCard, terrace_cost_card, TERRACE_TYPE_OVERVIEW_CARD)

/* Days by tier; a tier that had nothing on a day has a bar of no height, so that all series have
 * the same days. */
static void
terrace_cost_card_show_days (TerraceCostCard *self, const GArray *days)
{
  g_autofree TerracePoint *points = g_new (TerracePoint, TERRACE_N_TIERS * (days->len + 1));
  gint64 last = G_MININT64;
  guint n_days = 0;

  for (guint i = 0; i < days->len; i++)
    {
      const TerraceCostDay *day = &g_array_index (days, TerraceCostDay, i);
      double begin = (double) day->day * SECONDS_PER_DAY;

      if (day->day != last)
        {
          for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
            points[tier * days->len + n_days] =
                (TerracePoint){ begin, begin + SECONDS_PER_DAY, 0, NAN, NAN };
          last = day->day;
          n_days++;
        }
      if ((guint) day->tier < TERRACE_N_TIERS)
        points[(guint) day->tier * days->len + n_days - 1].y +=
            terrace_money_from_nanos (day->monthly_nanos);
    }
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    terrace_series_set_points (self->tiers[tier], points + tier * days->len,
                               n_days >= MIN_DAYS ? n_days : 0);
}

static void
terrace_cost_card_show_ahead (TerraceCostCard *self, const GArray *ahead)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TerracePoint));

  for (guint i = 0; i < ahead->len; i++)
    {
      const TerraceCostAhead *day = &g_array_index (ahead, TerraceCostAhead, i);
      double noon = ((double) day->day + 0.5) * SECONDS_PER_DAY;
      TerracePoint point = { noon, noon, terrace_money_from_nanos (day->expected_nanos),
                             terrace_money_from_nanos (day->low_nanos),
                             terrace_money_from_nanos (day->high_nanos) };

      g_array_append_val (points, point);
    }
  terrace_series_set_points (self->forecast, (const TerracePoint *) (gpointer) points->data,
                             points->len);
}

/* (transfer full) */
static char *
describe_ahead (const TerraceCostHistory *history, const char *currency)
{
  const TerraceCostAhead *last;
  g_autofree char *expected = NULL;
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;

  if (history->ahead->len == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "A forecast needs %u more day of costs.",
                                         "A forecast needs %u more days of costs.",
                                         history->days_missing),
                            history->days_missing);
  last = &g_array_index (history->ahead, TerraceCostAhead, history->ahead->len - 1);
  expected = terrace_ui_format_nanos (last->expected_nanos, currency);
  low = terrace_ui_format_nanos (last->low_nanos, currency);
  high = terrace_ui_format_nanos (last->high_nanos, currency);
  /* Translators: three amounts of money; the last two are a range */
  return g_strdup_printf (_ ("In three months, if it goes on like this: %s a month, most "
                             "likely between %s and %s."),
                          expected, low, high);
}

static void
history_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceCostCard) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceCostHistory) history = NULL;
  g_autofree char *note = NULL;
  const char *currency;

  history = terrace_engine_cost_history_finish (TERRACE_ENGINE (object), result, &error);
  if (history == NULL)
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not read what the past days cost"), error);
      return;
    }
  if (terrace_overview_card_get_engine (TERRACE_OVERVIEW_CARD (self)) == NULL)
    return;
  currency = terrace_engine_get_currency (TERRACE_ENGINE (object));
  terrace_scale_set_currency (terrace_chart_get_y_scale (self->chart), currency);
  terrace_cost_card_show_days (self, history->days);
  terrace_cost_card_show_ahead (self, history->ahead);
  note = describe_ahead (history, currency);
  gtk_label_set_text (self->note, note);
}

static void
terrace_cost_card_ask (TerraceOverviewCard *card, TerraceEngine *engine, GCancellable *cancellable)
{
  terrace_engine_cost_history_async (engine, cancellable, history_cb, g_object_ref (card));
}

static void
terrace_cost_card_finalize (GObject *object)
{
  TerraceCostCard *self = TERRACE_COST_CARD (object);

  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    g_clear_object (&self->tiers[tier]);
  g_clear_object (&self->forecast);
  G_OBJECT_CLASS (terrace_cost_card_parent_class)->finalize (object);
}

static void
terrace_cost_card_class_init (TerraceCostCardClass *klass)
{
  TerraceOverviewCardClass *card_class = TERRACE_OVERVIEW_CARD_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_cost_card_finalize;
  card_class->changes = TERRACE_CATALOG_ITEMS;
  card_class->pause_ms = PAUSE_MS;
  card_class->ask = terrace_cost_card_ask;
}

static void
terrace_cost_card_init (TerraceCostCard *self)
{
  GtkBox *box = terrace_overview_card_build (TERRACE_OVERVIEW_CARD (self), NULL);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  GtkWidget *chart = terrace_chart_new (_ ("Cost a Month, Past and to Come"), TERRACE_UNIT_TIME,
                                        TERRACE_UNIT_MONEY);

  self->chart = TERRACE_CHART (chart);
  /* The catalogue counts in days of UTC. */
  terrace_scale_set_time_zone (terrace_chart_get_x_scale (self->chart), utc);
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      self->tiers[tier] = terrace_series_new (terrace_ui_tier_label ((TerraceTier) tier), 0);
      terrace_chart_add (self->chart, self->tiers[tier], TERRACE_MARK_BARS,
                         TERRACE_COLOR_TIER (tier));
    }
  self->forecast = terrace_series_new (_ ("Forecast"), 0);
  terrace_chart_add (self->chart, self->forecast, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (5));
  terrace_chart_set_placeholder (self->chart,
                                 _ ("Cost history begins today. Look again tomorrow."));
  gtk_widget_set_size_request (chart, -1, CHART_HEIGHT);
  gtk_widget_set_vexpand (chart, TRUE);
  gtk_box_append (box, chart);
  self->note = GTK_LABEL (terrace_overview_label_new (NULL, "dim-label"));
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "caption");
  gtk_box_append (box, GTK_WIDGET (self->note));
}
