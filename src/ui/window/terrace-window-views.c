/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The views of the window: one line of a table each. A new view is a widget with the properties
 * "engine" and, if it wants them, "totals" and "narrow", and a line here; its row in the sidebar,
 * its page and its shortcut follow. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/locations/terrace-locations-view.h"
#include "ui/migrations/terrace-migrations-view.h"
#include "ui/overview/terrace-overview-view.h"
#include "ui/stream/terrace-stream-view.h"
#include "ui/terrace-format.h"
#include "ui/window/terrace-window-private.h"

/**
 * View:
 * @name: of the page and for "win.show-view"
 * @title: for people, and the row's accessible name
 * @badge: (nullable): a count among the properties of TerraceTotals, shown in the row
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *icon;
  const char *badge;
  GType (*get_type) (void);
} View;

static const View views[] = {
  { "overview", N_ ("Overview"), "view-grid-symbolic", NULL, terrace_overview_view_get_type },
  { "objects", N_ ("Objects"), "folder-symbolic", "items", terrace_objects_view_get_type },
  { "plan", N_ ("Plan"), "starred-symbolic", "planned-items", terrace_plan_view_get_type },
  { "migrations", N_ ("Migrations"), "emblem-synchronizing-symbolic", "open-moves",
    terrace_migrations_view_get_type },
  { "stream", N_ ("Stream"), "network-receive-symbolic", NULL, terrace_stream_view_get_type },
  { "locations", N_ ("Locations"), "drive-multidisk-symbolic", NULL,
    terrace_locations_view_get_type },
};

/* What a view may want of the window. */
static const char *const shared[] = { "engine", "totals", "narrow" };

static char *
format_badge (TerraceWindow *self, guint64 count)
{
  return count > 0 ? terrace_ui_format_count (count) : g_strdup ("");
}

static GtkWidget *
create_badge (TerraceWindow *self, const char *property)
{
  GtkWidget *label = gtk_label_new (NULL);
  GtkExpression *totals = gtk_property_expression_new (TERRACE_TYPE_WINDOW, NULL, "totals");
  GtkExpression *count = gtk_property_expression_new (TERRACE_TYPE_TOTALS, totals, property);
  GtkExpression *text = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 1, &count,
                                                     G_CALLBACK (format_badge), NULL, NULL);

  gtk_expression_bind (text, label, "label", self);
  gtk_widget_add_css_class (label, "badge");
  gtk_widget_add_css_class (label, "numeric");
  return label;
}

static GtkWidget *
create_row (TerraceWindow *self, const View *view)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", view->icon, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = gtk_label_new (_ (view->title));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  if (view->badge != NULL)
    gtk_box_append (GTK_BOX (box), create_badge (self, view->badge));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_name (row, view->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (view->title), -1);
  return row;
}

static GtkWidget *
create_view (TerraceWindow *self, const View *view)
{
  GtkWidget *widget = g_object_new (view->get_type (), NULL);
  GObjectClass *klass = G_OBJECT_GET_CLASS (widget);

  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    if (g_object_class_find_property (klass, shared[i]) != NULL)
      g_object_bind_property (self, shared[i], widget, shared[i], G_BINDING_SYNC_CREATE);
  return widget;
}

void
terrace_window_add_views (TerraceWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      GtkWidget *widget = create_view (self, &views[i]);

      gtk_stack_add_titled (self->view_stack, widget, views[i].name, _ (views[i].title));
      gtk_list_box_append (self->sidebar_list, create_row (self, &views[i]));
      if (TERRACE_IS_OBJECTS_VIEW (widget))
        self->objects_view = TERRACE_OBJECTS_VIEW (widget);
      else if (TERRACE_IS_PLAN_VIEW (widget))
        self->plan_view = TERRACE_PLAN_VIEW (widget);
    }
}

const char *
terrace_window_get_view_name (guint position)
{
  return position < G_N_ELEMENTS (views) ? views[position].name : NULL;
}
