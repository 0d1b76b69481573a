/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of moves, by group commit: what arrives while a transaction is being written goes into the
 * next one together. When a batch fails, its commits are repeated one by one, so that the failure
 * hits only the one it belongs to. Main thread, except store_write() and what it calls. */

#include "config.h"

#include "transfer/terrace-move-store.h"

#include "base/terrace-error.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-move-table.h"

/* More would keep other writers of the catalogue waiting. */
#define STORE_BATCH_COMMITS 64
#define STORE_RETRY_MS 1000

struct _TerraceMoveStore
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog; /* owned */
  TerraceClock *clock;     /* owned */
  char *owner;
  gboolean closed;

  /* in progress */
  GQueue waiting;   /* of GTask, owned; task data is a TerraceMoveCommit */
  GPtrArray *batch; /* of GTask, owned; nullable: what is being written */
  guint singly;     /* so many are to be written one by one */
  guint timer;
};

G_DEFINE_FINAL_TYPE (TerraceMoveStore, terrace_move_store, G_TYPE_OBJECT)

static void store_flush (TerraceMoveStore *self);

TerraceMoveCommit *
terrace_move_commit_new (TerraceMove *move)
{
  TerraceMoveCommit *self = g_new0 (TerraceMoveCommit, 1);

  self->move = terrace_move_new ();
  terrace_move_update (self->move, move);

  return self;
}

void
terrace_move_commit_free (TerraceMoveCommit *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->move);
  g_clear_object (&self->event);
  g_clear_pointer (&self->replica, terrace_replica_free);
  g_free (self->currency);
  g_free (self);
}

gint64
terrace_move_store_get_share (TerraceMove *move)
{
  if (move->started_us == 0)
    return 0;
  if (terrace_move_state_is_final (move->state))
    return move->spent_nanos;

  return MAX (move->once_nanos, move->spent_nanos);
}

static gboolean
store_apply_share (TerraceConnection *connection,
                   TerraceMove *stored,
                   TerraceMove *move,
                   GError **error)
{
  gint64 more = terrace_move_store_get_share (move) - terrace_move_store_get_share (stored);

  return move->batch_id == 0 || more == 0 ||
         terrace_move_batch_table_spend (connection, move->batch_id, more, error);
}

static gboolean
store_apply (TerraceConnection *connection,
             const char *owner,
             TerraceMoveCommit *commit,
             GError **error)
{
  TerraceMove *move = commit->move;
  g_autoptr (TerraceMove) stored = terrace_move_table_get (connection, move->id, error);

  if (stored == NULL)
    return FALSE;

  move->request = commit->clear_request ? TERRACE_MOVE_REQUEST_NONE : stored->request;
  move->priority = stored->priority;
  move->undone_by = stored->undone_by;
  move->updated_us = commit->now_us;

  if (commit->prepare != NULL && !commit->prepare (connection, commit, error))
    return FALSE;
  if (!(commit->release ? terrace_move_table_release (connection, move, owner, error) :
                          terrace_move_table_update (connection, move, owner, error)))
    return FALSE;

  return store_apply_share (connection, stored, move, error) &&
         (commit->also == NULL || commit->also (connection, commit, error)) &&
         (commit->event == NULL || commit->silent ||
          terrace_event_table_append (connection, commit->event, error));
}

static gboolean
store_write (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceMoveStore *self = data;

  for (guint i = 0; i < self->batch->len; i++)
    {
      TerraceMoveCommit *commit = g_task_get_task_data (g_ptr_array_index (self->batch, i));

      if (!store_apply (connection, self->owner, commit, error))
        return FALSE;
    }

  return TRUE;
}

/* The file cannot be written now, whatever the commit; anything else is wrong with this commit and
 * will be wrong again. */
static gboolean
store_should_wait (const GError *error)
{
  return terrace_error_is_retryable (error) ||
         g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE) ||
         g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_IO) ||
         g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY);
}

static gboolean
store_retry_cb (gpointer user_data)
{
  TerraceMoveStore *self = user_data;

  self->timer = 0;
  store_flush (self);

  return G_SOURCE_REMOVE;
}

/* Puts the batch back to the front of what waits, in its order. */
static void
store_put_back (TerraceMoveStore *self, GPtrArray *batch)
{
  for (guint i = batch->len; i > 0; i--)
    g_queue_push_head (&self->waiting, g_object_ref (g_ptr_array_index (batch, i - 1)));
}

static void
store_failed (TerraceMoveStore *self, GPtrArray *batch, GError *error)
{
  if (batch->len > 1)
    {
      self->singly = batch->len;
      store_put_back (self, batch);
    }
  else if (!store_should_wait (error) || self->closed)
    g_task_return_error (g_ptr_array_index (batch, 0), g_error_copy (error));
  else
    {
      g_message ("The state of a migration cannot be stored, trying again: %s", error->message);
      store_put_back (self, batch);
      self->singly++;
      self->timer = terrace_clock_add_timeout (self->clock, STORE_RETRY_MS, store_retry_cb, self);
    }
}

static void
store_written_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveStore) self = user_data;
  g_autoptr (GPtrArray) batch = g_steal_pointer (&self->batch);
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    store_failed (self, batch, error);
  else
    {
      /* The next transaction is on its way while the callbacks of this one run. */
      store_flush (self);
      for (guint i = 0; i < batch->len; i++)
        {
          GTask *task = g_ptr_array_index (batch, i);

          g_task_return_boolean (task, TRUE);
        }
    }

  store_flush (self);
}

static void
store_flush (TerraceMoveStore *self)
{
  guint most = self->singly > 0 ? 1 : STORE_BATCH_COMMITS;
  TerraceCatalogChange changes = 0;
  gint64 now_us = terrace_clock_get_now_us (self->clock);

  if (self->batch != NULL || self->timer != 0 || g_queue_is_empty (&self->waiting))
    return;

  self->batch = g_ptr_array_new_with_free_func (g_object_unref);
  while (self->batch->len < most && !g_queue_is_empty (&self->waiting))
    {
      GTask *task = g_queue_pop_head (&self->waiting);
      TerraceMoveCommit *commit = g_task_get_task_data (task);

      changes |= commit->quiet ? 0 : TERRACE_CATALOG_MOVES;
      changes |= commit->also != NULL ? TERRACE_CATALOG_ITEMS : 0;
      changes |= commit->event != NULL ? TERRACE_CATALOG_EVENTS : 0;
      commit->now_us = now_us;
      if (commit->event != NULL)
        commit->event->time_us = now_us;
      g_ptr_array_add (self->batch, task);
    }
  self->singly -= MIN (self->singly, self->batch->len);

  terrace_catalog_write_async (self->catalog, store_write, self, changes, NULL, store_written_cb,
                               g_object_ref (self));
}

static void
terrace_move_store_dispose (GObject *object)
{
  TerraceMoveStore *self = TERRACE_MOVE_STORE (object);

  /* A waiting commit's task holds a reference. */
  g_assert (g_queue_is_empty (&self->waiting));

  if (self->timer != 0)
    {
      terrace_clock_remove_timeout (self->clock, self->timer);
      self->timer = 0;
    }
  g_clear_object (&self->catalog);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (terrace_move_store_parent_class)->dispose (object);
}

static void
terrace_move_store_finalize (GObject *object)
{
  TerraceMoveStore *self = TERRACE_MOVE_STORE (object);

  g_free (self->owner);

  G_OBJECT_CLASS (terrace_move_store_parent_class)->finalize (object);
}

static void
terrace_move_store_class_init (TerraceMoveStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_move_store_dispose;
  object_class->finalize = terrace_move_store_finalize;
}

static void
terrace_move_store_init (TerraceMoveStore *self)
{
  g_queue_init (&self->waiting);
}

TerraceMoveStore *
terrace_move_store_new (TerraceCatalog *catalog, TerraceClock *clock, const char *owner)
{
  TerraceMoveStore *self = g_object_new (TERRACE_TYPE_MOVE_STORE, NULL);

  self->catalog = g_object_ref (catalog);
  self->clock = g_object_ref (clock);
  self->owner = g_strdup (owner);

  return self;
}

void
terrace_move_store_commit_async (TerraceMoveStore *self,
                                 TerraceMoveCommit *commit,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TERRACE_IS_MOVE_STORE (self));
  g_return_if_fail (commit != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, terrace_move_store_commit_async);
  g_task_set_task_data (task, commit, (GDestroyNotify) terrace_move_commit_free);
  g_queue_push_tail (&self->waiting, task);
  store_flush (self);
}

TerraceMoveCommit *
terrace_move_store_commit_finish (TerraceMoveStore *self, GAsyncResult *result, GError **error)
{
  TerraceMoveCommit *commit;
  TerraceMoveCommit *stored;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  /* What the task holds dies with it; the caller gets the contents. */
  commit = g_task_get_task_data (G_TASK (result));
  stored = g_new (TerraceMoveCommit, 1);
  *stored = *commit;
  memset (commit, 0, sizeof *commit);

  return stored;
}

void
terrace_move_store_close (TerraceMoveStore *self)
{
  g_return_if_fail (TERRACE_IS_MOVE_STORE (self));

  self->closed = TRUE;
  if (self->timer != 0)
    {
      terrace_clock_remove_timeout (self->clock, self->timer);
      self->timer = 0;
      store_flush (self);
    }
}
