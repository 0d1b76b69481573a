/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The state of the stream view, and its chart. The engine says once a second how it stands; between
 * two seconds the chart only rolls on, ten times a second, while it is seen. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

#define CHART_SECONDS 300
/* The last whole second is known up to two seconds after its beginning. */
#define CHART_DELAY 2
#define ROLL_MS 100

G_DEFINE_FINAL_TYPE (TerraceStreamView, terrace_stream_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceStreamViewProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

/* --- Chart --------------------------------------------------------------------------------- */

static void
terrace_stream_view_roll (TerraceStreamView *self)
{
  double now = (double) terrace_clock_get_now_us (terrace_engine_get_clock (self->engine)) /
               (double) TERRACE_US_PER_SECOND;

  terrace_chart_set_x_range (self->chart, now - CHART_DELAY - CHART_SECONDS, now - CHART_DELAY);
}

static gboolean
roll_cb (gpointer user_data)
{
  terrace_stream_view_roll (TERRACE_STREAM_VIEW (user_data));
  return G_SOURCE_CONTINUE;
}

static void
terrace_stream_view_fill_chart (TerraceStreamView *self)
{
  /* Two more, so that the line reaches beyond the left edge. */
  TerraceWindowSecond seconds[CHART_SECONDS + CHART_DELAY + 2];
  TerracePoint points[3][G_N_ELEMENTS (seconds)];

  terrace_engine_stream_get_history (self->stream, seconds, G_N_ELEMENTS (seconds));
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      double x = (double) seconds[i].second;

      points[0][i] = TERRACE_POINT (x, seconds[i].events);
      points[1][i] = TERRACE_POINT (x, seconds[i].kinds[TERRACE_STREAM_READ]);
      points[2][i] = TERRACE_POINT (x, seconds[i].kinds[TERRACE_STREAM_ERROR]);
    }
  /* Before the first tick there are no seconds. */
  if (seconds[0].second == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    terrace_series_set_points (self->series[i], points[i], G_N_ELEMENTS (seconds));
}

static void
terrace_stream_view_update_summary (TerraceStreamView *self)
{
  const TerraceWindowSummary *window =
      terrace_engine_stream_get_window (self->stream, TERRACE_WINDOW_SECOND);
  const TerraceWindowSummary *minute =
      terrace_engine_stream_get_window (self->stream, TERRACE_WINDOW_MINUTE);
  guint64 left_out =
      terrace_stream_log_get_n_left_out (terrace_engine_stream_get_log (self->stream));
  g_autofree char *rate = terrace_ui_format_event_rate (window->events_per_second);
  GString *text = g_string_new (rate);

  if (minute->n_latencies > 0)
    {
      g_autofree char *latency = terrace_format_latency ((guint64) (minute->p95_us / 1000));

      g_string_append (text, " · ");
      /* Translators: the time within which 95 % of the last minute's answers came */
      g_string_append_printf (text, _ ("95 %% answered within %s"), latency);
    }
  if (minute->events > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, _ ("%.1f %% errors in the last minute"),
                              minute->error_ratio * 100);
    }
  if (terrace_engine_stream_get_burst (self->stream))
    g_string_append_printf (text, " · %s", _ ("more than usual"));
  if (left_out > 0)
    {
      g_autofree char *count = terrace_ui_format_count (left_out);

      g_string_append (text, " · ");
      /* Translators: events that came too fast for the log, but are counted */
      g_string_append_printf (text, _ ("%s counted but not listed"), count);
    }
  gtk_label_set_text (self->summary_label, text->str);
  g_string_free (text, TRUE);
}

/* The chart stands still when nothing comes and when nobody looks. */
static void
terrace_stream_view_follow_state (TerraceStreamView *self)
{
  gboolean active = terrace_engine_stream_get_active (self->stream);
  gboolean seen = gtk_widget_get_mapped (GTK_WIDGET (self->chart));
  GListModel *log = G_LIST_MODEL (terrace_engine_stream_get_log (self->stream));

  if (active || g_list_model_get_n_items (log) > 0)
    gtk_stack_set_visible_child_name (self->live_stack, "log");
  else
    gtk_stack_set_visible_child_name (self->live_stack, "empty");
  if (active && seen && self->roll_id == 0)
    self->roll_id = g_timeout_add (ROLL_MS, roll_cb, self);
  else if (!(active && seen))
    g_clear_handle_id (&self->roll_id, g_source_remove);
  terrace_stream_view_update_run_button (self);
}

static void
ticked_cb (TerraceStreamView *self)
{
  if (self->chart == NULL)
    return;
  terrace_stream_view_follow_state (self);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  terrace_stream_view_fill_chart (self);
  terrace_stream_view_roll (self);
  terrace_stream_view_update_summary (self);
  terrace_stream_view_follow_letters (self);
}

static void
terrace_stream_view_setup_chart (TerraceStreamView *self)
{
  const char *titles[] = { _ ("Events"), _ ("Reads"), _ ("Errors") };

  terrace_chart_setup (self->chart, _ ("Events a Second"), TERRACE_UNIT_TIME, TERRACE_UNIT_NUMBER);
  terrace_chart_set_placeholder (self->chart, _ ("Start a source to see what comes in"));
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      self->series[i] = terrace_series_new (titles[i], 0);
      terrace_chart_add (self->chart, self->series[i],
                         i == 0 ? TERRACE_MARK_AREA : TERRACE_MARK_LINE,
                         TERRACE_COLOR_SERIES (i == 2 ? 3 : i));
    }
}

/* --- Rows ---------------------------------------------------------------------------------- */

GtkWidget *
terrace_stream_view_create_row (const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", title,
                                 "subtitle", subtitle, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

GtkWidget *
terrace_stream_view_create_button (const char *label,
                                   const char *icon,
                                   const char *action,
                                   GVariant *target)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

/* --- Object -------------------------------------------------------------------------------- */

static void
page_changed_cb (TerraceStreamView *self)
{
  if (self->stream != NULL &&
      g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "letters") == 0)
    terrace_stream_view_read_letters (self);
}

static void
terrace_stream_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (terrace_stream_view_parent_class)->map (widget);
  if (TERRACE_STREAM_VIEW (widget)->stream != NULL)
    ticked_cb (TERRACE_STREAM_VIEW (widget));
}

static void
terrace_stream_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TERRACE_STREAM_VIEW (widget)->roll_id, g_source_remove);
  GTK_WIDGET_CLASS (terrace_stream_view_parent_class)->unmap (widget);
}

static void
terrace_stream_view_set_engine (TerraceStreamView *self, TerraceEngine *engine)
{
  if (engine == NULL || self->engine != NULL)
    return;
  self->engine = g_object_ref (engine);
  self->stream = terrace_engine_get_stream (engine);
  terrace_stream_view_setup_chart (self);
  terrace_stream_view_setup_names (self);
  terrace_stream_view_setup_log (self);
  terrace_stream_view_setup_sources (self);
  terrace_stream_view_setup_alerts (self);
  terrace_stream_view_setup_rules (self);
  g_signal_connect_object (self->stream, "ticked", G_CALLBACK (ticked_cb), self, G_CONNECT_SWAPPED);
  terrace_stream_view_follow_state (self);
}

static void
terrace_stream_view_dispose (GObject *object)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->roll_id, g_source_remove);
  terrace_stream_view_stop_log (self);
  terrace_stream_view_stop_names (self);
  if (self->stream != NULL)
    g_signal_handlers_disconnect_by_data (self->stream, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_STREAM_VIEW);
  self->chart = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (self->series); i++)
    g_clear_object (&self->series[i]);
  g_clear_object (&self->source_names);
  g_clear_object (&self->listed_alerts);
  self->stream = NULL;
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_stream_view_parent_class)->dispose (object);
}

static void
terrace_stream_view_finalize (GObject *object)
{
  TerraceStreamView *self = TERRACE_STREAM_VIEW (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->letters, g_ptr_array_unref);
  g_free (self->needle);
  G_OBJECT_CLASS (terrace_stream_view_parent_class)->finalize (object);
}

static void
terrace_stream_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((TerraceStreamViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, TERRACE_STREAM_VIEW (object)->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_stream_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((TerraceStreamViewProperty) id)
    {
    case PROP_ENGINE:
      terrace_stream_view_set_engine (TERRACE_STREAM_VIEW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_stream_view_class_init (TerraceStreamViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_stream_view_dispose;
  object_class->finalize = terrace_stream_view_finalize;
  object_class->get_property = terrace_stream_view_get_property;
  object_class->set_property = terrace_stream_view_set_property;
  widget_class->map = terrace_stream_view_map;
  widget_class->unmap = terrace_stream_view_unmap;

  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (TERRACE_TYPE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-stream-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, pages);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, live_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, summary_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, chart);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, rules_list);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, letters_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceStreamView, letters_list);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  terrace_stream_view_bind_log (widget_class);
  terrace_stream_view_bind_sources (widget_class);
  terrace_stream_view_bind_alerts (widget_class);
  terrace_stream_view_bind_export (widget_class);
}

static void
terrace_stream_view_init (TerraceStreamView *self)
{
  self->cancellable = g_cancellable_new ();
  self->follows = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}
