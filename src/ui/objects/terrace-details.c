/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The pane about one object. Asks the engine for an explanation when another object is chosen, and
 * again, at most twice a second, while the catalogue changes. A newer question cancels the older
 * one. Asks nothing while it is hidden. Main thread. */

#include "config.h"

#include "ui/objects/terrace-details.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "model/terrace-event.h"
#include "ui/charts/terrace-access-chart.h"
#include "ui/charts/terrace-bill-chart.h"
#include "ui/insight/terrace-item-outlook.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

#define REFRESH_MS 500
#define HISTORY_MAX 20

struct _TerraceDetails
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  gint64 item_id;

  GCancellable *cancellable; /* of the question under way */
  guint refresh_id;

  GtkStack *stack;
  GtkLabel *name_label;
  GtkLabel *place_label;
  GtkLabel *reason_label;
  GtkLabel *temperature_label;
  GtkLabel *bill_label;
  GtkWidget *move_button;
  GtkWidget *access_box;
  GtkWidget *no_access_label;
  TerraceAccessChart *access_chart;
  TerraceBillChart *bill_chart;
  TerraceItemOutlook *outlook;
  GtkBox *copies_box;
  GtkBox *history_box;
};

G_DEFINE_FINAL_TYPE (TerraceDetails, terrace_details, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceDetailsProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
add_line (GtkBox *box, const char *text, const char *caption)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *text_label = gtk_label_new (text);
  GtkWidget *caption_label = gtk_label_new (caption);

  gtk_label_set_xalign (GTK_LABEL (text_label), 0);
  gtk_label_set_wrap (GTK_LABEL (text_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (text_label), 36);
  gtk_label_set_max_width_chars (GTK_LABEL (caption_label), 36);
  gtk_label_set_xalign (GTK_LABEL (caption_label), 0);
  gtk_label_set_wrap (GTK_LABEL (caption_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (caption_label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (caption_label, "caption");
  gtk_widget_add_css_class (caption_label, "dim-label");
  gtk_box_append (GTK_BOX (line), text_label);
  gtk_box_append (GTK_BOX (line), caption_label);
  gtk_box_append (box, line);
}

static void
terrace_details_show_copies (TerraceDetails *self, GPtrArray *replicas)
{
  clear_box (self->copies_box);
  for (guint i = 0; i < replicas->len; i++)
    {
      const TerraceReplica *replica = g_ptr_array_index (replicas, i);
      g_autofree char *key = terrace_display_name (replica->key);
      g_autofree char *text =
          g_strdup_printf ("%s: %s", terrace_ui_location_name (self->engine, replica->location_id),
                           key);
      g_autofree char *when = terrace_ui_format_when (replica->verified_us);
      g_autofree char *caption = NULL;

      if (replica->verified_us > 0)
        /* Translators: storage class, then a date */
        caption = g_strdup_printf (_ ("%s, verified %s"),
                                   terrace_ui_class_name (self->engine, replica->class_id), when);
      else
        caption = g_strdup_printf (_ ("%s, not verified yet"),
                                   terrace_ui_class_name (self->engine, replica->class_id));
      add_line (self->copies_box, text, caption);
    }
}

static void
terrace_details_show_history (TerraceDetails *self, GPtrArray *events)
{
  clear_box (self->history_box);
  for (guint i = 0; i < MIN (events->len, HISTORY_MAX); i++)
    {
      TerraceEvent *event = g_ptr_array_index (events, i);
      g_autofree char *when = terrace_ui_format_when (event->time_us);

      add_line (self->history_box, event->message, when);
    }
  if (events->len == 0)
    add_line (self->history_box, _ ("Nothing happened yet"), "");
}

static void
terrace_details_show (TerraceDetails *self, const TerraceExplanation *explanation)
{
  TerraceItem *item = explanation->item;
  g_autofree char *key = terrace_display_name (item->key);
  g_autofree char *size = terrace_ui_format_size (item->size_bytes);
  g_autofree char *modified = terrace_ui_format_when (item->modified_us);
  g_autofree char *place = NULL;
  g_autofree char *bill = NULL;
  double months = terrace_engine_get_policy (self->engine)->horizon_months;
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (self->engine));
  gboolean used;

  gtk_label_set_text (self->name_label, item->name);
  /* Translators: size, date of the last change, location and path */
  place = g_strdup_printf (_ ("%s, changed %s\n%s: %s"), size, modified,
                           terrace_ui_location_name (self->engine, item->location_id), key);
  gtk_label_set_text (self->place_label, place);
  gtk_label_set_text (self->reason_label, explanation->reason);
  gtk_label_set_text (self->temperature_label, explanation->temperature_reason);
  gtk_widget_set_visible (self->move_button, item->wanted_location_id != 0 && !item->moving);
  used = terrace_access_chart_set_days (self->access_chart, explanation->days,
                                        now_us / TERRACE_US_PER_DAY);
  gtk_widget_set_visible (self->access_box, used);
  gtk_widget_set_visible (self->no_access_label, !used);

  bill = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Cost Over %.0f Month",
                                       "Cost Over %.0f Months", (gulong) months),
                          months);
  gtk_label_set_text (self->bill_label, bill);
  terrace_bill_chart_set_explanation (self->bill_chart, self->engine, explanation);
  terrace_details_show_copies (self, explanation->replicas);
  terrace_details_show_history (self, explanation->events);
  gtk_stack_set_visible_child_name (self->stack, "item");
}

static void
terrace_details_explain_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceDetails) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceExplanation) explanation = NULL;

  explanation = terrace_engine_explain_finish (TERRACE_ENGINE (object), result, &error);
  if (explanation == NULL)
    {
      /* Forgotten while it was shown: nothing left to say. */
      if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
        terrace_details_set_item_id (self, 0);
      else
        terrace_ui_report (GTK_WIDGET (self), _ ("Could not read the details"), error);
      return;
    }
  if (self->engine != NULL && explanation->item->id == self->item_id)
    terrace_details_show (self, explanation);
}

static void
terrace_details_ask (TerraceDetails *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->item_id == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->cancellable = g_cancellable_new ();
  terrace_engine_explain_async (self->engine, self->item_id, self->cancellable,
                                terrace_details_explain_cb, g_object_ref (self));
}

static gboolean
terrace_details_refresh_cb (gpointer user_data)
{
  TerraceDetails *self = user_data;

  self->refresh_id = 0;
  terrace_details_ask (self);
  return G_SOURCE_REMOVE;
}

static void
terrace_details_changed_cb (TerraceDetails *self)
{
  if (self->refresh_id == 0 && self->item_id != 0)
    self->refresh_id = g_timeout_add (REFRESH_MS, terrace_details_refresh_cb, self);
}

static void
terrace_details_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (terrace_details_parent_class)->map (widget);
  terrace_details_ask (TERRACE_DETAILS (widget));
}

static void
terrace_details_dispose (GObject *object)
{
  TerraceDetails *self = TERRACE_DETAILS (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_DETAILS);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_details_parent_class)->dispose (object);
}

static void
terrace_details_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceDetails *self = TERRACE_DETAILS (object);

  switch ((TerraceDetailsProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_details_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TerraceDetails *self = TERRACE_DETAILS (object);

  switch ((TerraceDetailsProperty) id)
    {
    case PROP_ENGINE:
      if (g_set_object (&self->engine, g_value_get_object (value)))
        {
          if (self->engine != NULL)
            g_signal_connect_object (terrace_engine_get_catalog (self->engine), "changed",
                                     G_CALLBACK (terrace_details_changed_cb), self,
                                     G_CONNECT_SWAPPED);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_details_class_init (TerraceDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_details_dispose;
  object_class->get_property = terrace_details_get_property;
  object_class->set_property = terrace_details_set_property;
  widget_class->map = terrace_details_map;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (TERRACE_TYPE_ACCESS_CHART);
  g_type_ensure (TERRACE_TYPE_BILL_CHART);
  g_type_ensure (TERRACE_TYPE_ITEM_OUTLOOK);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-details.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, name_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, place_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, reason_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, temperature_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, bill_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, move_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, access_box);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, no_access_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, access_chart);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, bill_chart);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, outlook);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, copies_box);
  gtk_widget_class_bind_template_child (widget_class, TerraceDetails, history_box);
}

static void
terrace_details_init (TerraceDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
terrace_details_set_item_id (TerraceDetails *self, gint64 item_id)
{
  g_return_if_fail (TERRACE_IS_DETAILS (self));

  if (self->item_id == item_id)
    return;
  self->item_id = item_id;
  if (item_id == 0)
    gtk_stack_set_visible_child_name (self->stack, "none");
  terrace_item_outlook_set_item_id (self->outlook, item_id);
  terrace_details_ask (self);
}
