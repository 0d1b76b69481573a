/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a started queue does: claims moves as far as there is room, gives each to a job, listens to
 * the jobs, passes on requests and keeps the leases. Main thread, except the functions that take a
 * TerraceConnection. */

#include "config.h"

#include "transfer/terrace-queue-state.h"

#include "base/terrace-limits.h"
#include "catalog/terrace-move-table.h"
#include "transfer/terrace-queue-lease.h"

#define QUEUE_RATE_MS 500
/* What a finished move counts for beside its bytes, so that many small ones can be compared too. */
#define QUEUE_MOVE_WORK (64 * 1024)

void
queue_entry_free (QueueEntry *entry)
{
  g_clear_object (&entry->job);
  g_free (entry);
}

void
queue_update_idle (TerraceQueue *self)
{
  gboolean idle = self->started && self->entries->len == 0 && self->exhausted;

  if (self->idle == idle)
    return;

  self->idle = idle;
  queue_notify (self, QUEUE_PROP_IDLE);
}

static QueueEntry *
queue_find (TerraceQueue *self, gint64 move_id, guint *position)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      QueueEntry *entry = g_ptr_array_index (self->entries, i);

      if (terrace_move_job_get_move (entry->job)->id == move_id)
        {
          if (position != NULL)
            *position = i;
          return entry;
        }
    }

  return NULL;
}

/* --- What jobs tell -------------------------------------------------------------------------- */

static void
queue_move_changed (TerraceMove *move, gpointer data)
{
  queue_emit_changed (data, move);
}

static void
queue_move_progress (TerraceMove *move, guint64 done_bytes, gpointer data)
{
  TerraceQueue *self = data;
  QueueEntry *entry = queue_find (self, move->id, NULL);
  gint64 now_us = terrace_clock_get_now_us (self->context.clock);
  guint64 more;

  if (entry == NULL)
    return;

  /* It begins again at zero when copying is followed by verifying. */
  more = done_bytes >= entry->done_bytes ? done_bytes - entry->done_bytes : done_bytes;
  entry->done_bytes = done_bytes;
  terrace_rate_add (&entry->rate, now_us, more);
  terrace_rate_add (&self->rate, now_us, more);
  terrace_climber_add (&self->climber, more);
  move->bytes_per_second = terrace_rate_get (&entry->rate, now_us);
  queue_emit_progress (self, move->id, done_bytes, move->bytes_per_second);
}

static gboolean
queue_key_taken (TerraceMove *move, const char *dest_key, gpointer data)
{
  TerraceQueue *self = data;

  for (guint i = 0; i < self->entries->len; i++)
    {
      QueueEntry *entry = g_ptr_array_index (self->entries, i);
      TerraceMove *other = terrace_move_job_get_move (entry->job);

      if (other->id != move->id && other->dest_location_id == move->dest_location_id &&
          g_strcmp0 (terrace_move_job_get_dest_key (entry->job), dest_key) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
queue_met (gint64 location_id, const GError *error, gpointer data)
{
  TerraceQueue *self = data;

  terrace_queue_places_note (self->places, location_id, error);
  if (error != NULL)
    terrace_climber_back_off (&self->climber, terrace_clock_get_now_us (self->context.clock));
}

static gboolean
queue_place_gone (gint64 location_id, gpointer data)
{
  TerraceQueue *self = data;

  return terrace_queue_places_is_gone (self->places, location_id);
}

static void
queue_places_changed (gpointer data)
{
  queue_claim (data);
}

static gboolean
queue_retry_cb (gpointer user_data)
{
  TerraceQueue *self = user_data;

  self->retry_timer = 0;
  queue_claim (self);

  return G_SOURCE_REMOVE;
}

/* The soonest retry of those this process put off; other processes' are seen with the renewals. */
static void
queue_await_retry (TerraceQueue *self, gint64 retry_us)
{
  gint64 delay_ms = (retry_us - terrace_clock_get_now_us (self->context.clock)) / 1000 + 1;

  if (self->stopping || (self->retry_timer != 0 && self->retry_us <= retry_us))
    return;

  if (self->retry_timer != 0)
    terrace_clock_remove_timeout (self->context.clock, self->retry_timer);
  self->retry_us = retry_us;
  self->retry_timer =
      terrace_clock_add_timeout (self->context.clock, (guint) CLAMP (delay_ms, 1, G_MAXINT),
                                 queue_retry_cb, self);
}

static void
queue_job_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceQueue) self = user_data;
  TerraceMoveJob *job = TERRACE_MOVE_JOB (object);
  TerraceMove *move = terrace_move_job_get_move (job);
  guint position = 0;

  terrace_move_job_run_finish (job, result);
  if (!terrace_move_state_is_final (move->state) && move->retry_us > 0)
    queue_await_retry (self, move->retry_us);

  terrace_climber_add (&self->climber, QUEUE_MOVE_WORK);
  queue_find (self, move->id, &position);
  g_ptr_array_remove_index (self->entries, position);
  queue_notify (self, QUEUE_PROP_ACTIVE);
  queue_claim (self);
  queue_maybe_stopped (self);
}

/* --- Claiming -------------------------------------------------------------------------------- */

typedef struct
{
  TerraceQueue *queue; /* owned */
  char *owner;
  gint64 now_us;
  gint64 until_us;
  guint limit;
  GArray *busy;     /* of gint64 */
  gboolean full;    /* some of them only until one of our moves there ends */
  GPtrArray *moves; /* of TerraceMove */
} QueueClaim;

static void
queue_claim_free (QueueClaim *claim)
{
  g_object_unref (claim->queue);
  g_free (claim->owner);
  g_array_unref (claim->busy);
  g_clear_pointer (&claim->moves, g_ptr_array_unref);
  g_free (claim);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueueClaim, queue_claim_free)

static gboolean
queue_claim_write (TerraceConnection *connection, gpointer data, GError **error)
{
  QueueClaim *claim = data;

  g_clear_pointer (&claim->moves, g_ptr_array_unref);
  claim->moves =
      terrace_move_table_claim (connection, claim->owner, claim->now_us, claim->until_us,
                                claim->limit, (const gint64 *) (gpointer) claim->busy->data,
                                claim->busy->len, error);

  return claim->moves != NULL;
}

/* Runs while there is a rate to tell of. */
static gboolean
queue_rate_cb (gpointer user_data)
{
  TerraceQueue *self = user_data;

  queue_notify (self, QUEUE_PROP_BYTES_PER_SECOND);
  if (terrace_climber_step (&self->climber, terrace_clock_get_now_us (self->context.clock),
                            self->entries->len >= self->climber.limit))
    queue_claim (self);
  if (self->entries->len > 0 || terrace_queue_get_bytes_per_second (self) > 0)
    return G_SOURCE_CONTINUE;

  self->rate_timer = 0;

  return G_SOURCE_REMOVE;
}

static void
queue_begin (TerraceQueue *self, TerraceMove *move)
{
  QueueEntry *entry;

  /* Our own lease ran out while this process slept, and was claimed again by ourselves. */
  if (queue_find (self, move->id, NULL) != NULL)
    return;

  entry = g_new0 (QueueEntry, 1);
  entry->job = terrace_move_job_new (&self->context, move);
  g_ptr_array_add (self->entries, entry);
  if (self->stopping)
    terrace_move_job_stop (entry->job);
  else if (self->rate_timer == 0)
    self->rate_timer =
        terrace_clock_add_timeout (self->context.clock, QUEUE_RATE_MS, queue_rate_cb, self);
  terrace_move_job_run_async (entry->job, queue_job_cb, g_object_ref (self));
}

static void
queue_claim_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (QueueClaim) claim = user_data;
  TerraceQueue *self = claim->queue;
  g_autoptr (GError) error = NULL;
  gboolean again = self->claim_again;

  self->pending--;
  self->claiming = FALSE;
  self->claim_again = FALSE;
  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      /* The next renewal tries again. */
      g_debug ("Cannot claim migrations now: %s", error->message);
      queue_maybe_stopped (self);
      return;
    }

  self->exhausted = !again && claim->moves->len < claim->limit && !claim->full;
  for (guint i = 0; i < claim->moves->len; i++)
    queue_begin (self, g_ptr_array_index (claim->moves, i));
  if (claim->moves->len > 0)
    queue_notify (self, QUEUE_PROP_ACTIVE);

  if (again || claim->moves->len == claim->limit)
    queue_claim (self);
  queue_update_idle (self);
  queue_maybe_stopped (self);
}

static guint
queue_count_at (TerraceQueue *self, gint64 location_id)
{
  guint count = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      QueueEntry *entry = g_ptr_array_index (self->entries, i);
      TerraceMove *move = terrace_move_job_get_move (entry->job);

      if (move->source_location_id == location_id || move->dest_location_id == location_id)
        count++;
    }

  return count;
}

/* How many may be claimed so that no location can pass its limit, whatever is claimed; locations
 * that are at it go into @busy, and so do those that are down. @full: there are such as are not. */
static guint
queue_get_room (TerraceQueue *self, GArray *busy, gboolean *full)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint most = self->climber.limit;
  guint room = MIN (most - MIN (self->entries->len, most), TERRACE_LIMIT_ACTIVE_MOVES_PER_LOCATION);

  terrace_queue_places_add_ids (self->places, ids);
  for (guint i = 0; i < self->entries->len; i++)
    {
      QueueEntry *entry = g_ptr_array_index (self->entries, i);
      TerraceMove *move = terrace_move_job_get_move (entry->job);

      g_array_append_val (ids, move->source_location_id);
      g_array_append_val (ids, move->dest_location_id);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 location_id = g_array_index (ids, gint64, i);
      guint limit = terrace_queue_places_get_limit (self->places, location_id);
      guint count = queue_count_at (self, location_id);

      if (count >= limit)
        {
          g_array_append_val (busy, location_id);
          *full |= count > 0;
        }
      else
        room = MIN (room, limit - count);
    }

  return room;
}

void
queue_claim (TerraceQueue *self)
{
  g_autoptr (QueueClaim) claim = NULL;

  if (!self->started || self->stopping)
    return;
  if (self->claiming)
    {
      self->claim_again = TRUE;
      return;
    }

  claim = g_new0 (QueueClaim, 1);
  claim->queue = g_object_ref (self);
  claim->owner = g_strdup (self->owner);
  claim->busy = g_array_new (FALSE, FALSE, sizeof (gint64));
  claim->limit = queue_get_room (self, claim->busy, &claim->full);
  if (claim->limit == 0)
    return;

  claim->now_us = terrace_clock_get_now_us (self->context.clock);
  claim->until_us = claim->now_us + (gint64) self->lease_ms * 1000;
  self->claiming = TRUE;
  self->pending++;
  /* A lease is nobody's business but the queues': no signal for it. */
  terrace_catalog_write_async (self->catalog, queue_claim_write, claim, 0, NULL, queue_claim_cb,
                               claim);
  g_steal_pointer (&claim);
}

/* --- Requests and leases --------------------------------------------------------------------- */

static void
queue_look_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceQueue) self = user_data;
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (GError) error = NULL;
  gboolean again = self->look_again;

  self->pending--;
  self->looking = FALSE;
  self->look_again = FALSE;
  moves = terrace_queue_lease_requested_finish (result, &error);
  if (moves == NULL)
    g_debug ("Cannot look for requests now: %s", error->message);
  for (guint i = 0; moves != NULL && i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);
      QueueEntry *entry = queue_find (self, move->id, NULL);

      if (entry != NULL)
        terrace_move_job_request (entry->job, move->request);
    }

  if (again)
    queue_look (self);
  queue_maybe_stopped (self);
}

void
queue_look (TerraceQueue *self)
{
  if (!self->started || self->stopping || self->entries->len == 0)
    return;
  if (self->looking)
    {
      self->look_again = TRUE;
      return;
    }

  self->looking = TRUE;
  self->pending++;
  terrace_queue_lease_requested_async (self->catalog, self->owner, queue_look_cb,
                                       g_object_ref (self));
}

static void
queue_renewed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceQueue) self = user_data;
  g_autoptr (GArray) lost = NULL;
  g_autoptr (GError) error = NULL;

  self->pending--;
  lost = terrace_queue_lease_renew_finish (result, &error);
  if (lost == NULL)
    g_debug ("Cannot renew leases now: %s", error->message);
  for (guint i = 0; lost != NULL && i < lost->len; i++)
    {
      QueueEntry *entry = queue_find (self, g_array_index (lost, gint64, i), NULL);

      if (entry != NULL)
        terrace_move_job_drop (entry->job);
    }

  /* Leases of the dead have been ended too: there may be something to take up. */
  queue_claim (self);
  queue_maybe_stopped (self);
}

void
queue_renew (TerraceQueue *self)
{
  g_autoptr (GArray) held = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 now_us = terrace_clock_get_now_us (self->context.clock);

  for (guint i = 0; i < self->entries->len; i++)
    {
      QueueEntry *entry = g_ptr_array_index (self->entries, i);
      gint64 move_id = terrace_move_job_get_move (entry->job)->id;

      g_array_append_val (held, move_id);
    }

  self->pending++;
  terrace_queue_lease_renew_async (self->catalog, self->owner,
                                   now_us + (gint64) self->lease_ms * 1000, held, queue_renewed_cb,
                                   g_object_ref (self));
}

void
queue_init_context (TerraceQueue *self)
{
  self->context.changed = queue_move_changed;
  self->context.progress = queue_move_progress;
  self->context.met = queue_met;
  self->context.place_gone = queue_place_gone;
  self->context.key_taken = queue_key_taken;
  self->context.data = self;
  self->places =
      terrace_queue_places_new (self->catalog, &self->context, queue_places_changed, self);
}
