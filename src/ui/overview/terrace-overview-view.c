/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The overview: figures hang on the totals by lookups; the two charts are filled again whenever the
 * totals are updated. Main thread. */

#include "config.h"

#include "ui/overview/terrace-overview-view.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "ui/charts/terrace-donut.h"
#include "ui/charts/terrace-palette.h"
#include "ui/charts/terrace-stacked-bar.h"
#include "ui/overview/terrace-activity-card.h"
#include "ui/overview/terrace-cost-card.h"
#include "ui/overview/terrace-events-card.h"
#include "ui/overview/terrace-prediction-card.h"
#include "ui/overview/terrace-savings-card.h"
#include "ui/overview/terrace-throughput-card.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

struct _TerraceOverviewView
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  TerraceTotals *totals;
  GSignalGroup *totals_signals;

  TerraceDonut *donut;
  GtkGrid *tier_grid;
  GtkLabel *tier_objects[TERRACE_N_TIERS];
  GtkLabel *tier_sizes[TERRACE_N_TIERS];
  GtkLabel *tier_costs[TERRACE_N_TIERS];
  GtkBox *locations_box;
};

G_DEFINE_FINAL_TYPE (TerraceOverviewView, terrace_overview_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_TOTALS,
} TerraceOverviewViewProperty;

static GParamSpec *properties[PROP_TOTALS + 1];

/* --- Display --------------------------------------------------------------------------------- */

static char *
page_name (TerraceOverviewView *self, gboolean loaded, guint64 items)
{
  if (!loaded)
    return g_strdup ("loading");
  return g_strdup (items > 0 ? "totals" : "empty");
}

static char *
format_count (TerraceOverviewView *self, guint64 count)
{
  return terrace_ui_format_count (count);
}

static char *
format_size (TerraceOverviewView *self, guint64 size_bytes)
{
  return terrace_ui_format_size (size_bytes);
}

static char *
format_money (TerraceOverviewView *self, gint64 nanos, const char *currency)
{
  return terrace_ui_format_nanos (nanos, currency != NULL ? currency : "USD");
}

static GtkLabel *
add_cell (GtkGrid *grid, int column, int row, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

/* (transfer floating): leads to the objects that @search finds. */
static GtkWidget *
create_link (GtkWidget *child, const char *search)
{
  GtkWidget *button = gtk_button_new ();

  gtk_button_set_child (GTK_BUTTON (button), child);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "line");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", search);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-objects");
  return button;
}

static void
add_tier_link (GtkGrid *grid, TerraceTier tier)
{
  GtkWidget *label = gtk_label_new (terrace_ui_tier_label (tier));
  g_autofree char *search = g_strconcat ("tier:", terrace_ui_tier_css_class (tier), NULL);
  /* Translators: a tier follows: Hot, Warm, Cold, Archive */
  g_autofree char *name = g_strdup_printf (_ ("Show Objects: %s"), terrace_ui_tier_label (tier));
  GtkWidget *button = create_link (label, search);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "chip");
  gtk_widget_add_css_class (label, terrace_ui_tier_css_class (tier));
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, _ ("Show these objects"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_grid_attach (grid, button, 0, (int) tier, 1, 1);
}

static void
terrace_overview_view_build_tiers (TerraceOverviewView *self)
{
  for (int tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      add_tier_link (self->tier_grid, (TerraceTier) tier);
      self->tier_objects[tier] = add_cell (self->tier_grid, 1, tier, NULL);
      self->tier_sizes[tier] = add_cell (self->tier_grid, 2, tier, NULL);
      self->tier_costs[tier] = add_cell (self->tier_grid, 3, tier, NULL);
    }
}

static void
terrace_overview_view_update_tiers (TerraceOverviewView *self, const TerraceStats *stats)
{
  const char *currency = terrace_engine_get_currency (self->engine);
  g_autoptr (GString) description = g_string_new (NULL);
  g_autofree char *total = terrace_ui_format_size (stats->size_bytes);
  TerraceItemTotals sums[TERRACE_N_TIERS] = { 0 };
  double values[TERRACE_N_TIERS];

  for (guint i = 0; i < stats->totals->len; i++)
    {
      const TerraceItemTotals *cell = &g_array_index (stats->totals, TerraceItemTotals, i);

      if ((guint) cell->tier >= TERRACE_N_TIERS)
        continue;
      sums[cell->tier].items += cell->items;
      sums[cell->tier].size_bytes += cell->size_bytes;
      sums[cell->tier].monthly_nanos += cell->monthly_nanos;
    }
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      g_autofree char *count = terrace_ui_format_count (sums[tier].items);
      g_autofree char *objects = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object",
                                                               "%s objects", sums[tier].items),
                                                  count);
      g_autofree char *size = terrace_ui_format_size (sums[tier].size_bytes);
      g_autofree char *cost = terrace_ui_format_nanos (sums[tier].monthly_nanos, currency);

      values[tier] = (double) sums[tier].size_bytes;
      gtk_label_set_text (self->tier_objects[tier], objects);
      gtk_label_set_text (self->tier_sizes[tier], size);
      gtk_label_set_text (self->tier_costs[tier], cost);
      g_string_append_printf (description, "%s%s: %s, %s", tier > 0 ? "\n" : "",
                              terrace_ui_tier_label ((TerraceTier) tier), size, objects);
    }
  terrace_donut_set_values (self->donut, values, total, _ ("in all"), description->str);
}

static gint64
sum_location (const TerraceStats *stats, gint64 location_id, gint64 *by_tier, guint64 *items)
{
  gint64 sum = 0;

  for (guint i = 0; i < stats->totals->len; i++)
    {
      const TerraceItemTotals *cell = &g_array_index (stats->totals, TerraceItemTotals, i);

      if (cell->location_id != location_id || (guint) cell->tier >= TERRACE_N_TIERS)
        continue;
      by_tier[cell->tier] += cell->monthly_nanos;
      *items += cell->items;
      sum += cell->monthly_nanos;
    }
  return sum;
}

/* "Photos  12 objects         $1.20" and a bar of its tiers. Kept while the figures change, so that
 * the focus stays where it is. */
typedef struct
{
  GtkWidget *link;
  GtkLabel *name;
  GtkLabel *objects;
  GtkLabel *amount;
  TerraceStackedBar *bar;
} LocationRow;

static void
terrace_overview_view_append_location (TerraceOverviewView *self)
{
  LocationRow *row = g_new0 (LocationRow, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  row->name = GTK_LABEL (gtk_label_new (NULL));
  row->objects = GTK_LABEL (gtk_label_new (NULL));
  row->amount = GTK_LABEL (gtk_label_new (NULL));
  row->link = create_link (GTK_WIDGET (row->name), "");
  row->bar = TERRACE_STACKED_BAR (terrace_stacked_bar_new ());
  gtk_label_set_ellipsize (row->name, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (row->objects, 0);
  gtk_label_set_ellipsize (row->objects, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (row->objects), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (row->objects), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (row->objects), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->amount), "numeric");
  gtk_box_append (GTK_BOX (line), row->link);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->objects));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->amount));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->bar));
  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_box_append (self->locations_box, box);
}

/* (transfer full): "12 objects, answers in 30 ms" */
static char *
describe_location (TerraceLocation *location, guint64 items)
{
  g_autofree char *count = terrace_ui_format_count (items);
  g_autofree char *objects =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object", "%s objects", items), count);

  if (location->measured_latency_us == 0)
    return g_steal_pointer (&objects);
  /* Translators: "12 objects", then a time in milliseconds */
  return g_strdup_printf (_ ("%s, answers in %.1f ms"), objects,
                          (double) location->measured_latency_us / 1000.0);
}

static void
location_row_set (const LocationRow *row,
                  TerraceEngine *engine,
                  TerraceLocation *location,
                  const TerraceStats *stats,
                  gint64 scale)
{
  const char *currency = terrace_engine_get_currency (engine);
  gint64 by_tier[TERRACE_N_TIERS] = { 0 };
  guint64 items = 0;
  gint64 cost = sum_location (stats, location->id, by_tier, &items);
  g_autofree char *money = terrace_ui_format_nanos (cost, currency);
  g_autofree char *caption = describe_location (location, items);
  g_autofree char *search = g_strdup_printf ("at:\"%s\"", location->name);
  /* Translators: name of a location follows */
  g_autofree char *link = g_strdup_printf (_ ("Show Objects in %s"), location->name);

  gtk_label_set_text (row->name, location->name);
  gtk_label_set_text (row->objects, caption);
  gtk_label_set_text (row->amount, money);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->link), "s", search);
  gtk_widget_set_tooltip_text (row->link, location->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->link), GTK_ACCESSIBLE_PROPERTY_LABEL, link,
                                  -1);
  terrace_stacked_bar_clear (row->bar);
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    {
      g_autofree char *part = terrace_ui_format_nanos (by_tier[tier], currency);
      g_autofree char *text =
          g_strdup_printf ("%s: %s", terrace_ui_tier_label ((TerraceTier) tier), part);
      GdkRGBA color = terrace_palette_tier ((TerraceTier) tier);

      terrace_stacked_bar_append (row->bar, (double) by_tier[tier], &color, text);
    }
  terrace_stacked_bar_set_scale (row->bar, (double) scale);
  terrace_stacked_bar_describe (row->bar, location->name);
}

static gint64
find_dearest (GListModel *locations, const TerraceStats *stats)
{
  gint64 dearest = 0;

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);
      gint64 by_tier[TERRACE_N_TIERS] = { 0 };
      guint64 items = 0;

      dearest = MAX (dearest, sum_location (stats, location->id, by_tier, &items));
    }
  return dearest;
}

static void
terrace_overview_view_update_locations (TerraceOverviewView *self, const TerraceStats *stats)
{
  GListModel *locations = terrace_engine_get_locations (self->engine);
  gint64 scale = find_dearest (locations, stats);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->locations_box));

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      if (child == NULL)
        {
          terrace_overview_view_append_location (self);
          child = gtk_widget_get_last_child (GTK_WIDGET (self->locations_box));
        }
      location_row_set (g_object_get_data (G_OBJECT (child), "row"), self->engine, location, stats,
                        scale);
      child = gtk_widget_get_next_sibling (child);
    }
  while (child != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      gtk_box_remove (self->locations_box, child);
      child = next;
    }
}

static void
terrace_overview_view_update (TerraceOverviewView *self)
{
  const TerraceStats *stats = self->totals != NULL ? terrace_totals_get_stats (self->totals) : NULL;

  if (self->engine == NULL || stats == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  terrace_overview_view_update_tiers (self, stats);
  terrace_overview_view_update_locations (self, stats);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_overview_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (terrace_overview_view_parent_class)->map (widget);
  terrace_overview_view_update (TERRACE_OVERVIEW_VIEW (widget));
}

static void
terrace_overview_view_dispose (GObject *object)
{
  TerraceOverviewView *self = TERRACE_OVERVIEW_VIEW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_OVERVIEW_VIEW);
  g_clear_object (&self->totals_signals);
  g_clear_object (&self->totals);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_overview_view_parent_class)->dispose (object);
}

static void
terrace_overview_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceOverviewView *self = TERRACE_OVERVIEW_VIEW (object);

  switch ((TerraceOverviewViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_TOTALS:
      g_value_set_object (value, self->totals);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_overview_view_set_property (GObject *object,
                                    guint id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  TerraceOverviewView *self = TERRACE_OVERVIEW_VIEW (object);

  switch ((TerraceOverviewViewProperty) id)
    {
    case PROP_ENGINE:
      if (!g_set_object (&self->engine, g_value_get_object (value)))
        return;
      break;
    case PROP_TOTALS:
      if (!g_set_object (&self->totals, g_value_get_object (value)))
        return;
      g_signal_group_set_target (self->totals_signals, self->totals);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, properties[id]);
  terrace_overview_view_update (self);
}

static void
terrace_overview_view_class_init (TerraceOverviewViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = terrace_overview_view_dispose;
  object_class->get_property = terrace_overview_view_get_property;
  object_class->set_property = terrace_overview_view_set_property;
  widget_class->map = terrace_overview_view_map;

  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE, flags);
  properties[PROP_TOTALS] = g_param_spec_object ("totals", NULL, NULL, TERRACE_TYPE_TOTALS, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (TERRACE_TYPE_DONUT);
  g_type_ensure (TERRACE_TYPE_ACTIVITY_CARD);
  g_type_ensure (TERRACE_TYPE_COST_CARD);
  g_type_ensure (TERRACE_TYPE_EVENTS_CARD);
  g_type_ensure (TERRACE_TYPE_PREDICTION_CARD);
  g_type_ensure (TERRACE_TYPE_SAVINGS_CARD);
  g_type_ensure (TERRACE_TYPE_THROUGHPUT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-overview-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceOverviewView, donut);
  gtk_widget_class_bind_template_child (widget_class, TerraceOverviewView, tier_grid);
  gtk_widget_class_bind_template_child (widget_class, TerraceOverviewView, locations_box);
  gtk_widget_class_bind_template_callback (widget_class, page_name);
  gtk_widget_class_bind_template_callback (widget_class, format_count);
  gtk_widget_class_bind_template_callback (widget_class, format_size);
  gtk_widget_class_bind_template_callback (widget_class, format_money);
}

static void
terrace_overview_view_init (TerraceOverviewView *self)
{
  self->totals_signals = g_signal_group_new (TERRACE_TYPE_TOTALS);
  g_signal_group_connect_object (self->totals_signals, "updated",
                                 G_CALLBACK (terrace_overview_view_update), self,
                                 G_CONNECT_SWAPPED);
  gtk_widget_init_template (GTK_WIDGET (self));
  terrace_overview_view_build_tiers (self);
}
