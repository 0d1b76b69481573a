/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"
#include "provider/terrace-credentials.h"

/* What a person may say about moving, and what a place may be asked: limits, the bill before a
 * move, testing, browsing and scanning a place, and uploads that nobody finished. Main thread. */

G_BEGIN_DECLS

/* --- Limits -------------------------------------------------------------------------------- */

/**
 * TerraceTransferLimits:
 * @max_active: moves at work at once, 1 to TERRACE_LIMIT_ACTIVE_MOVES
 * @bytes_per_second: of all moves together, 0 for no limit
 * @timetable: (nullable): other limits at other hours, local time, as
 *   "08:00 512K 18:00 off": from each time on that limit; %NULL or "" for none. "off" is no limit
 * @spend_cap_nanos: what the moves accepted together may cost once before they pause, 0 for no cap
 */
typedef struct
{
  guint max_active;
  guint64 bytes_per_second;
  char *timetable;
  gint64 spend_cap_nanos;
} TerraceTransferLimits;

TerraceTransferLimits *terrace_transfer_limits_copy (const TerraceTransferLimits *self);
void terrace_transfer_limits_free (TerraceTransferLimits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceTransferLimits, terrace_transfer_limits_free)

/* (transfer none): as stored; followed by every process that works on the catalogue. */
const TerraceTransferLimits *terrace_engine_get_transfer_limits (TerraceEngine *self);
/* INVALID says which limit makes no sense and why. */
void terrace_engine_set_transfer_limits_async (TerraceEngine *self,
                                               const TerraceTransferLimits *limits,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean terrace_engine_set_transfer_limits_finish (TerraceEngine *self,
                                                    GAsyncResult *result,
                                                    GError **error);

/* --- The bill before a move ---------------------------------------------------------------- */

/**
 * TerracePreflight:
 * What moving costs once, before anything is sent. Money in billionths of the currency.
 * @n_passed_over: have no recommendation, are moving already, or lie there
 * @requests: that will be sent, of all kinds
 * @seconds: at the rate lately measured, 0 if none is known
 * @total_nanos: the sum of the four
 */
typedef struct
{
  guint64 n_moves;
  guint64 n_passed_over;
  guint64 size_bytes;
  guint64 requests;
  gint64 request_nanos;
  gint64 retrieval_nanos;
  gint64 egress_nanos;
  gint64 early_deletion_nanos;
  gint64 total_nanos;
  gint64 saving_nanos;
  double seconds;
} TerracePreflight;

/* @options: (nullable): %NULL for the recommended moves. @n_items 0: of all that have one. Finish
 * returns (transfer full), to be freed with g_free(). */
void terrace_engine_preflight_async (TerraceEngine *self,
                                     const gint64 *item_ids,
                                     guint n_items,
                                     const TerraceMoveOptions *options,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
TerracePreflight *
terrace_engine_preflight_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- A place ------------------------------------------------------------------------------- */

/**
 * terrace_engine_connect_location_async:
 * @location: not stored yet
 * @secret: (nullable): copied; kept in the keyring under the location's root, or for this run only
 * where there is no keyring: finish says so in @unkept
 * @test_only: try it and leave no trace
 *
 * Tries a cloud location with @secret, then adds it. The error says what is wrong: the name, the
 * key, the clock, the region or a permission.
 */
void terrace_engine_connect_location_async (TerraceEngine *self,
                                            TerraceLocation *location,
                                            const TerraceSecret *secret,
                                            gboolean test_only,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
/* @unkept: (out) (optional) (transfer full) (nullable): why the key is not in the keyring. */
TerraceProbe *terrace_engine_connect_location_finish (TerraceEngine *self,
                                                      GAsyncResult *result,
                                                      char **unkept,
                                                      GError **error);

/* One page of what lies below @prefix ("" for all); see terrace_provider_list_async(). */
void terrace_engine_browse_async (TerraceEngine *self,
                                  gint64 location_id,
                                  const char *prefix,
                                  const char *continuation,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
TerraceListing *
terrace_engine_browse_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Registers everything below @prefix, page by page, with constant memory. What was registered when
 * it is cancelled or fails stays registered; scanning again goes on. */
void terrace_engine_scan_async (TerraceEngine *self,
                                gint64 location_id,
                                const char *prefix,
                                TerraceEngineProgress progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
TerraceRegisterReport *
terrace_engine_scan_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Unfinished uploads -------------------------------------------------------------------- */

/**
 * TerraceOrphan:
 * @key: (type filename)
 * @upload: how the provider calls it
 * @size_bytes: of the parts that are stored; 0 if the place does not say
 * @monthly_nanos: what they cost a month
 * @ours: a move that is still open owns it: it is not removed
 */
typedef struct
{
  gint64 location_id;
  char *key;
  char *upload;
  gint64 started_us;
  guint64 size_bytes;
  gint64 monthly_nanos;
  gboolean ours;
} TerraceOrphan;

void terrace_orphan_free (TerraceOrphan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceOrphan, terrace_orphan_free)

/* @location_id: 0 for every place that can tell. Finish returns (transfer full) (element-type
 * TerraceOrphan). @problems: (out) (transfer full) (element-type utf8): places that did not answer
 * and why. */
void terrace_engine_find_orphans_async (TerraceEngine *self,
                                        gint64 location_id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *terrace_engine_find_orphans_finish (TerraceEngine *self,
                                               GAsyncResult *result,
                                               GPtrArray **problems,
                                               GError **error);

/* Removes one; BUSY if an open move owns it. */
void terrace_engine_remove_orphan_async (TerraceEngine *self,
                                         const TerraceOrphan *orphan,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
terrace_engine_remove_orphan_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
