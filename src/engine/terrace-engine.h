/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "catalog/terrace-access-table.h"
#include "catalog/terrace-item-table.h"
#include "insight/terrace-planner.h"
#include "insight/terrace-price-sheet.h"
#include "model/terrace-item.h"
#include "model/terrace-location.h"
#include "model/terrace-move.h"
#include "model/terrace-policy.h"
#include "provider/terrace-provider-registry.h"
#include "transfer/terrace-queue.h"

/* The one place that joins the doors and the workers: register, observe, plan, move, recover. The
 * faces (ui, cli, api) call nothing else for doing things; for showing they read models of the
 * catalogue. Main thread; everything is asynchronous. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ENGINE (terrace_engine_get_type ())
G_DECLARE_FINAL_TYPE (TerraceEngine, terrace_engine, TERRACE, ENGINE, GObject)

/**
 * TerraceEngineOptions:
 * @data_dir: (type filename): holds catalog.db and, by default, the sandbox folders
 * @price_dirs: (array zero-terminated=1): folders with *.json sheets; a later folder's sheet
 *   replaces an earlier one of the same provider. The first is the program's own, where a bad sheet
 *   is an error; the others are people's: see terrace_engine_get_price_problems()
 * @clock: (nullable): the system's if %NULL
 * @run_moves: start the queue (a reading command does not)
 * @hash_in_background: compute checksums of registered objects when idle
 */
typedef struct
{
  const char *data_dir;
  const char *const *price_dirs;
  TerraceClock *clock;
  gboolean run_moves;
  gboolean hash_in_background;
} TerraceEngineOptions;

/* (transfer full): $XDG_DATA_HOME/terrace, or $TERRACE_DATA_DIR. */
char *terrace_engine_default_data_dir (void);
/* (transfer full): the installed sheets (or the build tree's), then the person's own in
 * $XDG_CONFIG_HOME/terrace/prices. */
GStrv terrace_engine_default_price_dirs (void);

void terrace_engine_open_async (const TerraceEngineOptions *options,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
TerraceEngine *terrace_engine_open_finish (GAsyncResult *result, GError **error);
/* Must be called before the last reference goes; moves under way are halted, to be resumed. */
void terrace_engine_close_async (TerraceEngine *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean terrace_engine_close_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* (transfer none) */
TerraceCatalog *terrace_engine_get_catalog (TerraceEngine *self);
TerraceQueue *terrace_engine_get_queue (TerraceEngine *self);
TerraceClock *terrace_engine_get_clock (TerraceEngine *self);
/* For tests and faults. */
TerraceProviderRegistry *terrace_engine_get_registry (TerraceEngine *self);
/* (transfer none): GListModel of TerraceLocation, kept up to date in place. */
GListModel *terrace_engine_get_locations (TerraceEngine *self);
/* (transfer none) (nullable) */
TerraceLocation *terrace_engine_get_location (TerraceEngine *self, gint64 location_id);
/* (transfer none) (nullable): by the name people gave it. */
TerraceLocation *terrace_engine_find_location (TerraceEngine *self, const char *name);
/* (transfer none) (element-type TerracePriceSheet) */
GPtrArray *terrace_engine_get_price_sheets (TerraceEngine *self);
/* (transfer none) (element-type utf8): a sentence for each of people's own price sheets that could
 * not be used; the shipped one of that provider is used instead. */
GPtrArray *terrace_engine_get_price_problems (TerraceEngine *self);
/* (transfer none) (nullable) */
TerraceStorageClass *terrace_engine_find_class (TerraceEngine *self, const char *class_id);
/* The currency of the sheets, "USD" when there are none. */
const char *terrace_engine_get_currency (TerraceEngine *self);

/* --- Locations ----------------------------------------------------------------------------- */

/* Probes @location first and refuses one that cannot be used; result: its id is set. */
void terrace_engine_add_location_async (TerraceEngine *self,
                                        TerraceLocation *location,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
terrace_engine_add_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Changed fields of a stored location (name, class_ids, accepts, latency, bandwidth, capacity). */
void terrace_engine_update_location_async (TerraceEngine *self,
                                           TerraceLocation *location,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
terrace_engine_update_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Forgets an empty location; its folder stays. EXISTS while objects lie there. */
void terrace_engine_remove_location_async (TerraceEngine *self,
                                           gint64 location_id,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
terrace_engine_remove_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Asks every location how it is and updates the model's "observed" fields. */
void terrace_engine_probe_async (TerraceEngine *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean terrace_engine_probe_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* The first start's offer: sandbox locations "Hot", "Warm", "Cold" and "Archive" under @parent
 * (nullable: the data folder), with classes of the AWS sheet. Does nothing for those that exist. */
void terrace_engine_add_sandboxes_async (TerraceEngine *self,
                                         const char *parent,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean
terrace_engine_add_sandboxes_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Objects ------------------------------------------------------------------------------- */

/**
 * TerraceRegisterReport:
 * @bytes: of all objects seen
 * @skipped: symbolic links, sockets and the like
 * @problems: (element-type utf8): what could not be registered and why, at most 100
 * @n_problems: all of them
 */
typedef struct
{
  guint64 added;
  guint64 updated;
  guint64 unchanged;
  guint64 skipped;
  guint64 bytes;
  guint64 n_problems;
  GPtrArray *problems;
} TerraceRegisterReport;

void terrace_register_report_free (TerraceRegisterReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceRegisterReport, terrace_register_report_free)

/* Main thread, coalesced. @total: 0 while it is not known. @current: (nullable): for display, valid
 * UTF-8. */
typedef void (*TerraceEngineProgress) (guint64 done,
                                       guint64 total,
                                       const char *current,
                                       gpointer user_data);

/**
 * terrace_engine_register_async:
 * @files: (element-type GFile): files and folders (walked recursively, symbolic links not
 *   followed); local only
 *
 * Each object goes to the location with the longest root that contains it; where none does, a local
 * location for the file's mount (or the home folder) is made. Registering again updates. New
 * objects are classified and planned at once.
 */
void terrace_engine_register_async (TerraceEngine *self,
                                    GPtrArray *files,
                                    TerraceEngineProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TerraceRegisterReport *
terrace_engine_register_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Forgets items (the files stay). EXISTS for items that are moving. */
void terrace_engine_forget_async (TerraceEngine *self,
                                  const gint64 *item_ids,
                                  guint n_items,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_engine_forget_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Counts accesses and re-assesses the objects. @n_unknown: (out) (optional). */
void terrace_engine_record_accesses_async (TerraceEngine *self,
                                           const TerraceAccess *accesses,
                                           guint n_accesses,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean terrace_engine_record_accesses_finish (TerraceEngine *self,
                                                GAsyncResult *result,
                                                guint *n_unknown,
                                                GError **error);

/**
 * terrace_engine_find_items_async:
 * @names: ids ("42"), paths of files, or "Location:key"
 *
 * Finish returns (transfer full) (element-type TerraceItem) in order; NOT_FOUND names the first
 * that is not registered.
 */
void terrace_engine_find_items_async (TerraceEngine *self,
                                      const char *const *names,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
GPtrArray *
terrace_engine_find_items_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Compares the object's bytes with its checksum now (learns it if unknown). @matches is %FALSE
 * with no error when they differ: then an event says so and the copy is marked. */
void terrace_engine_verify_async (TerraceEngine *self,
                                  gint64 item_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_engine_verify_finish (TerraceEngine *self,
                                       GAsyncResult *result,
                                       gboolean *matches,
                                       GError **error);

/* (transfer full) (nullable): where the object can be opened from, for local and sandbox. */
GFile *terrace_engine_get_file (TerraceEngine *self, TerraceItem *item);

/* --- Plan ---------------------------------------------------------------------------------- */

/**
 * TerracePlanSummary:
 * Money in billionths of the currency.
 */
typedef struct
{
  guint64 assessed;
  guint64 recommended;
  gint64 monthly_nanos;
  gint64 saving_nanos;
  gint64 once_nanos;
} TerracePlanSummary;

/* Classifies and plans every object; the result is in the items' wanted_* columns. */
void terrace_engine_plan_async (TerraceEngine *self,
                                TerraceEngineProgress progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean terrace_engine_plan_finish (TerraceEngine *self,
                                     GAsyncResult *result,
                                     TerracePlanSummary *summary,
                                     GError **error);

/**
 * TerraceOption:
 * One candidate in an explanation.
 */
typedef struct
{
  gint64 location_id;
  TerraceStorageClass *storage_class;
  TerraceBill bill;
  TerraceVerdict verdict;
} TerraceOption;

/**
 * TerraceExplanation:
 * @item: the object as it is now
 * @options: (element-type TerraceOption): every candidate, dearest over the horizon last
 * @current: index of where it lies
 * @chosen: index of where it should lie
 * @reason: the sentence
 * @temperature_reason: the sentence about its temperature
 * @days: (element-type TerraceAccessDay): the last 90 days' accesses
 * @replicas: (element-type TerraceReplica)
 * @events: (element-type TerraceEvent): newest first
 */
typedef struct
{
  TerraceItem *item;
  TerraceUse use;
  GArray *options;
  guint current;
  guint chosen;
  char *reason;
  char *temperature_reason;
  GArray *days;
  GPtrArray *replicas;
  GPtrArray *events;
} TerraceExplanation;

void terrace_explanation_free (TerraceExplanation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceExplanation, terrace_explanation_free)

void terrace_engine_explain_async (TerraceEngine *self,
                                   gint64 item_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
TerraceExplanation *
terrace_engine_explain_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Moves --------------------------------------------------------------------------------- */

/* Queues the recommended move of each item (@n_items 0: of all that have one). Items that are
 * moving already or have no recommendation are passed over. Finish gives how many were queued. */
void terrace_engine_accept_async (TerraceEngine *self,
                                  const gint64 *item_ids,
                                  guint n_items,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_engine_accept_finish (TerraceEngine *self,
                                       GAsyncResult *result,
                                       guint64 *n_queued,
                                       GError **error);

/**
 * TerraceMoveOptions:
 * @class_id: (nullable): the location's first
 */
typedef struct
{
  gint64 dest_location_id;
  const char *class_id;
  int priority;
  gboolean keep_source;
  gboolean hold;
} TerraceMoveOptions;

/* Queues moves chosen by a person. Finish: (transfer full) (element-type gint64) ids of moves. */
void terrace_engine_move_async (TerraceEngine *self,
                                const gint64 *item_ids,
                                guint n_items,
                                const TerraceMoveOptions *options,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GArray *terrace_engine_move_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

typedef enum
{
  TERRACE_MOVE_ACTION_PAUSE,
  TERRACE_MOVE_ACTION_RESUME,
  TERRACE_MOVE_ACTION_CANCEL,
  TERRACE_MOVE_ACTION_RETRY,
  TERRACE_MOVE_ACTION_COMMIT, /* a held one */
} TerraceMoveAction;

void terrace_engine_control_move_async (TerraceEngine *self,
                                        gint64 move_id,
                                        TerraceMoveAction action,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
terrace_engine_control_move_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Whether @action makes sense in the state @move is in. */
gboolean terrace_move_allows (TerraceMove *move, TerraceMoveAction action);
gboolean terrace_move_can_undo (TerraceMove *move);

/* Takes a move back: an unfinished one is cancelled, a finished one is moved back to the place and
 * key it came from. Finish gives the id of the move back, or 0. */
void terrace_engine_undo_async (TerraceEngine *self,
                                gint64 move_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean terrace_engine_undo_finish (TerraceEngine *self,
                                     GAsyncResult *result,
                                     gint64 *undo_move_id,
                                     GError **error);

/* Completes when none of @move_ids (n 0: no move at all) has work left: final, paused or held. */
void terrace_engine_wait_async (TerraceEngine *self,
                                const gint64 *move_ids,
                                guint n_moves,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean terrace_engine_wait_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Totals, policy, export ---------------------------------------------------------------- */

/**
 * TerraceStats:
 * @totals: (element-type TerraceItemTotals)
 * @moves: counts by TerraceMoveState
 */
typedef struct
{
  guint64 items;
  guint64 size_bytes;
  gint64 monthly_nanos;
  guint64 planned_items;
  gint64 planned_saving_nanos;
  GArray *totals;
  guint64 moves[TERRACE_MOVE_CANCELLED + 1];
} TerraceStats;

void terrace_stats_free (TerraceStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceStats, terrace_stats_free)

void terrace_engine_stats_async (TerraceEngine *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
TerraceStats *
terrace_engine_stats_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

const TerracePolicy *terrace_engine_get_policy (TerraceEngine *self);
void terrace_engine_set_policy_async (TerraceEngine *self,
                                      const TerracePolicy *policy,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
terrace_engine_set_policy_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

typedef enum
{
  TERRACE_EXPORT_OBJECTS,
  TERRACE_EXPORT_PLAN,
  TERRACE_EXPORT_MIGRATIONS,
  TERRACE_EXPORT_EVENTS,
  TERRACE_EXPORT_ALERTS,
  TERRACE_EXPORT_COSTS,  /* of each day, by location and tier */
  TERRACE_EXPORT_REGRET, /* what past moves turned out to be worth */
} TerraceExportKind;

/**
 * terrace_engine_export_async:
 * @filter: (nullable): for objects and plan
 * @stream: written page by page; not closed
 *
 * CSV as RFC 4180 has it, UTF-8, header row. Finish gives the number of rows.
 */
void terrace_engine_export_async (TerraceEngine *self,
                                  TerraceExportKind kind,
                                  const TerraceItemFilter *filter,
                                  TerraceItemSort sort,
                                  gboolean descending,
                                  GOutputStream *stream,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean terrace_engine_export_finish (TerraceEngine *self,
                                       GAsyncResult *result,
                                       guint64 *n_rows,
                                       GError **error);

G_END_DECLS
