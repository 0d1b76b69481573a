/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/objects/terrace-details.h"
#include "ui/objects/terrace-objects-view.h"

/* Shared by terrace-objects-view.c (state) and -actions.c (commands and menus). */

G_BEGIN_DECLS

struct _TerraceObjectsView
{
  AdwBin parent_instance;

  /* inputs */
  TerraceEngine *engine;
  gboolean narrow;
  gboolean details_visible;

  /* what is shown */
  TerraceItemList *list;
  GtkMultiSelection *selection;
  GArray *kept;         /* ids that were selected, to be selected again after a reload */
  GArray *location_ids; /* behind the rows of location_filter */
  gboolean restoring;

  GtkColumnView *column_view;
  GtkStack *stack;
  GtkSearchEntry *search_entry;
  GtkDropDown *tier_filter;
  GtkDropDown *temperature_filter;
  GtkDropDown *location_filter;
  GtkMenuButton *searches_button;
  GtkMenuButton *columns_button;
  GtkMenuButton *migrate_button;
  GtkActionBar *action_bar;
  GtkLabel *selection_label;
  GtkLabel *count_label;
  TerraceDetails *details;
  GtkPopoverMenu *context_menu;
};

void terrace_objects_view_install_actions (GtkWidgetClass *widget_class);
/* Enables what makes sense for the selection. */
void terrace_objects_view_update_actions (TerraceObjectsView *self);
/* -searches.c: the menu of saved searches, and what was searched for last. */
void terrace_objects_view_install_search_actions (GtkWidgetClass *widget_class);
void terrace_objects_view_build_searches (TerraceObjectsView *self);
void terrace_objects_view_restore_search (TerraceObjectsView *self);
/* The menus that list locations. */
void terrace_objects_view_build_menus (TerraceObjectsView *self);
/* (transfer full) (element-type gint64) */
GArray *terrace_objects_view_get_selected (TerraceObjectsView *self);
void terrace_objects_view_popup (TerraceObjectsView *self, double x, double y);

G_END_DECLS
