/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The catalogue's moves as a list model whose rows stay the same objects. Main thread; the rows are
 * read on a reader thread. */

#include "config.h"

#include "catalog/terrace-move-list.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-move-row-private.h"
#include "catalog/terrace-order-diff-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

/* Final moves shown at first, and how many more each time. */
#define FINAL_PAGE TERRACE_LIMIT_LIST_MODEL_PAGE
/* Newest open moves shown; what is being carried out is always there as well. */
#define OPEN_ROWS TERRACE_LIMIT_BATCH_ITEMS
#define REFRESH_MS 500

struct _TerraceMoveList
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog; /* owned */
  int final;
  guint n_final;

  /* in progress */
  GCancellable *cancellable; /* owned, nullable: of the load under way */
  guint timer_id;
  gint64 loaded_us; /* when a load last began */
  gboolean stale;

  /* results */
  GPtrArray *moves;  /* owned, element-type TerraceMove, newest first */
  GHashTable *by_id; /* owned: id, inside the move, to move */
};

typedef enum
{
  PROP_N_ITEMS = 1,
  PROP_LOADING,
} MoveListProperty;
static GParamSpec *properties[PROP_LOADING + 1];

static void list_model_init (GListModelInterface *iface);
static void start_load (TerraceMoveList *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceMoveList,
                               terrace_move_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GType
get_item_type (GListModel *model)
{
  return TERRACE_TYPE_MOVE;
}

static guint
get_n_items (GListModel *model)
{
  return TERRACE_MOVE_LIST (model)->moves->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  TerraceMoveList *self = TERRACE_MOVE_LIST (model);

  if (position >= self->moves->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->moves, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct
{
  GWeakRef list;
  int final;
  guint n_final;
  GPtrArray *moves; /* owned, element-type TerraceMove */
} Load;

static void
load_free (Load *load)
{
  g_weak_ref_clear (&load->list);
  g_clear_pointer (&load->moves, g_ptr_array_unref);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const TerraceMove *left = *(TerraceMove *const *) a, *right = *(TerraceMove *const *) b;

  return left->id > right->id ? -1 : left->id < right->id;
}

/* Takes over what @more has; %FALSE if it is %NULL, which is an error. */
static gboolean
append (GPtrArray *moves, GPtrArray *more)
{
  if (more != NULL)
    g_ptr_array_extend_and_steal (moves, more);
  return more != NULL;
}

static void
drop_doubles (GPtrArray *moves)
{
  g_ptr_array_sort (moves, compare_newest_first);
  for (guint i = moves->len; i > 1; i--)
    {
      TerraceMove *move = g_ptr_array_index (moves, i - 1);
      TerraceMove *before = g_ptr_array_index (moves, i - 2);

      if (move->id == before->id)
        g_ptr_array_remove_index (moves, i - 1);
    }
}

static gboolean
read_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Load *load = data;

  load->moves = g_ptr_array_new_with_free_func (g_object_unref);
  if (load->final != 1 &&
      (!append (load->moves, terrace_move_table_page (connection, 0, 0, OPEN_ROWS, error)) ||
       !append (load->moves, terrace_move_table_leased (connection, OPEN_ROWS, error))))
    return FALSE;
  if (load->final != 0 &&
      !append (load->moves, terrace_move_table_page (connection, 1, 0, load->n_final, error)))
    return FALSE;
  drop_doubles (load->moves);
  return TRUE;
}

/* --- showing ---------------------------------------------------------------------------------- */

static GArray *
list_ids (GPtrArray *moves)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), moves->len);

  for (guint i = 0; i < moves->len; i++)
    g_array_append_val (ids, ((TerraceMove *) g_ptr_array_index (moves, i))->id);
  return ids;
}

/* The row as it is stored is older than what its carrier tells while it runs. */
static void
keep_live (TerraceMove *shown, TerraceMove *stored)
{
  if (shown->state != stored->state || terrace_move_state_is_final (stored->state))
    return;
  stored->done_bytes = MAX (stored->done_bytes, shown->done_bytes);
  if (stored->bytes_per_second <= 0)
    stored->bytes_per_second = shown->bytes_per_second;
}

/* @moves with those that are shown already in place of their new snapshots. */
static GPtrArray *
keep_objects (TerraceMoveList *self, GPtrArray *moves)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *stored = g_ptr_array_index (moves, i);
      TerraceMove *shown = g_hash_table_lookup (self->by_id, &stored->id);

      g_ptr_array_add (kept, g_object_ref (shown != NULL ? shown : stored));
    }
  return kept;
}

static void
update_shown (TerraceMoveList *self, GPtrArray *moves)
{
  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *stored = g_ptr_array_index (moves, i);
      TerraceMove *shown = terrace_move_list_find (self, stored->id);

      if (shown == NULL || shown == stored)
        continue;
      keep_live (shown, stored);
      terrace_move_update (shown, stored);
    }
}

static void
apply_edit (TerraceMoveList *self, const TerraceOrderEdit *edit, GPtrArray *rows)
{
  for (guint i = 0; i < edit->n_removed; i++)
    {
      TerraceMove *move = g_ptr_array_index (self->moves, edit->position);

      g_hash_table_remove (self->by_id, &move->id);
      g_ptr_array_remove_index (self->moves, edit->position);
    }
  for (guint i = 0; i < edit->n_added; i++)
    {
      TerraceMove *move = g_ptr_array_index (rows, edit->position + i);

      g_ptr_array_insert (self->moves, (int) (edit->position + i), g_object_ref (move));
      g_hash_table_insert (self->by_id, &move->id, move);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), edit->position, edit->n_removed, edit->n_added);
}

static void
show_moves (TerraceMoveList *self, GPtrArray *moves)
{
  g_autoptr (GPtrArray) rows = keep_objects (self, moves);
  g_autoptr (GArray) old = list_ids (self->moves);
  g_autoptr (GArray) new = list_ids (rows);
  g_autoptr (GArray) edits = terrace_order_diff (old, new);

  for (guint i = 0; i < edits->len; i++)
    apply_edit (self, &g_array_index (edits, TerraceOrderEdit, i), rows);
  if (old->len != new->len)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
  update_shown (self, moves);
}

/* --- loading ---------------------------------------------------------------------------------- */

static gint64
now_us (TerraceMoveList *self)
{
  return terrace_clock_get_now_us (terrace_catalog_get_clock (self->catalog));
}

static gboolean
refresh_cb (gpointer data)
{
  TerraceMoveList *self = data;

  self->timer_id = 0;
  start_load (self);
  return G_SOURCE_REMOVE;
}

static void
plan_refresh (TerraceMoveList *self)
{
  gint64 passed_us = now_us (self) - self->loaded_us;
  gint64 left_us = passed_us < 0 ? 0 : MAX (REFRESH_MS * 1000 - passed_us, 0);

  if (!self->stale || self->cancellable != NULL || self->timer_id != 0)
    return;
  self->timer_id = terrace_clock_add_timeout (terrace_catalog_get_clock (self->catalog),
                                              (guint) ((left_us + 999) / 1000), refresh_cb, self);
}

static void
set_cancellable (TerraceMoveList *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
load_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (TerraceMoveList) self = g_weak_ref_get (&load->list);
  g_autoptr (GError) error = NULL;
  gboolean loaded = terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error);

  if (self == NULL || self->catalog == NULL)
    return;
  if (loaded)
    show_moves (self, load->moves);
  else if (!terrace_error_is_cancelled (error) &&
           !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    g_warning ("The list cannot be read: %s", error->message);
  set_cancellable (self, NULL);
  plan_refresh (self);
}

static void
start_load (TerraceMoveList *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Load *load = g_new0 (Load, 1);

  g_weak_ref_init (&load->list, self);
  load->final = self->final;
  load->n_final = self->n_final;
  self->stale = FALSE;
  self->loaded_us = now_us (self);
  set_cancellable (self, cancellable);
  terrace_catalog_read_async (self->catalog, read_moves, load, cancellable, load_cb, load);
}

static void
changed_cb (TerraceMoveList *self, guint changes, TerraceCatalog *catalog)
{
  if ((changes & TERRACE_CATALOG_MOVES) == 0)
    return;
  self->stale = TRUE;
  plan_refresh (self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
terrace_move_list_dispose (GObject *object)
{
  TerraceMoveList *self = TERRACE_MOVE_LIST (object);

  if (self->timer_id != 0)
    terrace_clock_remove_timeout (terrace_catalog_get_clock (self->catalog), self->timer_id);
  self->timer_id = 0;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->catalog);
  G_OBJECT_CLASS (terrace_move_list_parent_class)->dispose (object);
}

static void
terrace_move_list_finalize (GObject *object)
{
  TerraceMoveList *self = TERRACE_MOVE_LIST (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->moves, g_ptr_array_unref);
  G_OBJECT_CLASS (terrace_move_list_parent_class)->finalize (object);
}

static void
terrace_move_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceMoveList *self = TERRACE_MOVE_LIST (object);

  switch ((MoveListProperty) id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->moves->len);
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
terrace_move_list_class_init (TerraceMoveListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_move_list_dispose;
  object_class->finalize = terrace_move_list_finalize;
  object_class->get_property = terrace_move_list_get_property;

  properties[PROP_N_ITEMS] =
      g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
terrace_move_list_init (TerraceMoveList *self)
{
  self->moves = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->n_final = FINAL_PAGE;
}

TerraceMoveList *
terrace_move_list_new (TerraceCatalog *catalog, int final)
{
  TerraceMoveList *self;

  g_return_val_if_fail (TERRACE_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (final >= -1 && final <= 1, NULL);

  self = g_object_new (TERRACE_TYPE_MOVE_LIST, NULL);
  self->catalog = g_object_ref (catalog);
  self->final = final;
  g_signal_connect_object (catalog, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  start_load (self);
  return self;
}

void
terrace_move_list_load_more (TerraceMoveList *self)
{
  guint n_shown = 0;

  g_return_if_fail (TERRACE_IS_MOVE_LIST (self));

  for (guint i = 0; i < self->moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (self->moves, i);

      n_shown += terrace_move_state_is_final (move->state);
    }
  /* Fewer than were asked for: that was all. */
  if (n_shown < self->n_final)
    return;
  self->n_final += FINAL_PAGE;
  self->stale = TRUE;
  if (self->cancellable == NULL && self->timer_id == 0)
    start_load (self);
}

TerraceMove *
terrace_move_list_find (TerraceMoveList *self, gint64 move_id)
{
  g_return_val_if_fail (TERRACE_IS_MOVE_LIST (self), NULL);

  return g_hash_table_lookup (self->by_id, &move_id);
}
