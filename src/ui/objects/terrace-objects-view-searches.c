/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Searches that are kept: a menu beside the entry, filled anew when the text changes, because what
 * is kept already can only be forgotten. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "ui/objects/terrace-objects-view-private.h"
#include "ui/terrace-settings.h"

#define SEARCHES_MAX 20

static const char *
get_text (TerraceObjectsView *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
}

/* (transfer full) */
static GStrv
load_searches (void)
{
  GSettings *settings = terrace_ui_get_settings ();

  return settings != NULL ? g_settings_get_strv (settings, "objects-filters") : g_new0 (char *, 1);
}

void
terrace_objects_view_build_searches (TerraceObjectsView *self)
{
  g_auto (GStrv) searches = load_searches ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) kept = g_menu_new ();
  g_autoptr (GMenu) keep = g_menu_new ();
  const char *text = get_text (self);
  gboolean known = g_strv_contains ((const char *const *) searches, text);

  for (guint i = 0; searches[i] != NULL; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);
      /* An underline would be taken for a mnemonic. */
      g_auto (GStrv) parts = g_strsplit (searches[i], "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);

      g_menu_item_set_label (item, label);
      g_menu_item_set_action_and_target (item, "objects.search", "s", searches[i]);
      g_menu_append_item (kept, item);
    }
  g_menu_append (keep, _ ("_Save This Search"), "objects.save-search");
  g_menu_append (keep, _ ("_Forget This Search"), "objects.forget-search");
  g_menu_append_section (menu, _ ("Saved Searches"), G_MENU_MODEL (kept));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (keep));
  gtk_menu_button_set_menu_model (self->searches_button, G_MENU_MODEL (menu));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "objects.save-search",
                                 *text != '\0' && !known &&
                                     g_strv_length (searches) < SEARCHES_MAX);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "objects.forget-search", known);
}

void
terrace_objects_view_restore_search (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  g_autofree char *text = NULL;

  if (settings != NULL)
    text = g_settings_get_string (settings, "objects-search");
  if (text != NULL && *text != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search_entry), text);
  terrace_objects_view_build_searches (self);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), g_variant_get_string (parameter, NULL));
}

/* Takes @text out of what is kept, and adds it again when it is to be kept. */
static void
terrace_objects_view_keep_search (TerraceObjectsView *self, const char *text, gboolean kept)
{
  GSettings *settings = terrace_ui_get_settings ();
  g_auto (GStrv) searches = load_searches ();
  g_autoptr (GStrvBuilder) changed = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; searches[i] != NULL; i++)
    if (!g_str_equal (searches[i], text))
      g_strv_builder_add (changed, searches[i]);
  if (kept)
    g_strv_builder_add (changed, text);
  all = g_strv_builder_end (changed);
  if (settings != NULL)
    g_settings_set_strv (settings, "objects-filters", (const char *const *) all);
  terrace_objects_view_build_searches (self);
}

static void
save_search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  terrace_objects_view_keep_search (self, get_text (self), TRUE);
}

static void
forget_search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  terrace_objects_view_keep_search (self, get_text (self), FALSE);
}

void
terrace_objects_view_install_search_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "objects.search", "s", search_action);
  gtk_widget_class_install_action (widget_class, "objects.save-search", NULL, save_search_action);
  gtk_widget_class_install_action (widget_class, "objects.forget-search", NULL,
                                   forget_search_action);
}
