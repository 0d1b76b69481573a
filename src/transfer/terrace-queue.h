/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-location.h"
#include "model/terrace-move.h"
#include "model/terrace-storage-class.h"
#include "provider/terrace-provider-registry.h"
#include "transfer/terrace-timetable.h"

/* Carries out the moves of the catalogue, as DESIGN section 5 describes their life:
 *
 *     queued -> copying -> verifying -> staged -> committing -> done
 *          \-> paused   \-> failed (reason, retry)   \-> cancelled
 *
 * Every step is a row before it is an act. Claims moves by lease, so several processes can work on
 * one catalogue; picks up what a dead process left. Owns retries (exponential back-off with full
 * jitter, only where terrace_error_is_retryable()), concurrency and bandwidth. Main thread.
 *
 * Asking for something (pause, cancel, requeue, commit) is a row too, written with
 * terrace_move_table_request() and _requeue(), by whichever process; the queue follows. */

G_BEGIN_DECLS

#define TERRACE_TYPE_QUEUE (terrace_queue_get_type ())
G_DECLARE_FINAL_TYPE (TerraceQueue, terrace_queue, TERRACE, QUEUE, GObject)

/**
 * TerraceLocationLookup:
 * Returns: (transfer none) (nullable): the location with this id
 */
typedef TerraceLocation *(*TerraceLocationLookup) (gint64 location_id, gpointer user_data);
/* The tier of a storage class; the queue mirrors it into the item when a move is done. */
typedef TerraceTier (*TerraceTierLookup) (const char *class_id, gpointer user_data);

/* The prices of a storage class: (transfer none) (nullable). */
typedef TerraceStorageClass *(*TerraceClassLookup) (const char *class_id, gpointer user_data);

/**
 * terrace_queue_new:
 * @locations: finds a location by id; called on the main thread
 *
 * Returns: (transfer full): not started.
 * Properties: "active" (uint), "bytes-per-second" (double), "idle" (boolean: nothing claimed and
 * nothing ready to be claimed), all notify.
 */
TerraceQueue *terrace_queue_new (TerraceCatalog *catalog,
                                 TerraceProviderRegistry *registry,
                                 TerraceClock *clock,
                                 TerraceLocationLookup locations,
                                 TerraceTierLookup tiers,
                                 gpointer user_data);

/* From now on claims and carries out. */
void terrace_queue_start (TerraceQueue *self);

/* Stops claiming, halts what is running where it stands (to be resumed later, by anybody), lets go
 * of the leases. */
void terrace_queue_stop_async (TerraceQueue *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean terrace_queue_stop_finish (TerraceQueue *self, GAsyncResult *result, GError **error);

/* Look for work and requests now instead of at the next signal of the catalogue. */
void terrace_queue_poke (TerraceQueue *self);

void terrace_queue_set_max_active (TerraceQueue *self, guint max_active);
/* Of all moves together; 0 for no limit. */
void terrace_queue_set_bandwidth (TerraceQueue *self, guint64 bytes_per_second);
/* @timetable: (nullable) (element-type TerraceTimetableEntry): with one, it says the bandwidth
 * limit instead, hour by hour; followed within seconds. */
void terrace_queue_set_timetable (TerraceQueue *self, GArray *timetable);
/* Requests and money are counted with these prices; without them nothing has one. @classes gets the
 * user data of terrace_queue_new(). */
void terrace_queue_set_classes (TerraceQueue *self, TerraceClassLookup classes);
/* What moves of one batch may cost once before the rest of them pause; 0 for no cap. */
void terrace_queue_set_spend_cap (TerraceQueue *self, gint64 nanos, const char *currency);
guint terrace_queue_get_active (TerraceQueue *self);
gboolean terrace_queue_get_idle (TerraceQueue *self);
double terrace_queue_get_bytes_per_second (TerraceQueue *self);

/**
 * TerraceQueue::progress:
 * @move_id: a move this process carries out
 * @done_bytes: copied (while copying) or read back (while verifying)
 * @bytes_per_second: over the last seconds
 *
 * TerraceQueue::move-changed:
 * @move: (type TerraceMove): as it was just stored: emitted after each transition is committed to
 *   the catalogue and before the act that follows it
 */

G_END_DECLS
