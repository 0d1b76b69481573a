/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "catalog/terrace-item-list.h"
#include "engine/terrace-engine.h"

/* Columns of TerraceItem for a GtkColumnView, described by a table, and the sort that clicks on
 * their headers ask for (the list sorts, not GTK). Main thread. */

G_BEGIN_DECLS

/**
 * TerraceItemColumn:
 * @id: stable name, kept in the settings
 * @title: untranslated, marked with N_()
 * @sort: a TerraceItemSort, or -1 if the column cannot be sorted
 * @width: in pixels; 0 takes what is left
 * @format: (transfer full): the cell's text
 * @css_class: (nullable): colours a chip in front of the text
 */
typedef struct
{
  const char *id;
  const char *title;
  int sort;
  int width;
  gboolean numeric;
  char *(*format) (TerraceItem *item, TerraceEngine *engine);
  const char *(*css_class) (TerraceItem *item);
} TerraceItemColumn;

/* @columns: static */
void terrace_item_columns_append (GtkColumnView *view,
                                  const TerraceItemColumn *columns,
                                  guint n_columns,
                                  TerraceEngine *engine);
/* What a column was made from. */
const TerraceItemColumn *terrace_item_column_get (GtkColumnViewColumn *column);
/* The TerraceItemSort a person chose by the headers; -1 for none. */
int terrace_item_columns_get_sort (GtkColumnView *view, gboolean *descending);
/* Shows the arrow in the header of the column that sorts by @sort. */
void terrace_item_columns_set_sort (GtkColumnView *view, TerraceItemSort sort, gboolean descending);
/* The position of the row at @x, @y of @view; %FALSE beside the rows. */
gboolean terrace_item_columns_pick (GtkColumnView *view, double x, double y, guint *position);

/* How much wider than Cantarell 11's a figure is in the font of @widget, 1 at least: what pixels
 * that were chosen for text have to be multiplied with. */
double terrace_ui_get_text_scale (GtkWidget *widget);

/* Common formatters. */
char *terrace_item_format_name (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_size (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_temperature (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_tier (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_location (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_class (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_last_access (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_monthly (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_wanted (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_saving (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_once (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_payback (TerraceItem *item, TerraceEngine *engine);
char *terrace_item_format_reason (TerraceItem *item, TerraceEngine *engine);
const char *terrace_item_temperature_chip (TerraceItem *item);
const char *terrace_item_tier_chip (TerraceItem *item);

/* (transfer none): names for people, whatever became of the location or class. */
const char *terrace_ui_location_name (TerraceEngine *engine, gint64 location_id);
const char *terrace_ui_class_name (TerraceEngine *engine, const char *class_id);

G_END_DECLS
