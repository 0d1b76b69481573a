/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Events a second over the last minutes and how long the answers that they tell of took; drawn
 * again once a second while a source runs. Main thread. */

#include "config.h"

#include "ui/overview/terrace-events-card.h"

#include <glib/gi18n-lib.h>

#include "engine/terrace-engine-stream.h"
#include "ui/charts/terrace-chart.h"

#define N_SECONDS 300
#define CHART_HEIGHT 200
#define US_PER_MS 1000.0

struct _TerraceEventsCard
{
  TerraceOverviewCard parent_instance;

  TerraceEngineStream *stream;

  TerraceChart *chart;
  TerraceSeries *events;
  GtkLabel *latency_label;
};

G_DEFINE_FINAL_TYPE (TerraceEventsCard, terrace_events_card, TERRACE_TYPE_OVERVIEW_CARD)

static void
terrace_events_card_show_latency (TerraceEventsCard *self)
{
  const TerraceWindowSummary *window =
      terrace_engine_stream_get_window (self->stream, TERRACE_WINDOW_FIVE_MINUTES);
  g_autofree char *text = NULL;

  if (window->n_latencies > 0)
    /* Translators: three times in milliseconds */
    text = g_strdup_printf (_ ("Answers took %.1f ms in the middle, %.1f ms at most for 95 of 100, "
                               "%.1f ms for 99 of 100."),
                            window->p50_us / US_PER_MS, window->p95_us / US_PER_MS,
                            window->p99_us / US_PER_MS);
  gtk_label_set_text (self->latency_label, text != NULL ? text : "");
}

static void
terrace_events_card_update (TerraceEventsCard *self)
{
  g_autofree TerraceWindowSecond *seconds = NULL;
  TerracePoint points[N_SECONDS];
  gboolean active = terrace_engine_stream_get_active (self->stream);

  gtk_widget_set_visible (GTK_WIDGET (self), active);
  if (!active || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  seconds = g_new0 (TerraceWindowSecond, N_SECONDS);
  terrace_engine_stream_get_history (self->stream, seconds, N_SECONDS);
  for (guint i = 0; i < N_SECONDS; i++)
    points[i] = TERRACE_POINT ((double) seconds[i].second, (double) seconds[i].events);
  terrace_series_set_points (self->events, points, N_SECONDS);
  terrace_events_card_show_latency (self);
}

static void
terrace_events_card_ask (TerraceOverviewCard *card,
                         TerraceEngine *engine,
                         GCancellable *cancellable)
{
  terrace_events_card_update (TERRACE_EVENTS_CARD (card));
}

/* It is not seen, and so does not ask, before a source runs. */
static void
engine_changed_cb (TerraceEventsCard *self)
{
  TerraceEngine *engine = terrace_overview_card_get_engine (TERRACE_OVERVIEW_CARD (self));

  if (engine == NULL || self->stream != NULL)
    return;
  self->stream = g_object_ref (terrace_engine_get_stream (engine));
  g_signal_connect_object (self->stream, "ticked", G_CALLBACK (terrace_events_card_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (terrace_engine_stream_get_sources (self->stream), "items-changed",
                           G_CALLBACK (terrace_events_card_update), self, G_CONNECT_SWAPPED);
  terrace_events_card_update (self);
}

static void
terrace_events_card_dispose (GObject *object)
{
  g_clear_object (&TERRACE_EVENTS_CARD (object)->stream);
  G_OBJECT_CLASS (terrace_events_card_parent_class)->dispose (object);
}

static void
terrace_events_card_finalize (GObject *object)
{
  g_clear_object (&TERRACE_EVENTS_CARD (object)->events);
  G_OBJECT_CLASS (terrace_events_card_parent_class)->finalize (object);
}

static void
terrace_events_card_class_init (TerraceEventsCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_events_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_events_card_finalize;
  TERRACE_OVERVIEW_CARD_CLASS (klass)->ask = terrace_events_card_ask;
}

static void
terrace_events_card_init (TerraceEventsCard *self)
{
  GtkBox *box = terrace_overview_card_build (TERRACE_OVERVIEW_CARD (self), NULL);
  GtkWidget *chart =
      terrace_chart_new (_ ("Events a Second"), TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER);

  self->chart = TERRACE_CHART (chart);
  self->events = terrace_series_new (_ ("All sources"), N_SECONDS);
  terrace_chart_add (self->chart, self->events, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (2));
  terrace_chart_set_placeholder (self->chart, _ ("Start a source to see events come in."));
  gtk_widget_set_size_request (chart, -1, CHART_HEIGHT);
  gtk_widget_set_vexpand (chart, TRUE);
  gtk_box_append (box, chart);
  self->latency_label = GTK_LABEL (terrace_overview_label_new (NULL, "caption"));
  gtk_widget_add_css_class (GTK_WIDGET (self->latency_label), "dim-label");
  gtk_box_append (box, GTK_WIDGET (self->latency_label));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (self, "notify::engine", G_CALLBACK (engine_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
