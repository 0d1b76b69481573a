/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The objects' table: keeps the list model's filter and order in step with the controls, the pane
 * in step with the selection, and the selection across reloads. Main thread. */

#include "config.h"

#include "ui/objects/terrace-objects-view.h"

#include <glib/gi18n-lib.h>

#include "ui/insight/terrace-forecast-columns.h"
#include "ui/objects/terrace-objects-view-private.h"
#include "ui/objects/terrace-search.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"
#include "ui/terrace-settings.h"

/* A selection of more is not carried over a reload, and its sizes are not summed up. */
#define KEPT_MAX 10000
#define SUMMED_MAX 500

/* What decides comes first; where it lies in detail can be scrolled to. */
static const TerraceItemColumn columns[] = {
  { "name", N_ ("Name"), TERRACE_ITEM_SORT_NAME, 0, FALSE, terrace_item_format_name, NULL },
  { "size", N_ ("Size"), TERRACE_ITEM_SORT_SIZE, 84, TRUE, terrace_item_format_size, NULL },
  { "temperature", N_ ("Temperature"), TERRACE_ITEM_SORT_TEMPERATURE, 110, FALSE,
    terrace_item_format_temperature, terrace_item_temperature_chip },
  { "tier", N_ ("Tier"), TERRACE_ITEM_SORT_TIER, 88, FALSE, terrace_item_format_tier,
    terrace_item_tier_chip },
  { "last-access", N_ ("Last Access"), TERRACE_ITEM_SORT_LAST_ACCESS, 130, FALSE,
    terrace_item_format_last_access, NULL },
  { "cost", N_ ("Cost a Month"), TERRACE_ITEM_SORT_COST, 112, TRUE, terrace_item_format_monthly,
    NULL },
  { "saving", N_ ("Saving"), TERRACE_ITEM_SORT_SAVING, 90, TRUE, terrace_item_format_saving, NULL },
  { "recommended", N_ ("Recommended"), -1, 170, FALSE, terrace_item_format_wanted, NULL },
  { "location", N_ ("Location"), TERRACE_ITEM_SORT_LOCATION, 120, FALSE,
    terrace_item_format_location, NULL },
  { "class", N_ ("Class"), TERRACE_ITEM_SORT_CLASS, 190, FALSE, terrace_item_format_class, NULL },
};

G_DEFINE_FINAL_TYPE (TerraceObjectsView, terrace_objects_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_NARROW,
  PROP_DETAILS_VISIBLE,
} TerraceObjectsViewProperty;

static GParamSpec *properties[PROP_DETAILS_VISIBLE + 1];

/* --- What is chosen ------------------------------------------------------------------------ */

/* (transfer full): "3 objects, 12 MB, $0.40 a month, could save $0.10" */
static char *
terrace_objects_view_sum_up (TerraceObjectsView *self, GtkBitset *selected, const char *words)
{
  const char *currency = terrace_engine_get_currency (self->engine);
  guint64 size_bytes = 0;
  gint64 monthly_nanos = 0;
  gint64 saving_nanos = 0;
  g_autofree char *size = NULL;
  g_autofree char *monthly = NULL;
  g_autofree char *saving = NULL;

  for (guint64 i = 0; i < gtk_bitset_get_size (selected); i++)
    {
      g_autoptr (TerraceItem) item =
          g_list_model_get_item (G_LIST_MODEL (self->list),
                                 gtk_bitset_get_nth (selected, (guint) i));

      if (item == NULL)
        continue;
      size_bytes += item->size_bytes;
      monthly_nanos += item->monthly_nanos;
      saving_nanos += item->wanted_location_id != 0 ? item->saving_nanos : 0;
    }
  size = terrace_ui_format_size (size_bytes);
  monthly = terrace_ui_format_amount (monthly_nanos, currency);
  saving = terrace_ui_format_amount (saving_nanos, currency);
  if (saving_nanos > 0)
    /* Translators: "3 objects", size, and two amounts of money */
    return g_strdup_printf (_ ("%s, %s, %s a month, could save %s"), words, size, monthly, saving);
  /* Translators: "3 objects", size, and an amount of money */
  return g_strdup_printf (_ ("%s, %s, %s a month"), words, size, monthly);
}

static void
terrace_objects_view_update_selection (TerraceObjectsView *self)
{
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint64 n_selected = gtk_bitset_get_size (selected);
  g_autofree char *count = terrace_ui_format_count (n_selected);
  g_autofree char *text = NULL;

  gtk_action_bar_set_revealed (self->action_bar, n_selected > 0);
  terrace_objects_view_update_actions (self);
  terrace_details_set_item_id (self->details,
                               n_selected == 1 ?
                                   terrace_item_list_get_id (self->list,
                                                             gtk_bitset_get_minimum (selected)) :
                                   0);

  text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object", "%s objects", n_selected), count);
  if (n_selected <= SUMMED_MAX)
    {
      g_autofree char *words = g_steal_pointer (&text);

      text = terrace_objects_view_sum_up (self, selected, words);
    }
  gtk_label_set_text (self->selection_label, text);
}

static void
terrace_objects_view_selection_changed_cb (TerraceObjectsView *self)
{
  if (self->list == NULL || self->restoring || terrace_item_list_get_loading (self->list))
    return;

  g_clear_pointer (&self->kept, g_array_unref);
  self->kept = terrace_objects_view_get_selected (self);
  terrace_objects_view_update_selection (self);
}

/* A reload empties the list for a moment, and the selection with it. */
static void
terrace_objects_view_restore_selection (TerraceObjectsView *self)
{
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GtkBitset) all = NULL;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (self->kept == NULL || self->kept->len == 0 || self->kept->len > KEPT_MAX)
    return;

  wanted = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < self->kept->len; i++)
    g_hash_table_add (wanted, &g_array_index (self->kept, gint64, i));
  selected = gtk_bitset_new_empty ();
  for (guint i = 0; i < n_items; i++)
    {
      gint64 id = terrace_item_list_get_id (self->list, i);

      if (g_hash_table_contains (wanted, &id))
        gtk_bitset_add (selected, i);
    }
  all = gtk_bitset_new_range (0, n_items);
  self->restoring = TRUE;
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), selected, all);
  self->restoring = FALSE;
}

/* --- What is shown ------------------------------------------------------------------------- */

static void
terrace_objects_view_update_page (TerraceObjectsView *self)
{
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;
  guint n_items;

  if (self->list == NULL || terrace_item_list_get_loading (self->list))
    return;

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  count = terrace_ui_format_count (n_items);
  if (n_items > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (terrace_item_filter_is_empty (terrace_item_list_get_filter (self->list)))
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else
    gtk_stack_set_visible_child_name (self->stack, "nothing");

  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object", "%s objects", n_items), count);
  gtk_label_set_text (self->count_label, text);
  terrace_objects_view_restore_selection (self);
  terrace_objects_view_update_selection (self);
}

static gint64
find_location (const char *name, gpointer user_data)
{
  TerraceObjectsView *self = user_data;
  GListModel *locations = terrace_engine_get_locations (self->engine);
  g_autofree char *wanted = g_utf8_casefold (name, -1);

  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);
      g_autofree char *folded = g_utf8_casefold (location->name, -1);

      if (g_str_equal (folded, wanted))
        return location->id;
    }
  return 0;
}

/* The drop-downs have the last word over what was written. */
static void
filter_changed_cb (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  guint tier = gtk_drop_down_get_selected (self->tier_filter);
  guint temperature = gtk_drop_down_get_selected (self->temperature_filter);
  guint location = gtk_drop_down_get_selected (self->location_filter);
  TerraceItemFilter filter;

  if (self->list == NULL)
    return;

  terrace_item_filter_init (&filter);
  terrace_search_parse (text, terrace_clock_get_now_us (terrace_engine_get_clock (self->engine)),
                        find_location, self, &filter);
  if (tier > 0)
    filter.tier = (int) tier - 1;
  if (temperature > 0)
    filter.temperature = (int) temperature - 1;
  if (location > 0 && location < self->location_ids->len)
    filter.location_id = g_array_index (self->location_ids, gint64, location);
  terrace_item_list_set_filter (self->list, &filter);
  terrace_item_filter_clear (&filter);
  if (settings != NULL)
    g_settings_set_string (settings, "objects-search", text);
  terrace_objects_view_build_searches (self);
}

static void
terrace_objects_view_sort_changed_cb (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  gboolean descending;
  int sort;

  /* A column view that goes takes its order away first. */
  if (self->list == NULL || self->column_view == NULL)
    return;
  sort = terrace_item_columns_get_sort (self->column_view, &descending);
  if (sort < 0)
    return;
  terrace_item_list_set_sort (self->list, (TerraceItemSort) sort, descending);
  for (guint i = 0; settings != NULL && i < G_N_ELEMENTS (columns); i++)
    if (columns[i].sort == sort)
      {
        g_settings_set_string (settings, "objects-sort-column", columns[i].id);
        g_settings_set_boolean (settings, "objects-sort-descending", descending);
      }
}

static void
terrace_objects_view_restore_sort (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  g_autofree char *id = NULL;
  gboolean descending = FALSE;

  if (settings != NULL)
    {
      id = g_settings_get_string (settings, "objects-sort-column");
      descending = g_settings_get_boolean (settings, "objects-sort-descending");
    }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (columns[i].sort >= 0 && g_str_equal (columns[i].id, id != NULL ? id : "name"))
      terrace_item_columns_set_sort (self->column_view, (TerraceItemSort) columns[i].sort,
                                     descending);
}

static void
terrace_objects_view_locations_changed_cb (TerraceObjectsView *self)
{
  GListModel *locations = terrace_engine_get_locations (self->engine);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = gtk_drop_down_get_selected (self->location_filter);
  gint64 kept_id =
      selected < self->location_ids->len ? g_array_index (self->location_ids, gint64, selected) : 0;
  gint64 id = 0;

  g_array_set_size (self->location_ids, 0);
  g_array_append_val (self->location_ids, id);
  gtk_string_list_append (names, _ ("All locations"));
  selected = 0;
  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      g_array_append_val (self->location_ids, location->id);
      gtk_string_list_append (names, location->name);
      if (location->id == kept_id)
        selected = i + 1;
    }
  gtk_drop_down_set_model (self->location_filter, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->location_filter, selected);
  terrace_objects_view_build_menus (self);
}

/* --- Columns ------------------------------------------------------------------------------- */

static void
terrace_objects_view_column_toggled_cb (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  GListModel *shown = gtk_column_view_get_columns (self->column_view);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (settings == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);

      if (gtk_column_view_column_get_visible (column))
        g_ptr_array_add (ids, (gpointer) terrace_item_column_get (column)->id);
    }
  g_ptr_array_add (ids, NULL);
  g_settings_set_strv (settings, "objects-columns", (const char *const *) ids->pdata);
}

/* A menu of check marks; the name is always there. */
static void
terrace_objects_view_build_columns (TerraceObjectsView *self)
{
  GSettings *settings = terrace_ui_get_settings ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_auto (GStrv) wanted = NULL;
  GListModel *shown;

  terrace_item_columns_append (self->column_view, columns, G_N_ELEMENTS (columns), self->engine);
  terrace_forecast_columns_add (self->column_view, self->engine);
  if (settings != NULL)
    wanted = g_settings_get_strv (settings, "objects-columns");

  shown = gtk_column_view_get_columns (self->column_view);
  for (guint i = 1; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);
      const TerraceItemColumn *described = terrace_item_column_get (column);
      g_autoptr (GPropertyAction) action = g_property_action_new (described->id, column, "visible");
      g_autofree char *name = g_strconcat ("columns.", described->id, NULL);

      if (wanted != NULL && wanted[0] != NULL &&
          !g_strv_contains ((const char *const *) wanted, described->id))
        gtk_column_view_column_set_visible (column, FALSE);
      g_signal_connect_object (column, "notify::visible",
                               G_CALLBACK (terrace_objects_view_column_toggled_cb), self,
                               G_CONNECT_SWAPPED);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      g_menu_append (menu, _ (described->title), name);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", G_ACTION_GROUP (group));
  gtk_menu_button_set_menu_model (self->columns_button, G_MENU_MODEL (menu));
}

/* The list is made when the view is looked at first, so that it costs nothing before. */
static void
terrace_objects_view_map (GtkWidget *widget)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);
  GListModel *locations;

  GTK_WIDGET_CLASS (terrace_objects_view_parent_class)->map (widget);
  if (self->engine == NULL || self->list != NULL)
    return;

  self->list = terrace_item_list_new (terrace_engine_get_catalog (self->engine));
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  terrace_objects_view_build_columns (self);
  g_signal_connect_object (gtk_column_view_get_sorter (self->column_view), "changed",
                           G_CALLBACK (terrace_objects_view_sort_changed_cb), self,
                           G_CONNECT_SWAPPED);
  terrace_objects_view_restore_sort (self);
  terrace_objects_view_restore_search (self);
  g_signal_connect_object (self->list, "items-changed",
                           G_CALLBACK (terrace_objects_view_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed",
                           G_CALLBACK (terrace_objects_view_selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::loading",
                           G_CALLBACK (terrace_objects_view_update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::n-items",
                           G_CALLBACK (terrace_objects_view_update_page), self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->column_view, GTK_SELECTION_MODEL (self->selection));

  locations = terrace_engine_get_locations (self->engine);
  g_signal_connect_object (locations, "items-changed",
                           G_CALLBACK (terrace_objects_view_locations_changed_cb), self,
                           G_CONNECT_SWAPPED);
  terrace_objects_view_locations_changed_cb (self);
}

/* --- Callbacks of the template --------------------------------------------------------------- */

static gboolean
list_is_visible (TerraceObjectsView *self, gboolean narrow, gboolean details_visible)
{
  return !(narrow && details_visible);
}

static void
activate_cb (TerraceObjectsView *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  g_object_set (self, "details-visible", TRUE, NULL);
}

/* The menu is about what was clicked, or about the selection if that is part of it. */
static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, TerraceObjectsView *self)
{
  guint position;

  if (!terrace_item_columns_pick (self->column_view, x, y, &position))
    return;
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  terrace_objects_view_popup (self, x, y);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_objects_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (widget);

  GTK_WIDGET_CLASS (terrace_objects_view_parent_class)
      ->size_allocate (widget, width, height, baseline);
  gtk_popover_present (GTK_POPOVER (self->context_menu));
}

static void
terrace_objects_view_dispose (GObject *object)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (object);

  g_clear_pointer ((GtkWidget **) &self->context_menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_OBJECTS_VIEW);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_objects_view_parent_class)->dispose (object);
}

static void
terrace_objects_view_finalize (GObject *object)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (object);

  g_clear_pointer (&self->kept, g_array_unref);
  g_clear_pointer (&self->location_ids, g_array_unref);
  G_OBJECT_CLASS (terrace_objects_view_parent_class)->finalize (object);
}

static void
terrace_objects_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (object);

  switch ((TerraceObjectsViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    case PROP_DETAILS_VISIBLE:
      g_value_set_boolean (value, self->details_visible);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_objects_view_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  TerraceObjectsView *self = TERRACE_OBJECTS_VIEW (object);

  switch ((TerraceObjectsViewProperty) id)
    {
    case PROP_ENGINE:
      if (!g_set_object (&self->engine, g_value_get_object (value)))
        return;
      break;
    case PROP_NARROW:
      if (self->narrow == g_value_get_boolean (value))
        return;
      self->narrow = g_value_get_boolean (value);
      break;
    case PROP_DETAILS_VISIBLE:
      if (self->details_visible == g_value_get_boolean (value))
        return;
      self->details_visible = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, properties[id]);
}

static void
terrace_objects_view_class_init (TerraceObjectsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = terrace_objects_view_dispose;
  object_class->finalize = terrace_objects_view_finalize;
  object_class->get_property = terrace_objects_view_get_property;
  object_class->set_property = terrace_objects_view_set_property;
  widget_class->map = terrace_objects_view_map;
  widget_class->size_allocate = terrace_objects_view_size_allocate;

  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  properties[PROP_DETAILS_VISIBLE] =
      g_param_spec_boolean ("details-visible", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (TERRACE_TYPE_DETAILS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-objects-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, column_view);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, tier_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, temperature_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, location_filter);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, searches_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, columns_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, migrate_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, action_bar);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, selection_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, count_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceObjectsView, details);
  gtk_widget_class_bind_template_callback (widget_class, list_is_visible);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  terrace_objects_view_install_actions (widget_class);
}

static void
terrace_objects_view_init (TerraceObjectsView *self)
{
  self->location_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->context_menu = GTK_POPOVER_MENU (gtk_popover_menu_new_from_model (NULL));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
  gtk_widget_set_halign (GTK_WIDGET (self->context_menu), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->context_menu), GTK_WIDGET (self));
  terrace_objects_view_update_actions (self);
}

TerraceItemList *
terrace_objects_view_get_list (TerraceObjectsView *self)
{
  g_return_val_if_fail (TERRACE_IS_OBJECTS_VIEW (self), NULL);

  return self->list;
}

void
terrace_objects_view_focus_search (TerraceObjectsView *self)
{
  g_return_if_fail (TERRACE_IS_OBJECTS_VIEW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

GArray *
terrace_objects_view_get_chosen (TerraceObjectsView *self)
{
  g_return_val_if_fail (TERRACE_IS_OBJECTS_VIEW (self), NULL);

  return terrace_objects_view_get_selected (self);
}
