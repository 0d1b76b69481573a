/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The waterfall of the details pane: a row of words and a stacked bar for each candidate, all on
 * the same scale: what the object costs over the policy's horizon, the move included, because that
 * sum is what the planner compares. Main thread. */

#include "config.h"

#include "ui/charts/terrace-bill-chart.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "ui/charts/terrace-palette.h"
#include "ui/charts/terrace-stacked-bar.h"
#include "ui/terrace-format.h"

struct _TerraceBillChart
{
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (TerraceBillChart, terrace_bill_chart, GTK_TYPE_BOX)

/* An allowed and worthwhile candidate that is not the best one is "chosen" to its own judge. */
static const char *
verdict_label (TerraceVerdict verdict, gboolean current, gboolean chosen)
{
  if (chosen)
    return current ? _ ("Best where it is") : _ ("Recommended");
  if (current)
    return _ ("Now here");

  switch (verdict)
    {
    case TERRACE_VERDICT_CHOSEN:
    case TERRACE_VERDICT_STAY:
      return _ ("Saves less");
    case TERRACE_VERDICT_DEARER:
      return _ ("Dearer");
    case TERRACE_VERDICT_PAYBACK:
      return _ ("Pays back too late");
    case TERRACE_VERDICT_TOO_SMALL:
      return _ ("Saves too little");
    case TERRACE_VERDICT_TOO_SLOW:
      return _ ("Too slow to read");
    case TERRACE_VERDICT_NO_ROOM:
      return _ ("No room there");
    default:
      return "";
    }
}

static double
bill_total (const TerraceBill *bill, double months)
{
  return bill->once + months * bill->monthly;
}

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *css_class, gboolean expand)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), expand ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, expand);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
fill_bar (TerraceStackedBar *bar, const TerraceOption *option, const char *currency, double months)
{
  for (TerraceTerm term = 0; term < TERRACE_N_TERMS; term++)
    {
      double value = option->bill.terms[term] * (term < TERRACE_N_MONTHLY_TERMS ? months : 1);
      g_autofree char *money = terrace_format_money (value, currency);
      g_autofree char *text = g_strdup_printf ("%s: %s", terrace_term_get_label (term), money);
      GdkRGBA color = terrace_palette_term (term);

      terrace_stacked_bar_append (bar, value, &color, text);
    }
}

/* "S3 Standard-IA at Warm      $0.12 a month" / bar / "Dearer, $0.40 once" */
static void
terrace_bill_chart_add_option (TerraceBillChart *self,
                               TerraceEngine *engine,
                               const TerraceOption *option,
                               gboolean current,
                               gboolean chosen,
                               double scale)
{
  const char *currency = terrace_engine_get_currency (engine);
  double months = terrace_engine_get_policy (engine)->horizon_months;
  TerraceLocation *location = terrace_engine_get_location (engine, option->location_id);
  g_autofree char *money = terrace_format_money (option->bill.monthly, currency);
  g_autofree char *once = terrace_format_money (option->bill.once, currency);
  g_autofree char *name = NULL;
  g_autofree char *monthly = NULL;
  g_autofree char *verdict = NULL;
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *bar = terrace_stacked_bar_new ();
  const char *verdict_text = verdict_label (option->verdict, current, chosen);

  /* Translators: a storage class at a location: "S3 Standard at Photos" */
  name = g_strdup_printf (_ ("%s at %s"), option->storage_class->name,
                          location != NULL ? location->name : _ ("a forgotten location"));
  monthly = g_strdup_printf (_ ("%s a month"), money);
  if (option->bill.once > 0)
    /* Translators: verdict, then what the move costs: "Dearer, $0.40 once" */
    verdict = g_strdup_printf (_ ("%s, %s once"), verdict_text, once);
  else
    verdict = g_strdup (verdict_text);

  gtk_widget_set_tooltip_text (add_label (heading, name, current ? "heading" : NULL, TRUE), name);
  add_label (heading, monthly, "numeric", FALSE);
  gtk_box_append (GTK_BOX (row), heading);

  fill_bar (TERRACE_STACKED_BAR (bar), option, currency, months);
  terrace_stacked_bar_set_scale (TERRACE_STACKED_BAR (bar), scale);
  terrace_stacked_bar_describe (TERRACE_STACKED_BAR (bar), name);
  gtk_box_append (GTK_BOX (row), bar);

  add_label (row, verdict, "caption", TRUE);
  gtk_widget_add_css_class (gtk_widget_get_last_child (row), chosen ? "success" : "dim-label");
  gtk_box_append (GTK_BOX (self), row);
}

/* Only the terms that occur. */
static void
terrace_bill_chart_add_legend (TerraceBillChart *self, GArray *options)
{
  GtkWidget *legend = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (legend), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (legend), 3);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (legend), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (legend), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colours of the bill"), -1);
  for (TerraceTerm term = 0; term < TERRACE_N_TERMS; term++)
    {
      gboolean used = FALSE;
      g_autofree char *css_class = g_strdup_printf ("term-%u", term);

      for (guint i = 0; i < options->len; i++)
        used = used || g_array_index (options, TerraceOption, i).bill.terms[term] > 0;
      if (used)
        {
          GtkWidget *label = gtk_label_new (terrace_term_get_label (term));

          gtk_label_set_xalign (GTK_LABEL (label), 0);
          gtk_widget_add_css_class (label, "caption");
          gtk_widget_add_css_class (label, "chip");
          gtk_widget_add_css_class (label, css_class);
          gtk_flow_box_insert (GTK_FLOW_BOX (legend), label, -1);
          gtk_widget_set_can_focus (gtk_widget_get_parent (label), FALSE);
        }
    }
  gtk_box_append (GTK_BOX (self), legend);
}

static void
terrace_bill_chart_class_init (TerraceBillChartClass *klass)
{
}

static void
terrace_bill_chart_init (TerraceBillChart *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
}

void
terrace_bill_chart_set_explanation (TerraceBillChart *self,
                                    TerraceEngine *engine,
                                    const TerraceExplanation *explanation)
{
  GtkWidget *child;
  double months;
  double scale = 0;

  g_return_if_fail (TERRACE_IS_BILL_CHART (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  if (explanation == NULL)
    return;

  months = terrace_engine_get_policy (engine)->horizon_months;
  for (guint i = 0; i < explanation->options->len; i++)
    scale = MAX (scale,
                 bill_total (&g_array_index (explanation->options, TerraceOption, i).bill, months));
  for (guint i = 0; i < explanation->options->len; i++)
    terrace_bill_chart_add_option (self, engine,
                                   &g_array_index (explanation->options, TerraceOption, i),
                                   i == explanation->current, i == explanation->chosen, scale);
  terrace_bill_chart_add_legend (self, explanation->options);
}
