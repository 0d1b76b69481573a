/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The window's state: which page and view is shown, whether it is narrow, what engine and totals
 * the views hang on. Main thread. */

#include "config.h"

#include "ui/window/terrace-window.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "ui/locations/terrace-welcome-page.h"
#include "ui/terrace-settings.h"
#include "ui/window/terrace-window-private.h"

/* Below this width, sidebar and content take turns. */
#define NARROW_WIDTH 600

G_DEFINE_FINAL_TYPE (TerraceWindow, terrace_window, ADW_TYPE_APPLICATION_WINDOW)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_TOTALS,
  PROP_NARROW,
  PROP_SHOW_SIDEBAR,
} TerraceWindowProperty;

static GParamSpec *properties[PROP_SHOW_SIDEBAR + 1];

/* --- Views --------------------------------------------------------------------------------- */

static GtkListBoxRow *
find_row (GtkListBox *list, const char *name)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    if (g_strcmp0 (gtk_widget_get_name (GTK_WIDGET (row)), name) == 0)
      return row;
  return NULL;
}

void
terrace_window_show_view (TerraceWindow *self, const char *name)
{
  GtkListBoxRow *row = find_row (self->sidebar_list, name);

  if (row != NULL)
    gtk_list_box_select_row (self->sidebar_list, row);
}

static void
row_selected_cb (TerraceWindow *self, GtkListBoxRow *row)
{
  GSettings *settings = terrace_ui_get_settings ();
  GtkWidget *child;
  const char *name;

  if (row == NULL || self->view_stack == NULL)
    return;
  name = gtk_widget_get_name (GTK_WIDGET (row));
  gtk_stack_set_visible_child_name (self->view_stack, name);
  child = gtk_stack_get_visible_child (self->view_stack);
  adw_window_title_set_title (self->title, gtk_stack_page_get_title (
                                               gtk_stack_get_page (self->view_stack, child)));
  if (settings != NULL && self->engine != NULL)
    g_settings_set_string (settings, "selected-view", name);
}

static void
row_activated_cb (TerraceWindow *self, GtkListBoxRow *row)
{
  if (self->narrow)
    g_object_set (self, "show-sidebar", FALSE, NULL);
}

/* The first start is offered once, while there is nothing. */
void
terrace_window_choose_page (TerraceWindow *self)
{
  guint n_locations;

  if (self->engine == NULL)
    return;
  n_locations = g_list_model_get_n_items (terrace_engine_get_locations (self->engine));
  gtk_stack_set_visible_child_name (self->root_stack, n_locations == 0 && !self->welcome_skipped ?
                                                          "welcome" :
                                                          "main");
}

/* --- Narrow and wide ----------------------------------------------------------------------- */

static gboolean
terrace_window_follow_width_cb (gpointer user_data)
{
  TerraceWindow *self = user_data;
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW_WIDTH;

  self->narrow_id = 0;
  if (self->narrow != narrow)
    {
      self->narrow = narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
      g_object_set (self, "show-sidebar", !narrow, NULL);
    }
  return G_SOURCE_REMOVE;
}

/* Visibility must not change while the surface is laid out. */
static void
layout_cb (TerraceWindow *self, int width)
{
  if (self->narrow_id == 0 && (width < NARROW_WIDTH) != self->narrow)
    self->narrow_id =
        g_idle_add_full (G_PRIORITY_HIGH_IDLE, terrace_window_follow_width_cb, self, NULL);
}

static void
terrace_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (terrace_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout",
                           G_CALLBACK (layout_cb), widget, G_CONNECT_SWAPPED);
}

/* --- Closures of the template ---------------------------------------------------------------- */

static gboolean
content_is_visible (TerraceWindow *self, gboolean narrow, gboolean show_sidebar)
{
  return !(narrow && show_sidebar);
}

static gboolean
negate (TerraceWindow *self, gboolean value)
{
  return !value;
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_window_bind_settings (TerraceWindow *self)
{
  GSettings *settings = terrace_ui_get_settings ();

  if (settings == NULL)
    {
      gtk_window_set_default_size (GTK_WINDOW (self), 1180, 760);
      return;
    }
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
terrace_window_dispose (GObject *object)
{
  TerraceWindow *self = TERRACE_WINDOW (object);

  g_clear_handle_id (&self->narrow_id, g_source_remove);
  g_cancellable_cancel (self->registering);
  /* It holds a view beyond the window's end otherwise. */
  g_action_map_remove_action (G_ACTION_MAP (self), "show-details");
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_WINDOW);
  self->objects_view = NULL;
  self->plan_view = NULL;
  g_clear_object (&self->totals);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_window_parent_class)->dispose (object);
}

static void
terrace_window_finalize (GObject *object)
{
  TerraceWindow *self = TERRACE_WINDOW (object);

  g_clear_object (&self->registering);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  G_OBJECT_CLASS (terrace_window_parent_class)->finalize (object);
}

static void
terrace_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceWindow *self = TERRACE_WINDOW (object);

  switch ((TerraceWindowProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_TOTALS:
      g_value_set_object (value, self->totals);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    case PROP_SHOW_SIDEBAR:
      g_value_set_boolean (value, self->show_sidebar);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_window_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TerraceWindow *self = TERRACE_WINDOW (object);

  switch ((TerraceWindowProperty) id)
    {
    case PROP_SHOW_SIDEBAR:
      if (self->show_sidebar != g_value_get_boolean (value))
        {
          self->show_sidebar = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_ENGINE:
    case PROP_TOTALS:
    case PROP_NARROW:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_window_bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, root_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, broken_page);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, sidebar_list);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, view_stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, title);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, register_revealer);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, register_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceWindow, register_bar);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, content_is_visible);
  gtk_widget_class_bind_template_callback (widget_class, negate);
}

static void
terrace_window_class_init (TerraceWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = terrace_window_dispose;
  object_class->finalize = terrace_window_finalize;
  object_class->get_property = terrace_window_get_property;
  object_class->set_property = terrace_window_set_property;
  widget_class->realize = terrace_window_realize;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE, readable);
  properties[PROP_TOTALS] =
      g_param_spec_object ("totals", NULL, NULL, TERRACE_TYPE_TOTALS, readable);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, readable);
  properties[PROP_SHOW_SIDEBAR] =
      g_param_spec_boolean ("show-sidebar", NULL, NULL, TRUE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (TERRACE_TYPE_WELCOME_PAGE);
  terrace_window_bind_template (widget_class);
  /* Not a GPropertyAction, which would hold the window that holds it. */
  gtk_widget_class_install_property_action (widget_class, "win.show-sidebar", "show-sidebar");
}

static void
terrace_window_init (TerraceWindow *self)
{
  self->show_sidebar = TRUE;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  terrace_window_add_actions (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  terrace_window_add_views (self);
  terrace_window_add_view_actions (self);
  terrace_window_add_drop_target (self);
  terrace_window_bind_settings (self);
}

GtkWindow *
terrace_window_new (GtkApplication *application)
{
  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);

  return g_object_new (TERRACE_TYPE_WINDOW, "application", application, NULL);
}

void
terrace_window_set_engine (TerraceWindow *self, TerraceEngine *engine)
{
  GSettings *settings = terrace_ui_get_settings ();
  g_autofree char *view = NULL;

  g_return_if_fail (TERRACE_IS_WINDOW (self));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));

  view =
      settings != NULL ? g_settings_get_string (settings, "selected-view") : g_strdup ("overview");
  if (!g_set_object (&self->engine, engine))
    return;
  g_clear_object (&self->totals);
  self->totals = terrace_totals_new (engine);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENGINE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTALS]);
  terrace_window_enable_actions (self, TRUE);
  terrace_window_show_view (self, view);
  g_signal_connect_object (terrace_engine_get_locations (engine), "items-changed",
                           G_CALLBACK (terrace_window_choose_page), self, G_CONNECT_SWAPPED);
  terrace_window_choose_page (self);
  terrace_window_register_waiting (self);
}

void
terrace_window_show_broken (TerraceWindow *self, const GError *error)
{
  g_autofree char *escaped = NULL;

  g_return_if_fail (TERRACE_IS_WINDOW (self));
  g_return_if_fail (error != NULL);

  escaped = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->broken_page, escaped);
  gtk_stack_set_visible_child_name (self->root_stack, "broken");
}
