/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two columns over one cache of forecasts. The cells that are bound are known, so that those alone
 * are filled again when something was read. Main thread. */

#include "config.h"

#include "ui/insight/terrace-forecast-columns.h"

#include <glib/gi18n-lib.h>

#include "ui/charts/terrace-sparkline.h"
#include "ui/insight/terrace-forecasts.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

#define READS_WIDTH 92
#define TIER_WIDTH 120

typedef enum
{
  CELL_READS,
  CELL_TIER,
} Cell;

#define TERRACE_TYPE_FORECAST_CELLS (terrace_forecast_cells_get_type ())
G_DECLARE_FINAL_TYPE (TerraceForecastCells,
                      terrace_forecast_cells,
                      TERRACE,
                      FORECAST_CELLS,
                      GObject)

/* The bound cells of both columns; belongs to the view. */
struct _TerraceForecastCells
{
  GObject parent_instance;

  TerraceForecasts *forecasts;
  GHashTable *bound; /* GtkListItem -> Cell */
};

G_DEFINE_FINAL_TYPE (TerraceForecastCells, terrace_forecast_cells, G_TYPE_OBJECT)

/* For terrace_item_column_get() and the menu that hides columns. */
static const TerraceItemColumn columns[] = {
  [CELL_READS] = { "forecast", N_ ("Reads"), -1, READS_WIDTH, FALSE, NULL, NULL },
  [CELL_TIER] = { "predicted", N_ ("Predicted"), -1, TIER_WIDTH, FALSE, NULL, NULL },
};

/* Ids of the columns that they stand beside. */
static const char *const neighbours[] = {
  [CELL_READS] = "last-access",
  [CELL_TIER] = "tier",
};

/* --- Cells --------------------------------------------------------------------------------- */

static void
fill_reads (TerraceSparkline *sparkline, const TerraceItemForecast *forecast)
{
  double values[TERRACE_OUTLOOK_DAYS] = { 0 };
  g_autofree char *text = NULL;
  double sum = 0;

  for (guint i = 0; forecast != NULL && i < TERRACE_OUTLOOK_DAYS; i++)
    sum += values[i] = (double) forecast->reads[i];
  if (forecast == NULL)
    text = g_strdup ("");
  else if (forecast->known)
    /* Translators: 1st: reads so far; 2nd to 4th: reads expected, and their range */
    text =
        g_strdup_printf (_ ("%1$.0f reads in the past 30 days; %2$.1f expected in the next, "
                            "between %3$.1f and %4$.1f"),
                         sum, forecast->row.reads[1], forecast->row.low[1], forecast->row.high[1]);
  else
    text = g_strdup_printf (_ ("%.0f reads in the past 30 days; no forecast yet"), sum);
  terrace_sparkline_set_values (sparkline, values, TERRACE_OUTLOOK_DAYS, text);
  terrace_sparkline_set_expected (sparkline,
                                  forecast != NULL && forecast->known ?
                                      forecast->row.reads[1] / TERRACE_OUTLOOK_DAYS :
                                      0,
                                  forecast != NULL && forecast->known ? TERRACE_OUTLOOK_DAYS : 0);
}

static void
fill_tier (GtkInscription *cell, const TerraceItemForecast *forecast)
{
  const char *chip[] = { "chip", NULL, NULL };
  const char *plain[] = { "dim-label", NULL };
  g_autofree char *text = NULL;

  if (forecast == NULL || !forecast->known)
    {
      gtk_inscription_set_text (cell, forecast != NULL ? _ ("Not yet") : "");
      gtk_widget_set_css_classes (GTK_WIDGET (cell), plain);
      return;
    }
  if (forecast->row.confidence > 0)
    /* Translators: a tier, and how sure that is */
    text = g_strdup_printf (_ ("%s, %.0f %%"), terrace_ui_tier_label (forecast->row.tier),
                            forecast->row.confidence * 100.0);
  chip[1] = terrace_ui_tier_css_class (forecast->row.tier);
  gtk_inscription_set_text (cell, text != NULL ? text : terrace_ui_tier_label (forecast->row.tier));
  gtk_widget_set_css_classes (GTK_WIDGET (cell), chip);
}

static void
terrace_forecast_cells_fill (TerraceForecastCells *self, GtkListItem *list_item, Cell cell)
{
  TerraceItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *child = gtk_list_item_get_child (list_item);
  const TerraceItemForecast *forecast;

  if (item == NULL || child == NULL)
    return;
  forecast = terrace_forecasts_find (self->forecasts, item->id);
  if (cell == CELL_READS)
    fill_reads (TERRACE_SPARKLINE (child), forecast);
  else
    fill_tier (GTK_INSCRIPTION (child), forecast);
}

static void
loaded_cb (TerraceForecastCells *self)
{
  GHashTableIter iter;
  gpointer list_item;
  gpointer cell;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, &list_item, &cell))
    terrace_forecast_cells_fill (self, list_item, (Cell) GPOINTER_TO_INT (cell));
}

static Cell
get_cell (GtkListItemFactory *factory)
{
  return (Cell) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "cell"));
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *list_item, TerraceForecastCells *self)
{
  GtkWidget *cell;

  if (get_cell (factory) == CELL_READS)
    {
      cell = terrace_sparkline_new ();
      gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
    }
  else
    {
      cell = gtk_inscription_new (NULL);
      gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                         GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
      gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
      gtk_inscription_set_nat_lines (GTK_INSCRIPTION (cell), 1);
      gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 3);
    }
  gtk_list_item_set_child (list_item, cell);
  g_object_set_data (G_OBJECT (cell), "list-item", list_item);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *list_item, TerraceForecastCells *self)
{
  Cell cell = get_cell (factory);

  g_hash_table_insert (self->bound, list_item, GINT_TO_POINTER (cell));
  terrace_forecast_cells_fill (self, list_item, cell);
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *list_item, TerraceForecastCells *self)
{
  g_hash_table_remove (self->bound, list_item);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_forecast_cells_finalize (GObject *object)
{
  TerraceForecastCells *self = TERRACE_FORECAST_CELLS (object);

  g_clear_object (&self->forecasts);
  g_hash_table_unref (self->bound);
  G_OBJECT_CLASS (terrace_forecast_cells_parent_class)->finalize (object);
}

static void
terrace_forecast_cells_class_init (TerraceForecastCellsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_forecast_cells_finalize;
}

static void
terrace_forecast_cells_init (TerraceForecastCells *self)
{
  self->bound = g_hash_table_new (NULL, NULL);
}

/* Behind @neighbour, or at the end if there is none. */
static guint
find_position (GtkColumnView *view, const char *neighbour)
{
  GListModel *shown = gtk_column_view_get_columns (view);
  guint n_shown = g_list_model_get_n_items (shown);

  for (guint i = 0; i < n_shown; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);

      if (g_strcmp0 (terrace_item_column_get (column)->id, neighbour) == 0)
        return i + 1;
    }
  return n_shown;
}

void
terrace_forecast_columns_add (GtkColumnView *view, TerraceEngine *engine)
{
  TerraceForecastCells *cells;

  g_return_if_fail (GTK_IS_COLUMN_VIEW (view));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));

  cells = g_object_new (TERRACE_TYPE_FORECAST_CELLS, NULL);
  cells->forecasts = terrace_forecasts_new (terrace_engine_get_catalog (engine),
                                            terrace_engine_get_clock (engine));
  g_signal_connect_object (cells->forecasts, "loaded", G_CALLBACK (loaded_cb), cells,
                           G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (view), "forecast-cells", cells, g_object_unref);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_object_set_data (G_OBJECT (factory), "cell", GINT_TO_POINTER (i));
      g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), cells, 0);
      g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), cells, 0);
      g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), cells, 0);
      column = gtk_column_view_column_new (_ (columns[i].title), factory);
      g_object_set_data (G_OBJECT (column), "column", (gpointer) &columns[i]);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_insert_column (view, find_position (view, neighbours[i]), column);
    }
}
