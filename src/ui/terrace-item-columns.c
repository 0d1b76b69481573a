/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Columns of the item lists. Cells are GtkInscriptions filled from C, not templates with lookups:
 * GTK 4.8 makes about 205 rows at once, and an inscription needs no layout to be measured, which
 * is what keeps the first frame of a million rows short. Main thread. */

#include "config.h"

#include "ui/terrace-item-columns.h"

#include <glib/gi18n-lib.h>

#include "ui/terrace-format.h"

/* Of Cantarell 11 at 96 dots an inch, for which the widths in the tables were chosen. */
#define FIGURE_WIDTH 9.0

/* The sorter that was asked last; see terrace_item_columns_get_sort(). */
static const TerraceItemColumn *probed_column;

static int
probe_compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  probed_column = user_data;
  return GTK_ORDERING_SMALLER;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  const TerraceItemColumn *column = g_object_get_data (G_OBJECT (factory), "column");
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), column->numeric ? 1.0f : 0.0f);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (cell), 1);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), column->width == 0 ? 16 : 3);
  gtk_list_item_set_child (list_item, cell);
  g_object_set_data (G_OBJECT (cell), "list-item", list_item);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TerraceEngine *engine = user_data;
  const TerraceItemColumn *column = g_object_get_data (G_OBJECT (factory), "column");
  TerraceItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  g_autofree char *text = column->format (item, engine);

  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
  if (column->width == 0)
    gtk_widget_set_tooltip_text (cell, text);
  if (column->css_class != NULL)
    {
      const char *classes[] = { "chip", column->css_class (item), NULL };

      gtk_widget_set_css_classes (cell, classes);
    }
  else if (column->numeric)
    {
      const char *classes[] = { "numeric", NULL };

      gtk_widget_set_css_classes (cell, classes);
    }
}

double
terrace_ui_get_text_scale (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  double width = pango_font_metrics_get_approximate_digit_width (metrics) / (double) PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  return MAX (width / FIGURE_WIDTH, 1.0);
}

void
terrace_item_columns_append (GtkColumnView *view,
                             const TerraceItemColumn *columns,
                             guint n_columns,
                             TerraceEngine *engine)
{
  double scale = terrace_ui_get_text_scale (GTK_WIDGET (view));

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));
  g_return_if_fail (columns != NULL);
  g_return_if_fail (TERRACE_IS_ENGINE (engine));

  for (guint i = 0; i < n_columns; i++)
    {
      const TerraceItemColumn *described = &columns[i];
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_object_set_data (G_OBJECT (factory), "column", (gpointer) described);
      g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), engine, 0);
      g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), engine, 0);

      column = gtk_column_view_column_new (_ (described->title), factory);
      g_object_set_data (G_OBJECT (column), "column", (gpointer) described);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, described->width == 0);
      if (described->width > 0)
        gtk_column_view_column_set_fixed_width (column, (int) (described->width * scale));
      if (described->sort >= 0)
        {
          g_autoptr (GtkSorter) sorter =
              GTK_SORTER (gtk_custom_sorter_new (probe_compare, (gpointer) described, NULL));

          gtk_column_view_column_set_sorter (column, sorter);
        }
      gtk_column_view_append_column (view, column);
    }
}

const TerraceItemColumn *
terrace_item_column_get (GtkColumnViewColumn *column)
{
  g_return_val_if_fail (GTK_IS_COLUMN_VIEW_COLUMN (column), NULL);

  return g_object_get_data (G_OBJECT (column), "column");
}

/* GTK 4.8 cannot say which header was clicked (4.10 can), but its sorter asks the sorter of that
 * column first: so let it compare any two objects and see who was asked, and which way round. */
int
terrace_item_columns_get_sort (GtkColumnView *view, gboolean *descending)
{
  g_autoptr (GtkSorter) other = NULL;
  GtkSorter *sorter;
  GtkOrdering ordering;

  g_return_val_if_fail (GTK_IS_COLUMN_VIEW (view), -1);
  g_return_val_if_fail (descending != NULL, -1);

  sorter = gtk_column_view_get_sorter (view);
  other = GTK_SORTER (gtk_custom_sorter_new (NULL, NULL, NULL));
  probed_column = NULL;
  ordering = gtk_sorter_compare (sorter, sorter, other);
  *descending = ordering == GTK_ORDERING_LARGER;
  return probed_column != NULL ? probed_column->sort : -1;
}

void
terrace_item_columns_set_sort (GtkColumnView *view, TerraceItemSort sort, gboolean descending)
{
  GListModel *columns;

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));

  columns = gtk_column_view_get_columns (view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (terrace_item_column_get (column)->sort == (int) sort)
        {
          gtk_column_view_sort_by_column (view, column,
                                          descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
          return;
        }
    }
}

gboolean
terrace_item_columns_pick (GtkColumnView *view, double x, double y, guint *position)
{
  GtkWidget *widget;

  g_return_val_if_fail (GTK_IS_COLUMN_VIEW (view), FALSE);
  g_return_val_if_fail (position != NULL, FALSE);

  /* The click may fall on a cell's padding: then the cell's child knows the row. */
  for (widget = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);
       widget != NULL && widget != GTK_WIDGET (view); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);
      GtkListItem *list_item = g_object_get_data (G_OBJECT (widget), "list-item");

      if (list_item == NULL && child != NULL)
        list_item = g_object_get_data (G_OBJECT (child), "list-item");
      if (list_item != NULL)
        {
          *position = gtk_list_item_get_position (list_item);
          return *position != GTK_INVALID_LIST_POSITION;
        }
    }
  return FALSE;
}

/* --- Names --------------------------------------------------------------------------------- */

const char *
terrace_ui_location_name (TerraceEngine *engine, gint64 location_id)
{
  TerraceLocation *location = terrace_engine_get_location (engine, location_id);

  return location != NULL ? location->name : _ ("Forgotten location");
}

const char *
terrace_ui_class_name (TerraceEngine *engine, const char *class_id)
{
  TerraceStorageClass *storage_class;

  if (class_id == NULL || *class_id == '\0')
    return "";
  storage_class = terrace_engine_find_class (engine, class_id);
  return storage_class != NULL ? storage_class->name : class_id;
}

/* --- Formatters ---------------------------------------------------------------------------- */

char *
terrace_item_format_name (TerraceItem *item, TerraceEngine *engine)
{
  if (item->missing)
    /* Translators: the name of a file that is no longer there */
    return g_strdup_printf (_ ("%s (missing)"), item->name);
  return g_strdup (item->name);
}

char *
terrace_item_format_size (TerraceItem *item, TerraceEngine *engine)
{
  return terrace_ui_format_size (item->size_bytes);
}

char *
terrace_item_format_temperature (TerraceItem *item, TerraceEngine *engine)
{
  return g_strdup (terrace_ui_temperature_label (item->temperature));
}

char *
terrace_item_format_tier (TerraceItem *item, TerraceEngine *engine)
{
  return g_strdup (terrace_ui_tier_label (item->tier));
}

char *
terrace_item_format_location (TerraceItem *item, TerraceEngine *engine)
{
  return g_strdup (terrace_ui_location_name (engine, item->location_id));
}

char *
terrace_item_format_class (TerraceItem *item, TerraceEngine *engine)
{
  return g_strdup (terrace_ui_class_name (engine, item->class_id));
}

char *
terrace_item_format_last_access (TerraceItem *item, TerraceEngine *engine)
{
  return terrace_ui_format_when (item->rates.last_us);
}

char *
terrace_item_format_monthly (TerraceItem *item, TerraceEngine *engine)
{
  return terrace_ui_format_amount (item->monthly_nanos, terrace_engine_get_currency (engine));
}

char *
terrace_item_format_wanted (TerraceItem *item, TerraceEngine *engine)
{
  if (item->moving)
    return g_strdup (_ ("Moving"));
  if (item->wanted_location_id == 0)
    return g_strdup (_ ("Stay"));
  return g_strdup_printf ("%s · %s", terrace_ui_location_name (engine, item->wanted_location_id),
                          terrace_ui_class_name (engine, item->wanted_class_id));
}

char *
terrace_item_format_saving (TerraceItem *item, TerraceEngine *engine)
{
  if (item->wanted_location_id == 0)
    return g_strdup ("");
  return terrace_ui_format_amount (item->saving_nanos, terrace_engine_get_currency (engine));
}

char *
terrace_item_format_once (TerraceItem *item, TerraceEngine *engine)
{
  return terrace_ui_format_amount (item->once_nanos, terrace_engine_get_currency (engine));
}

char *
terrace_item_format_payback (TerraceItem *item, TerraceEngine *engine)
{
  return terrace_ui_format_payback (item->once_nanos, item->saving_nanos);
}

char *
terrace_item_format_reason (TerraceItem *item, TerraceEngine *engine)
{
  return g_strdup (item->reason != NULL ? item->reason : "");
}

const char *
terrace_item_temperature_chip (TerraceItem *item)
{
  return terrace_ui_temperature_css_class (item->temperature);
}

const char *
terrace_item_tier_chip (TerraceItem *item)
{
  return terrace_ui_tier_css_class (item->tier);
}
