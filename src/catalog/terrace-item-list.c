/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The catalogue's items as a list model. Main thread: what takes long runs as a TerraceItemLoad on
 * a reader thread; the rows of a page are fetched right here when a view asks for them, by primary
 * key, on a connection of the list's own, which takes less than a millisecond. */

#include "config.h"

#include "catalog/terrace-item-list.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-cache-private.h"
#include "catalog/terrace-item-load-private.h"
#include "catalog/terrace-order-diff-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#define PAGE TERRACE_LIMIT_LIST_MODEL_PAGE
/* The rows that are shown before the whole order is known: more than a screen. */
#define START_ROWS (2 * PAGE)
/* Changes of the catalogue are followed at most so often, ... */
#define REFRESH_MS 500
/* ... and the order only so many times as rarely as reading it takes. */
#define ORDER_PAUSES 4
#define LONGEST_LOAD_US (60 * TERRACE_US_PER_SECOND)
/* GTK 4.8 takes seconds for a large items_changed() that both removes and adds. */
#define TWO_STEP_ROWS 512

struct _TerraceItemList
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog; /* owned */
  TerraceItemFilter filter;
  TerraceItemSort sort;
  gboolean descending;

  /* in progress */
  TerraceConnection *connection; /* owned, nullable until the first load */
  GCancellable *cancellable;     /* owned, nullable: of the load under way */
  guint timer_id;
  gint64 load_began_us;
  gint64 refreshed_us;   /* when a refresh last began */
  gint64 ordered_us;     /* when the whole order was read last, ... */
  gint64 order_pause_us; /* ... and for how long it is left in peace */
  gboolean order_known;  /* of the present sort and filter, as a whole */
  gboolean rows_stale;
  gboolean order_stale;

  /* results: rows [0, split) are those of order, the rest those of rest from rest_at on. The second
   * half is only there while a change is being announced piece by piece. */
  GArray *order; /* owned, element-type gint64, never changed once it is here */
  guint split;
  GArray *rest; /* owned, nullable */
  guint rest_at;
  TerraceItemCache *cache; /* owned */
};

typedef enum
{
  PROP_N_ITEMS = 1,
  PROP_LOADING,
} ItemListProperty;
static GParamSpec *properties[PROP_LOADING + 1];

static void list_model_init (GListModelInterface *iface);
static void start_load (TerraceItemList *self, TerraceItemLoadKind kind);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceItemList,
                               terrace_item_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- rows ------------------------------------------------------------------------------------- */

static guint
count_rows (TerraceItemList *self)
{
  return self->split + (self->rest != NULL ? self->rest->len - self->rest_at : 0);
}

static gint64
id_at (TerraceItemList *self, guint position)
{
  if (position < self->split)
    return g_array_index (self->order, gint64, position);
  if (position < count_rows (self))
    return g_array_index (self->rest, gint64, self->rest_at + position - self->split);
  return 0;
}

/* The ids of the page around @position that are not here yet. */
static GArray *
missing_ids (TerraceItemList *self, guint position)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), PAGE);
  guint first = position / PAGE * PAGE;
  guint end = MIN (first + PAGE, count_rows (self));

  for (guint i = first; i < end; i++)
    {
      gint64 id = id_at (self, i);

      if (!terrace_item_cache_contains (self->cache, id))
        g_array_append_val (ids, id);
    }
  return ids;
}

static void
fetch_page (TerraceItemList *self, guint position)
{
  g_autoptr (GArray) ids = missing_ids (self, position);
  g_autoptr (GPtrArray) items = terrace_item_load_page (self->connection, ids);

  terrace_item_cache_add_page (self->cache, items);
}

static GType
get_item_type (GListModel *model)
{
  return TERRACE_TYPE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return count_rows (TERRACE_ITEM_LIST (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  TerraceItemList *self = TERRACE_ITEM_LIST (model);
  gint64 id = id_at (self, position);
  TerraceItem *item;

  if (id == 0)
    return NULL;
  item = terrace_item_cache_find (self->cache, id, position);
  if (item == NULL)
    {
      fetch_page (self, position);
      item = terrace_item_cache_find (self->cache, id, position);
    }
  return g_object_ref (item);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- announcing ------------------------------------------------------------------------------- */

static void
announce (TerraceItemList *self, guint position, guint n_removed, guint n_added)
{
  if (n_removed == 0 && n_added == 0)
    return;
  terrace_item_cache_shift (self->cache, position, n_removed, n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
announce_edit (TerraceItemList *self, const TerraceOrderEdit *edit)
{
  self->rest_at = edit->old_position + edit->n_removed;
  if (edit->n_removed > 0 && edit->n_added > 0 && edit->n_removed + edit->n_added > TWO_STEP_ROWS)
    {
      self->split = edit->position;
      announce (self, edit->position, edit->n_removed, 0);
      self->split = edit->position + edit->n_added;
      announce (self, edit->position, 0, edit->n_added);
      return;
    }
  self->split = edit->position + edit->n_added;
  announce (self, edit->position, edit->n_removed, edit->n_added);
}

/* Whatever a listener asks meanwhile sees the list as the edits so far have left it. */
static void
show_order (TerraceItemList *self, GArray *order, GArray *edits)
{
  g_autoptr (GArray) old = g_steal_pointer (&self->order);
  guint n_before = old->len;

  self->order = g_array_ref (order);
  self->rest = old;
  self->split = 0;
  self->rest_at = 0;
  for (guint i = 0; i < edits->len; i++)
    announce_edit (self, &g_array_index (edits, TerraceOrderEdit, i));
  self->rest = NULL;
  self->rest_at = 0;
  self->split = self->order->len;
  if (self->split != n_before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

static void
show_start (TerraceItemList *self, GArray *order)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (TerraceOrderEdit));
  TerraceOrderEdit all = { 0, 0, self->order->len, order->len };

  g_array_append_val (edits, all);
  show_order (self, order, edits);
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  guint left = *(const guint *) a, right = *(const guint *) b;

  return left < right ? -1 : left > right;
}

/* Only rows that a view has asked for are announced, neighbours together. */
static void
show_rows (TerraceItemList *self, GPtrArray *changed)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < changed->len; i++)
    {
      guint position;

      if (terrace_item_cache_replace (self->cache, g_ptr_array_index (changed, i), &position))
        g_array_append_val (positions, position);
    }
  g_array_sort (positions, compare_positions);
  for (guint i = 0, n; i < positions->len; i += n)
    {
      guint first = g_array_index (positions, guint, i);

      for (n = 1; i + n < positions->len; n++)
        if (g_array_index (positions, guint, i + n) != first + n)
          break;
      g_list_model_items_changed (G_LIST_MODEL (self), first, n, n);
    }
}

/* --- loading ---------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef list;
  TerraceItemLoad *load; /* owned */
} Loading;

static void
loading_free (Loading *loading)
{
  g_weak_ref_clear (&loading->list);
  terrace_item_load_free (loading->load);
  g_free (loading);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loading, loading_free)

static gint64
now_us (TerraceItemList *self)
{
  return terrace_clock_get_now_us (terrace_catalog_get_clock (self->catalog));
}

/* How much of @pause_us since @began_us is left; a clock that was set back stops nothing. */
static gint64
pause_left_us (TerraceItemList *self, gint64 began_us, gint64 pause_us)
{
  gint64 passed_us = now_us (self) - began_us;

  return passed_us < 0 ? 0 : MAX (pause_us - passed_us, 0);
}

static gboolean
refresh_cb (gpointer data)
{
  TerraceItemList *self = data;
  gboolean with_order =
      self->order_stale && pause_left_us (self, self->ordered_us, self->order_pause_us) == 0;

  self->timer_id = 0;
  self->refreshed_us = now_us (self);
  start_load (self, with_order ? TERRACE_ITEM_LOAD_ORDER : TERRACE_ITEM_LOAD_ROWS);
  return G_SOURCE_REMOVE;
}

/* Follows what changed, as soon as it may: the rows soon, the order when it was left in peace for
 * some times as long as reading it takes. */
static void
plan_refresh (TerraceItemList *self)
{
  gint64 left_us;

  if (self->cancellable != NULL || self->timer_id != 0 || !self->order_known ||
      !(self->rows_stale || self->order_stale))
    return;
  left_us = pause_left_us (self, self->refreshed_us, REFRESH_MS * 1000);
  if (!self->rows_stale)
    left_us = MAX (left_us, pause_left_us (self, self->ordered_us, self->order_pause_us));
  self->timer_id = terrace_clock_add_timeout (terrace_catalog_get_clock (self->catalog),
                                              (guint) ((left_us + 999) / 1000), refresh_cb, self);
}

static void
set_cancellable (TerraceItemList *self, GCancellable *cancellable)
{
  gboolean was_loading = self->cancellable != NULL;

  g_set_object (&self->cancellable, cancellable);
  if (was_loading != (cancellable != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
finish_load (TerraceItemList *self, TerraceItemLoad *load)
{
  if (load->connection != NULL)
    self->connection = g_steal_pointer (&load->connection);
  if (load->kind == TERRACE_ITEM_LOAD_START)
    {
      show_start (self, load->order);
      self->order_known = load->order->len < load->limit;
      return;
    }
  if (load->kind == TERRACE_ITEM_LOAD_ORDER)
    {
      self->ordered_us = now_us (self);
      self->order_pause_us =
          ORDER_PAUSES * CLAMP (self->ordered_us - self->load_began_us, 0, LONGEST_LOAD_US);
      self->order_known = TRUE;
      show_order (self, load->order, load->edits);
    }
  show_rows (self, load->changed);
}

static void
load_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Loading) loading = user_data;
  g_autoptr (TerraceItemList) self = g_weak_ref_get (&loading->list);
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  gboolean loaded = terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error);

  /* Another load has taken over, or the list is gone. */
  if (self == NULL || self->cancellable != cancellable)
    return;
  if (!loaded)
    {
      if (!terrace_error_is_cancelled (error) &&
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
        g_warning ("The list cannot be read: %s", error->message);
      set_cancellable (self, NULL);
      return;
    }
  finish_load (self, loading->load);
  /* A listener may have asked for another order meanwhile. */
  if (self->cancellable != cancellable)
    return;
  if (!self->order_known)
    {
      start_load (self, TERRACE_ITEM_LOAD_ORDER);
      return;
    }
  set_cancellable (self, NULL);
  plan_refresh (self);
}

static void
start_load (TerraceItemList *self, TerraceItemLoadKind kind)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Loading *loading = g_new0 (Loading, 1);
  TerraceItemLoad *load;

  load = terrace_item_load_new (kind, &self->filter, self->sort, self->descending);
  load->limit = START_ROWS;
  load->old = g_array_ref (self->order);
  if (kind != TERRACE_ITEM_LOAD_START)
    load->fetched = terrace_item_cache_list (self->cache);
  if (self->connection == NULL)
    load->path = g_strdup (terrace_catalog_get_path (self->catalog));
  loading->load = load;
  g_weak_ref_init (&loading->list, self);

  /* What changes from now on may be missed by this load, and is noted again. */
  if (kind != TERRACE_ITEM_LOAD_START)
    self->rows_stale = FALSE;
  if (kind != TERRACE_ITEM_LOAD_ROWS)
    self->order_stale = FALSE;
  self->load_began_us = now_us (self);
  set_cancellable (self, cancellable);
  terrace_catalog_read_async (self->catalog, terrace_item_load_run, load, cancellable, load_cb,
                              loading);
}

static void
stop_load (TerraceItemList *self)
{
  if (self->timer_id != 0)
    terrace_clock_remove_timeout (terrace_catalog_get_clock (self->catalog), self->timer_id);
  self->timer_id = 0;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
restart (TerraceItemList *self)
{
  stop_load (self);
  self->order_known = FALSE;
  start_load (self, TERRACE_ITEM_LOAD_START);
}

static void
changed_cb (TerraceItemList *self, guint changes, TerraceCatalog *catalog)
{
  /* A move's row changes its item's "moving". */
  if ((changes & (TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_MOVES)) == 0)
    return;
  self->rows_stale = TRUE;
  self->order_stale = TRUE;
  /* The first load failed: try again. */
  if (self->cancellable == NULL && !self->order_known)
    restart (self);
  else
    plan_refresh (self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
terrace_item_list_dispose (GObject *object)
{
  TerraceItemList *self = TERRACE_ITEM_LIST (object);

  if (self->catalog != NULL)
    stop_load (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->connection, terrace_connection_close);
  G_OBJECT_CLASS (terrace_item_list_parent_class)->dispose (object);
}

static void
terrace_item_list_finalize (GObject *object)
{
  TerraceItemList *self = TERRACE_ITEM_LIST (object);

  terrace_item_filter_clear (&self->filter);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->cache, terrace_item_cache_free);
  G_OBJECT_CLASS (terrace_item_list_parent_class)->finalize (object);
}

static void
terrace_item_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceItemList *self = TERRACE_ITEM_LIST (object);

  switch ((ItemListProperty) id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, count_rows (self));
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->cancellable != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
}

static void
terrace_item_list_class_init (TerraceItemListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_item_list_dispose;
  object_class->finalize = terrace_item_list_finalize;
  object_class->get_property = terrace_item_list_get_property;

  properties[PROP_N_ITEMS] =
      g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
terrace_item_list_init (TerraceItemList *self)
{
  terrace_item_filter_init (&self->filter);
  self->order = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->cache = terrace_item_cache_new (TERRACE_LIMIT_LIST_MODEL_PAGES);
}

TerraceItemList *
terrace_item_list_new (TerraceCatalog *catalog)
{
  TerraceItemList *self;

  g_return_val_if_fail (TERRACE_IS_CATALOG (catalog), NULL);

  self = g_object_new (TERRACE_TYPE_ITEM_LIST, NULL);
  self->catalog = g_object_ref (catalog);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  restart (self);
  return self;
}

void
terrace_item_list_set_sort (TerraceItemList *self, TerraceItemSort sort, gboolean descending)
{
  g_return_if_fail (TERRACE_IS_ITEM_LIST (self));

  descending = descending != FALSE;
  if (self->sort == sort && self->descending == descending)
    return;
  self->sort = sort;
  self->descending = descending;
  restart (self);
}

TerraceItemSort
terrace_item_list_get_sort (TerraceItemList *self, gboolean *descending)
{
  g_return_val_if_fail (TERRACE_IS_ITEM_LIST (self), TERRACE_ITEM_SORT_ID);

  if (descending != NULL)
    *descending = self->descending;
  return self->sort;
}

void
terrace_item_list_set_filter (TerraceItemList *self, const TerraceItemFilter *filter)
{
  TerraceItemFilter copy;

  g_return_if_fail (TERRACE_IS_ITEM_LIST (self));
  g_return_if_fail (filter != NULL);

  if (g_strcmp0 (self->filter.text, filter->text) == 0 && self->filter.tier == filter->tier &&
      self->filter.temperature == filter->temperature &&
      self->filter.location_id == filter->location_id &&
      (self->filter.planned != FALSE) == (filter->planned != FALSE) &&
      self->filter.min_bytes == filter->min_bytes && self->filter.max_bytes == filter->max_bytes &&
      self->filter.used_since_us == filter->used_since_us &&
      self->filter.used_before_us == filter->used_before_us)
    return;
  terrace_item_filter_copy (filter, &copy);
  terrace_item_filter_clear (&self->filter);
  self->filter = copy;
  restart (self);
}

const TerraceItemFilter *
terrace_item_list_get_filter (TerraceItemList *self)
{
  g_return_val_if_fail (TERRACE_IS_ITEM_LIST (self), NULL);

  return &self->filter;
}

gboolean
terrace_item_list_get_loading (TerraceItemList *self)
{
  g_return_val_if_fail (TERRACE_IS_ITEM_LIST (self), FALSE);

  return self->cancellable != NULL;
}

gint64
terrace_item_list_get_id (TerraceItemList *self, guint position)
{
  g_return_val_if_fail (TERRACE_IS_ITEM_LIST (self), 0);

  return id_at (self, position);
}
