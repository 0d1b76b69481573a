/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The speed of all migrations together: noted once a second while the chart is seen, and whenever
 * the queue says that it changed while it is not. Main thread. */

#include "config.h"

#include "ui/overview/terrace-throughput-card.h"

#include <glib/gi18n-lib.h>

#include "ui/charts/terrace-chart.h"

#define SPAN_SECONDS 300
#define TICK_SECONDS 1
#define CHART_HEIGHT 200

struct _TerraceThroughputCard
{
  TerraceOverviewCard parent_instance;

  TerraceQueue *queue;
  guint tick_id;
  TerraceSeries *all;   /* every second, zeros too */
  TerraceSeries *shown; /* the same, or nothing while nothing moved */
  double last_busy;

  TerraceChart *chart;
};

G_DEFINE_FINAL_TYPE (TerraceThroughputCard, terrace_throughput_card, TERRACE_TYPE_OVERVIEW_CARD)

static void
terrace_throughput_card_note (TerraceThroughputCard *self)
{
  double now = (double) g_get_real_time () / (double) G_USEC_PER_SEC;
  double rate = terrace_queue_get_bytes_per_second (self->queue);
  guint length = terrace_series_get_length (self->all);
  double last = length > 0 ? terrace_series_peek (self->all)[length - 1].x : 0;

  /* A clock that was set back waits until it is as late again. */
  if (now < last + TICK_SECONDS / 2.0)
    return;
  terrace_series_append (self->all, &TERRACE_POINT (now, rate));
  if (rate > 0)
    self->last_busy = now;
}

static void
terrace_throughput_card_show (TerraceThroughputCard *self)
{
  guint length = terrace_series_get_length (self->all);
  double last = length > 0 ? terrace_series_peek (self->all)[length - 1].x : 0;
  gboolean quiet = self->last_busy < last - SPAN_SECONDS;
  guint n_shown = quiet ? 0 : length;

  if (n_shown > 0 || terrace_series_get_length (self->shown) > 0)
    terrace_series_set_points (self->shown, terrace_series_peek (self->all), n_shown);
}

static gboolean
tick_cb (gpointer user_data)
{
  TerraceThroughputCard *self = user_data;

  terrace_throughput_card_note (self);
  terrace_throughput_card_show (self);
  return G_SOURCE_CONTINUE;
}

static void
terrace_throughput_card_ask (TerraceOverviewCard *card,
                             TerraceEngine *engine,
                             GCancellable *cancellable)
{
  TerraceThroughputCard *self = TERRACE_THROUGHPUT_CARD (card);

  if (g_set_object (&self->queue, terrace_engine_get_queue (engine)))
    g_signal_connect_object (self->queue, "notify::bytes-per-second",
                             G_CALLBACK (terrace_throughput_card_note), self, G_CONNECT_SWAPPED);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (TICK_SECONDS, tick_cb, self);
  tick_cb (self);
}

static void
terrace_throughput_card_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TERRACE_THROUGHPUT_CARD (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (terrace_throughput_card_parent_class)->unmap (widget);
}

static void
terrace_throughput_card_dispose (GObject *object)
{
  TerraceThroughputCard *self = TERRACE_THROUGHPUT_CARD (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (terrace_throughput_card_parent_class)->dispose (object);
}

static void
terrace_throughput_card_finalize (GObject *object)
{
  TerraceThroughputCard *self = TERRACE_THROUGHPUT_CARD (object);

  g_clear_object (&self->all);
  g_clear_object (&self->shown);
  G_OBJECT_CLASS (terrace_throughput_card_parent_class)->finalize (object);
}

static void
terrace_throughput_card_class_init (TerraceThroughputCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_throughput_card_dispose;
  object_class->finalize = terrace_throughput_card_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = terrace_throughput_card_unmap;
  TERRACE_OVERVIEW_CARD_CLASS (klass)->ask = terrace_throughput_card_ask;
}

static void
terrace_throughput_card_init (TerraceThroughputCard *self)
{
  GtkBox *box = terrace_overview_card_build (TERRACE_OVERVIEW_CARD (self), NULL);
  GtkWidget *chart = terrace_chart_new (_ ("Throughput"), TERRACE_UNIT_TIME, TERRACE_UNIT_RATE);

  self->chart = TERRACE_CHART (chart);
  self->all = terrace_series_new ("", 2 * SPAN_SECONDS);
  self->shown = terrace_series_new (_ ("All migrations"), 2 * SPAN_SECONDS);
  terrace_chart_add (self->chart, self->shown, TERRACE_MARK_AREA, TERRACE_COLOR_SERIES (0));
  terrace_chart_set_x_span (self->chart, SPAN_SECONDS);
  terrace_chart_set_placeholder (self->chart, _ ("Nothing moved in the last minutes. Accept a move "
                                                 "in the plan, and its speed "
                                                 "is drawn here."));
  gtk_widget_set_size_request (chart, -1, CHART_HEIGHT);
  gtk_widget_set_vexpand (chart, TRUE);
  gtk_box_append (box, chart);
}
