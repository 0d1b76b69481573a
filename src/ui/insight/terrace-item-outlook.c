/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks the engine why, and for the reads to come, when another object is chosen, and again, every
 * few seconds at most, while objects change. A newer question cancels the older ones. Main thread.
 */

#include "config.h"

#include "ui/insight/terrace-item-outlook.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-insight.h"
#include "ui/insight/terrace-outlook-chart.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

#define REFRESH_MS 3000
#define N_CONTRIBUTIONS 6
#define MAX_CHARS 36

struct _TerraceItemOutlook
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  gint64 item_id;

  GCancellable *cancellable; /* of the questions under way */
  guint refresh_id;

  GtkLabel *tier_label;
  GtkLabel *confidence_label;
  GtkLabel *sentences_label;
  TerraceOutlookChart *chart;
  GtkLabel *terms_heading;
  GtkGrid *terms_grid;
};

G_DEFINE_FINAL_TYPE (TerraceItemOutlook, terrace_item_outlook, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceItemOutlookProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

/* --- Display ------------------------------------------------------------------------------- */

/* The first sentence is the plan's reason, which the pane shows already. */
static void
terrace_item_outlook_show_sentences (TerraceItemOutlook *self, GPtrArray *sentences)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < sentences->len; i++)
    g_string_append_printf (text, "%s%s.", text->len > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (sentences, i));
  gtk_label_set_text (self->sentences_label, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->sentences_label), text->len > 0);
}

static GtkWidget *
create_cell (const char *text, float xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS / 2);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* A bar of how much a feature speaks for the tier, or against it. */
static void
terrace_item_outlook_add_term (TerraceItemOutlook *self,
                               const TerraceContribution *term,
                               double greatest,
                               int row)
{
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, greatest);
  /* Translators: whether a fact speaks for a prediction or against it */
  const char *side = term->amount >= 0 ? _ ("for it") : _ ("against it");
  g_autofree char *name = g_strdup_printf ("%s: %s, %s", term->label, term->value, side);
  GtkWidget *label = create_cell (term->label, 0, "caption");
  GtkWidget *value = create_cell (term->value, 1, "caption");
  GtkWidget *side_label = create_cell (side, 0, "caption");

  gtk_widget_add_css_class (side_label, "dim-label");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), fabs (term->amount));
  gtk_widget_set_size_request (bar, 48, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_grid_attach (self->terms_grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->terms_grid, value, 1, row, 1, 1);
  gtk_grid_attach (self->terms_grid, bar, 2, row, 1, 1);
  gtk_grid_attach (self->terms_grid, side_label, 3, row, 1, 1);
}

static void
terrace_item_outlook_show_terms (TerraceItemOutlook *self, GArray *terms)
{
  GtkWidget *child;
  double greatest = 0;
  guint n_shown = MIN (terms->len, N_CONTRIBUTIONS);

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->terms_grid))) != NULL)
    gtk_grid_remove (self->terms_grid, child);
  for (guint i = 0; i < n_shown; i++)
    greatest = fmax (greatest, fabs (g_array_index (terms, TerraceContribution, i).amount));
  gtk_widget_set_visible (GTK_WIDGET (self->terms_heading), greatest > 0);
  for (guint i = 0; i < n_shown && greatest > 0; i++)
    terrace_item_outlook_add_term (self, &g_array_index (terms, TerraceContribution, i), greatest,
                                   (int) i);
}

static void
terrace_item_outlook_show (TerraceItemOutlook *self, const TerraceWhy *why)
{
  const TerracePrediction *prediction = &why->prediction;
  const char *classes[] = { "chip", terrace_ui_tier_css_class (prediction->tier), NULL };
  g_autofree char *confidence = NULL;

  gtk_label_set_text (self->tier_label, terrace_ui_tier_label (prediction->tier));
  gtk_widget_set_css_classes (GTK_WIDGET (self->tier_label), classes);
  gtk_widget_set_visible (GTK_WIDGET (self->tier_label), prediction->item_id != 0);
  if (prediction->item_id == 0)
    confidence = g_strdup (_ ("Nothing is foreseen of an object that was never looked at."));
  else if (prediction->by_model && prediction->confidence > 0)
    confidence = g_strdup_printf (_ ("%.0f %% sure"), prediction->confidence * 100.0);
  else
    confidence = g_strdup (_ ("by the plain rule"));
  gtk_label_set_text (self->confidence_label, confidence);
  terrace_item_outlook_show_sentences (self, why->sentences);
  terrace_item_outlook_show_terms (self, why->contributions);
}

static void
terrace_item_outlook_show_nothing (TerraceItemOutlook *self, const char *reason)
{
  gtk_widget_set_visible (GTK_WIDGET (self->tier_label), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->sentences_label), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->terms_heading), FALSE);
  gtk_label_set_text (self->confidence_label, reason);
  terrace_outlook_chart_set_forecast (self->chart, NULL, 0);
}

/* --- Questions ----------------------------------------------------------------------------- */

static void
why_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceItemOutlook) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceWhy) why = terrace_engine_why_finish (TERRACE_ENGINE (object), result, &error);

  if (why == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && self->engine != NULL)
        terrace_item_outlook_show_nothing (self, error->message);
      return;
    }
  if (self->engine != NULL && why->explanation->item->id == self->item_id)
    terrace_item_outlook_show (self, why);
}

static void
forecast_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceItemOutlook) self = user_data;
  g_autoptr (TerraceReadsForecast) forecast = NULL;
  TerraceEngine *engine = TERRACE_ENGINE (object);
  gint64 now_us;

  /* What is missing is said by the answer to the other question. */
  forecast = terrace_engine_forecast_finish (engine, result, NULL);
  if (forecast == NULL || self->engine == NULL || forecast->item->id != self->item_id)
    return;
  now_us = terrace_clock_get_now_us (terrace_engine_get_clock (engine));
  terrace_outlook_chart_set_forecast (self->chart, forecast, now_us / TERRACE_US_PER_DAY);
}

static void
terrace_item_outlook_ask (TerraceItemOutlook *self)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->item_id == 0 || self->engine == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->cancellable = g_cancellable_new ();
  terrace_engine_why_async (self->engine, self->item_id, self->cancellable, why_cb,
                            g_object_ref (self));
  terrace_engine_forecast_async (self->engine, self->item_id, self->cancellable, forecast_cb,
                                 g_object_ref (self));
}

static gboolean
refresh_cb (gpointer user_data)
{
  TerraceItemOutlook *self = user_data;

  self->refresh_id = 0;
  terrace_item_outlook_ask (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TerraceItemOutlook *self, TerraceCatalogChange changes)
{
  if ((changes & (TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_SETTINGS)) != 0 &&
      self->refresh_id == 0 && self->item_id != 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_item_outlook_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (terrace_item_outlook_parent_class)->map (widget);
  terrace_item_outlook_ask (TERRACE_ITEM_OUTLOOK (widget));
}

static void
terrace_item_outlook_dispose (GObject *object)
{
  TerraceItemOutlook *self = TERRACE_ITEM_OUTLOOK (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_item_outlook_parent_class)->dispose (object);
}

static void
terrace_item_outlook_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((TerraceItemOutlookProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, TERRACE_ITEM_OUTLOOK (object)->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_item_outlook_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  TerraceItemOutlook *self = TERRACE_ITEM_OUTLOOK (object);

  switch ((TerraceItemOutlookProperty) id)
    {
    case PROP_ENGINE:
      if (!g_set_object (&self->engine, g_value_get_object (value)))
        break;
      if (self->engine != NULL)
        g_signal_connect_object (terrace_engine_get_catalog (self->engine), "changed",
                                 G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_item_outlook_class_init (TerraceItemOutlookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_item_outlook_dispose;
  object_class->get_property = terrace_item_outlook_get_property;
  object_class->set_property = terrace_item_outlook_set_property;
  GTK_WIDGET_CLASS (klass)->map = terrace_item_outlook_map;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static GtkLabel *
add_label (GtkBox *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static void
add_buttons (GtkBox *box)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *predict = gtk_button_new_with_label (_ ("Predict"));
  GtkWidget *optimise = gtk_button_new_with_label (_ ("Optimise"));

  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (predict), "objects.predict");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (optimise), "objects.optimise");
  gtk_widget_set_tooltip_text (predict, _ ("Foresee the reads and the tier of this object anew"));
  gtk_widget_set_tooltip_text (optimise, _ ("Foresee, plan anew, and move it if that saves money"));
  gtk_box_append (GTK_BOX (buttons), predict);
  gtk_box_append (GTK_BOX (buttons), optimise);
  gtk_box_append (box, buttons);
}

static void
terrace_item_outlook_init (TerraceItemOutlook *self)
{
  GtkBox *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  add_label (box, _ ("Prediction"), "heading");
  self->tier_label = add_label (GTK_BOX (line), NULL, "chip");
  self->confidence_label = add_label (GTK_BOX (line), NULL, NULL);
  gtk_box_append (box, line);
  self->chart = g_object_new (TERRACE_TYPE_OUTLOOK_CHART, NULL);
  gtk_box_append (box, GTK_WIDGET (self->chart));
  self->sentences_label = add_label (box, NULL, NULL);
  gtk_label_set_selectable (self->sentences_label, TRUE);
  self->terms_heading = add_label (box, _ ("What speaks for it and against it"), "dim-label");
  self->terms_grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (self->terms_grid, 4);
  gtk_grid_set_column_spacing (self->terms_grid, 9);
  gtk_box_append (box, GTK_WIDGET (self->terms_grid));
  add_buttons (box);
  terrace_item_outlook_show_nothing (self, "");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (box));
}

void
terrace_item_outlook_set_item_id (TerraceItemOutlook *self, gint64 item_id)
{
  g_return_if_fail (TERRACE_IS_ITEM_OUTLOOK (self));

  if (self->item_id == item_id)
    return;
  self->item_id = item_id;
  terrace_item_outlook_show_nothing (self, _ ("Looking ahead…"));
  terrace_item_outlook_ask (self);
}
