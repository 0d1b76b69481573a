/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The migrations: first those that are open, then the finished ones, newest first. Progress comes
 * from the queue and goes straight into the open rows. Main thread. */

#include "config.h"

#include "ui/migrations/terrace-migrations-view.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "catalog/terrace-move-list.h"
#include "ui/migrations/terrace-move-row.h"
#include "ui/terrace-format.h"

#define RESORT_MS 250

struct _TerraceMigrationsView
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  TerraceMoveList *open;
  TerraceMoveList *final;
  GtkSorter *sorter;
  guint resort_id;

  GtkStack *stack;
  GtkListView *list_view;
  GtkLabel *summary_label;
};

G_DEFINE_FINAL_TYPE (TerraceMigrationsView, terrace_migrations_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceMigrationsViewProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

/* The list view holds on to the row it shows first, and would scroll away with it when that row
 * ends; who looks at the top wants to see the top. */
static void
terrace_migrations_view_keep_top (TerraceMigrationsView *self)
{
  GtkSelectionModel *model = gtk_list_view_get_model (self->list_view);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list_view));

  if (gtk_adjustment_get_value (adjustment) < 1 && model != NULL &&
      g_list_model_get_n_items (G_LIST_MODEL (model)) > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list_view), "list.scroll-to-item", "u", 0);
}

static void
terrace_migrations_view_update (TerraceMigrationsView *self)
{
  guint n_open;
  guint n_final;
  double rate;
  g_autofree char *rate_text = NULL;
  g_autofree char *text = NULL;

  if (self->open == NULL)
    return;
  n_open = g_list_model_get_n_items (G_LIST_MODEL (self->open));
  n_final = g_list_model_get_n_items (G_LIST_MODEL (self->final));
  gtk_stack_set_visible_child_name (self->stack, n_open + n_final > 0 ? "list" : "empty");

  rate = terrace_queue_get_bytes_per_second (terrace_engine_get_queue (self->engine));
  rate_text = terrace_format_rate (rate);
  if (n_open == 0)
    text = g_strdup (_ ("Nothing under way"));
  else if (rate > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration under way, %s",
                                         "%u migrations under way, %s", n_open),
                            n_open, rate_text);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration under way",
                                         "%u migrations under way", n_open),
                            n_open);
  gtk_label_set_text (self->summary_label, text);
  terrace_migrations_view_keep_top (self);
}

static void
terrace_migrations_view_progress_cb (TerraceMigrationsView *self,
                                     gint64 move_id,
                                     guint64 done_bytes,
                                     double bytes_per_second)
{
  TerraceMove *move = self->open != NULL ? terrace_move_list_find (self->open, move_id) : NULL;

  if (move != NULL)
    terrace_move_set_progress (move, done_bytes, bytes_per_second);
}

/* --- Order: what runs, what needs somebody, what waits, each as the queue takes them --------- */

static int
rank_state (TerraceMoveState state)
{
  switch (state)
    {
    case TERRACE_MOVE_COPYING:
    case TERRACE_MOVE_VERIFYING:
    case TERRACE_MOVE_COMMITTING:
      return 0;
    case TERRACE_MOVE_STAGED:
    case TERRACE_MOVE_PAUSED:
      return 1;
    case TERRACE_MOVE_QUEUED:
    case TERRACE_MOVE_DONE:
    case TERRACE_MOVE_FAILED:
    case TERRACE_MOVE_CANCELLED:
    default:
      return 2;
    }
}

static int
compare_moves (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TerraceMove *first = a;
  const TerraceMove *second = b;

  if (rank_state (first->state) != rank_state (second->state))
    return rank_state (first->state) < rank_state (second->state) ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

static gboolean
terrace_migrations_view_resort_cb (gpointer user_data)
{
  TerraceMigrationsView *self = user_data;

  self->resort_id = 0;
  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  terrace_migrations_view_keep_top (self);
  return G_SOURCE_REMOVE;
}

/* A sorted model does not see states change, and small moves change many times a second. */
static void
terrace_migrations_view_move_changed_cb (TerraceMigrationsView *self)
{
  if (self->resort_id == 0 && self->sorter != NULL)
    self->resort_id = g_timeout_add (RESORT_MS, terrace_migrations_view_resort_cb, self);
}

/* --- Rows ---------------------------------------------------------------------------------- */

static void
edge_reached_cb (TerraceMigrationsView *self, GtkPositionType edge)
{
  if (edge == GTK_POS_BOTTOM && self->final != NULL)
    terrace_move_list_load_more (self->final);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceMigrationsView *self)
{
  gtk_list_item_set_child (list_item, terrace_move_row_new (self->engine));
  gtk_list_item_set_selectable (list_item, FALSE);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceMigrationsView *self)
{
  terrace_move_row_set_move (TERRACE_MOVE_ROW (gtk_list_item_get_child (list_item)),
                             gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, TerraceMigrationsView *self)
{
  terrace_move_row_set_move (TERRACE_MOVE_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
terrace_migrations_view_build_list (TerraceMigrationsView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;
  g_autoptr (GtkSortListModel) sorted = NULL;
  GListStore *lists = g_list_store_new (G_TYPE_LIST_MODEL);

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  gtk_list_view_set_factory (self->list_view, factory);

  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_moves, NULL, NULL));
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->open)),
                                    g_object_ref (self->sorter));
  g_list_store_append (lists, sorted);
  g_list_store_append (lists, self->final);
  selection =
      gtk_no_selection_new (G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (lists))));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
}

static void
terrace_migrations_view_map (GtkWidget *widget)
{
  TerraceMigrationsView *self = TERRACE_MIGRATIONS_VIEW (widget);
  TerraceQueue *queue;

  GTK_WIDGET_CLASS (terrace_migrations_view_parent_class)->map (widget);
  if (self->engine == NULL || self->open != NULL)
    return;

  self->open = terrace_move_list_new (terrace_engine_get_catalog (self->engine), 0);
  self->final = terrace_move_list_new (terrace_engine_get_catalog (self->engine), 1);
  terrace_migrations_view_build_list (self);
  g_signal_connect_object (self->open, "items-changed", G_CALLBACK (terrace_migrations_view_update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->final, "items-changed",
                           G_CALLBACK (terrace_migrations_view_update), self, G_CONNECT_SWAPPED);

  queue = terrace_engine_get_queue (self->engine);
  g_signal_connect_object (queue, "progress", G_CALLBACK (terrace_migrations_view_progress_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "move-changed",
                           G_CALLBACK (terrace_migrations_view_move_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "notify::bytes-per-second",
                           G_CALLBACK (terrace_migrations_view_update), self, G_CONNECT_SWAPPED);
  terrace_migrations_view_update (self);
}

static void
terrace_migrations_view_dispose (GObject *object)
{
  TerraceMigrationsView *self = TERRACE_MIGRATIONS_VIEW (object);

  g_clear_handle_id (&self->resort_id, g_source_remove);
  g_clear_object (&self->sorter);
  g_clear_object (&self->open);
  g_clear_object (&self->final);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_MIGRATIONS_VIEW);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_migrations_view_parent_class)->dispose (object);
}

static void
terrace_migrations_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceMigrationsView *self = TERRACE_MIGRATIONS_VIEW (object);

  switch ((TerraceMigrationsViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_migrations_view_set_property (GObject *object,
                                      guint id,
                                      const GValue *value,
                                      GParamSpec *pspec)
{
  TerraceMigrationsView *self = TERRACE_MIGRATIONS_VIEW (object);

  switch ((TerraceMigrationsViewProperty) id)
    {
    case PROP_ENGINE:
      if (g_set_object (&self->engine, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_migrations_view_class_init (TerraceMigrationsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_migrations_view_dispose;
  object_class->get_property = terrace_migrations_view_get_property;
  object_class->set_property = terrace_migrations_view_set_property;
  widget_class->map = terrace_migrations_view_map;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-migrations-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceMigrationsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceMigrationsView, list_view);
  gtk_widget_class_bind_template_child (widget_class, TerraceMigrationsView, summary_label);
  gtk_widget_class_bind_template_callback (widget_class, edge_reached_cb);
}

static void
terrace_migrations_view_init (TerraceMigrationsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
