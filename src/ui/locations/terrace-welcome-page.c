/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first page a person sees. Main thread. */

#include "config.h"

#include "ui/locations/terrace-welcome-page.h"

#include <glib/gi18n-lib.h>

#include "ui/terrace-chooser.h"

struct _TerraceWelcomePage
{
  AdwBin parent_instance;

  GFile *folder; /* NULL: the data folder */

  AdwActionRow *folder_row;
};

G_DEFINE_FINAL_TYPE (TerraceWelcomePage, terrace_welcome_page, ADW_TYPE_BIN)

static void
chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceWelcomePage *self = TERRACE_WELCOME_PAGE (widget);
  g_autofree char *name = NULL;
  g_autofree char *escaped = NULL;

  g_set_object (&self->folder, g_ptr_array_index (files, 0));
  name = g_file_get_parse_name (self->folder);
  escaped = g_markup_escape_text (name, -1);
  adw_action_row_set_subtitle (self->folder_row, escaped);
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_FOLDER, _ ("Choose a Folder for the Practice Tiers"),
                     _ ("_Choose"), NULL, chosen_cb);
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceWelcomePage *self = TERRACE_WELCOME_PAGE (widget);
  g_autofree char *uri = self->folder != NULL ? g_file_get_uri (self->folder) : g_strdup ("");

  gtk_widget_activate_action (widget, "win.create-practice-tiers", "s", uri);
}

static void
terrace_welcome_page_dispose (GObject *object)
{
  TerraceWelcomePage *self = TERRACE_WELCOME_PAGE (object);

  g_clear_object (&self->folder);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_WELCOME_PAGE);
  G_OBJECT_CLASS (terrace_welcome_page_parent_class)->dispose (object);
}

static void
terrace_welcome_page_class_init (TerraceWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = terrace_welcome_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceWelcomePage, folder_row);
  gtk_widget_class_install_action (widget_class, "welcome.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "welcome.create", NULL, create_action);
}

static void
terrace_welcome_page_init (TerraceWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
