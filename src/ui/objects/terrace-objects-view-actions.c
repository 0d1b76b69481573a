/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What can be done with the chosen objects, as actions "objects.*", and the menus that offer them.
 * Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/insight/terrace-insight-commands.h"
#include "ui/objects/terrace-objects-view-private.h"
#include "ui/terrace-commands.h"
#include "ui/terrace-feedback.h"

/* A choice of more is not looked at one by one. */
#define LOOKED_AT_MAX 500

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) view = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (object), result, &error))
    terrace_ui_report (view, _ ("Could not open the file"), error);
}

static void
recorded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_record_accesses_finish (TERRACE_ENGINE (object), result, NULL, &error))
    g_warning ("Could not count the access: %s", error->message);
}

/* Opening an object here is an access like any other, and heats it. */
static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;
  TerraceAccess access = { .kind = TERRACE_ACCESS_READ, .count = 1 };

  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_is_empty (selected))
    return;
  item = g_list_model_get_item (G_LIST_MODEL (self->list), gtk_bitset_get_minimum (selected));
  file = item != NULL ? terrace_engine_get_file (self->engine, item) : NULL;
  if (file == NULL)
    {
      terrace_ui_toast (widget, _ ("Only objects on this computer can be opened from here"));
      return;
    }
  uri = g_file_get_uri (file);
  gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME, NULL,
                     opened_cb, g_object_ref (self));
  access.item_id = item->id;
  access.time_us = terrace_clock_get_now_us (terrace_engine_get_clock (self->engine));
  access.bytes = item->size_bytes;
  terrace_engine_record_accesses_async (self->engine, &access, 1, NULL, recorded_cb, NULL);
}

static void
accept_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_accept (widget, self->engine, ids);
}

static void
migrate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_migrate (widget, self->engine, ids, g_variant_get_int64 (parameter));
}

static void
predict_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_predict (widget, self->engine, ids);
}

static void
optimise_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_optimise (widget, self->engine, ids);
}

static void
verify_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_verify (widget, self->engine, ids);
}

static void
forget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  g_autoptr (GArray) ids = terrace_objects_view_get_selected (self);

  terrace_ui_forget (widget, self->engine, ids);
}

static void
clear_filters_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_drop_down_set_selected (self->tier_filter, 0);
  gtk_drop_down_set_selected (self->temperature_filter, 0);
  gtk_drop_down_set_selected (self->location_filter, 0);
}

static void
popup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  terrace_objects_view_popup (self, gtk_widget_get_width (GTK_WIDGET (self->column_view)) / 4.0,
                              gtk_widget_get_height (GTK_WIDGET (self->column_view)) / 4.0);
}

void
terrace_objects_view_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "objects.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "objects.accept", NULL, accept_action);
  gtk_widget_class_install_action (widget_class, "objects.migrate", "x", migrate_action);
  gtk_widget_class_install_action (widget_class, "objects.predict", NULL, predict_action);
  gtk_widget_class_install_action (widget_class, "objects.optimise", NULL, optimise_action);
  gtk_widget_class_install_action (widget_class, "objects.verify", NULL, verify_action);
  gtk_widget_class_install_action (widget_class, "objects.forget", NULL, forget_action);
  gtk_widget_class_install_action (widget_class, "objects.clear-filters", NULL,
                                   clear_filters_action);
  gtk_widget_class_install_action (widget_class, "objects.popup", NULL, popup_action);
  terrace_objects_view_install_search_actions (widget_class);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "objects.popup", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "objects.popup",
                                       NULL);
}

/* Whether the plan would move one of the chosen objects; of very many, who knows. */
static gboolean
terrace_objects_view_can_accept (TerraceObjectsView *self, GtkBitset *selected)
{
  guint64 n_selected = gtk_bitset_get_size (selected);

  if (n_selected > LOOKED_AT_MAX)
    return TRUE;
  for (guint64 i = 0; i < n_selected; i++)
    {
      g_autoptr (TerraceItem) item =
          g_list_model_get_item (G_LIST_MODEL (self->list),
                                 gtk_bitset_get_nth (selected, (guint) i));

      if (item != NULL && item->wanted_location_id != 0 && !item->moving)
        return TRUE;
    }
  return FALSE;
}

void
terrace_objects_view_update_actions (TerraceObjectsView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  guint64 n_selected = 0;
  gboolean acceptable = FALSE;

  if (self->selection != NULL)
    {
      g_autoptr (GtkBitset) selected =
          gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

      n_selected = gtk_bitset_get_size (selected);
      acceptable = terrace_objects_view_can_accept (self, selected);
    }
  gtk_widget_action_set_enabled (widget, "objects.open", n_selected == 1);
  gtk_widget_action_set_enabled (widget, "objects.accept", acceptable);
  gtk_widget_action_set_enabled (widget, "objects.migrate", n_selected > 0);
  gtk_widget_action_set_enabled (widget, "objects.predict", n_selected > 0);
  gtk_widget_action_set_enabled (widget, "objects.optimise", n_selected > 0);
  gtk_widget_action_set_enabled (widget, "objects.verify", n_selected > 0);
  gtk_widget_action_set_enabled (widget, "objects.forget", n_selected > 0);
  gtk_widget_action_set_enabled (widget, "objects.popup", n_selected > 0);
}

static GMenu *
build_locations_menu (TerraceObjectsView *self)
{
  GListModel *locations = terrace_engine_get_locations (self->engine);
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (location->name, NULL);

      g_menu_item_set_action_and_target_value (item, "objects.migrate",
                                               g_variant_new_int64 (location->id));
      g_menu_append_item (menu, item);
    }
  return menu;
}

void
terrace_objects_view_build_menus (TerraceObjectsView *self)
{
  g_autoptr (GMenu) locations = build_locations_menu (self);
  g_autoptr (GMenu) context = g_menu_new ();
  g_autoptr (GMenu) moves = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();

  gtk_menu_button_set_menu_model (self->migrate_button, G_MENU_MODEL (locations));

  g_menu_append (context, _ ("_Open"), "objects.open");
  g_menu_append (moves, _ ("_Recommended Move"), "objects.accept");
  g_menu_append_submenu (moves, _ ("_Migrate To"), G_MENU_MODEL (locations));
  g_menu_append_section (context, NULL, G_MENU_MODEL (moves));
  g_menu_append (rest, _ ("_Predict"), "objects.predict");
  g_menu_append (rest, _ ("O_ptimise"), "objects.optimise");
  g_menu_append (rest, _ ("_Verify"), "objects.verify");
  g_menu_append (rest, _ ("_Forget…"), "objects.forget");
  g_menu_append (rest, _ ("_Details"), "win.show-details");
  g_menu_append_section (context, NULL, G_MENU_MODEL (rest));
  gtk_popover_menu_set_menu_model (self->context_menu, G_MENU_MODEL (context));
}

GArray *
terrace_objects_view_get_selected (TerraceObjectsView *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GtkBitset) selected = NULL;
  GtkBitsetIter iter;
  guint position;

  if (self->selection == NULL)
    return ids;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      gint64 id = terrace_item_list_get_id (self->list, position);

      if (id != 0)
        g_array_append_val (ids, id);
    }
  return ids;
}

void
terrace_objects_view_popup (TerraceObjectsView *self, double x, double y)
{
  double view_x;
  double view_y;

  if (!gtk_widget_translate_coordinates (GTK_WIDGET (self->column_view), GTK_WIDGET (self), x, y,
                                         &view_x, &view_y))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu),
                               &(GdkRectangle){ (int) view_x, (int) view_y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}
