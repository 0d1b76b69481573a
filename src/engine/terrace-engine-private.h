/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-error.h"
#include "base/terrace-worker.h"
#include "engine/terrace-assessor.h"
#include "engine/terrace-engine-transfer.h"
#include "engine/terrace-engine.h"
#include "engine/terrace-background-hasher.h"
#include "engine/terrace-housekeeper.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-move-table.h"
#include "catalog/terrace-setting-table.h"
#include "catalog/terrace-location-table.h"
#include "model/terrace-event.h"
#include "provider/terrace-provider-registry.h"

/* What the engine's files share. Main thread, unless a function says otherwise. */

G_BEGIN_DECLS

struct _TerraceEngine
{
  GObject parent_instance;

  /* inputs */
  char *data_dir;
  GStrv price_dirs;
  TerraceClock *clock;
  gboolean run_moves;
  gboolean hash_in_background;

  /* parts */
  TerraceCatalog *catalog;
  TerraceProviderRegistry *registry;
  TerraceQueue *queue;
  TerraceWorker *worker;
  TerraceBackgroundHasher *hasher;
  /* (nullable): made when it is asked for first. */
  struct _TerraceEngineStream *stream;
  TerraceHousekeeper *housekeeper; /* (nullable): where moves are carried out */
  /* Ends the engine's own work when it is closed. */
  GCancellable *cancellable;

  /* state */
  GListStore *locations;
  GPtrArray *sheets;
  GHashTable *classes;
  GPtrArray *price_problems;
  TerracePolicy policy;
  TerraceTransferLimits *limits; /* owned */
  /* Counts this process's own changes of locations, policy and limits, against older reads of them.
   */
  guint generation;
  gboolean reloading;
  gboolean reload_again;
  gboolean closing;

  /* Items whose move has just ended, to be assessed again; see terrace-engine-observe.c. */
  GArray *stale_items;
  gboolean refreshing;

  /* (element-type GTask): see terrace-engine-wait.c; each removes itself when it returns. */
  GPtrArray *waiters;
};

/* --- Steps: one task, several catalogue transactions ----------------------------------------- */

/* @task: (transfer full). */
typedef void (*TerraceEngineStep) (TerraceEngine *self, GTask *task);

GTask *terrace_engine_task_new (TerraceEngine *self,
                                gpointer source_tag,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* Runs @func with the task's data as its data; then @next, or with %NULL the task returns %TRUE.
 * An error is returned by the task. @task: (transfer full). */
void terrace_engine_write_step (TerraceEngine *self,
                                GTask *task,
                                TerraceCatalogFunc func,
                                TerraceCatalogChange changes,
                                TerraceEngineStep next);
void terrace_engine_read_step (TerraceEngine *self,
                               GTask *task,
                               TerraceCatalogFunc func,
                               TerraceEngineStep next);

/* --- Shared parts ------------------------------------------------------------------------------
 */

TerraceAssessor *terrace_engine_new_assessor (TerraceEngine *self);

/* Appends to the log in the background; nobody waits. @message: (transfer full). */
void terrace_engine_log (TerraceEngine *self,
                         TerraceEventKind kind,
                         TerraceSeverity severity,
                         gint64 item_id,
                         gint64 location_id,
                         char *message);

/* Catalogue thread, inside a transaction. */
gboolean terrace_engine_append_event (TerraceConnection *connection,
                                      TerraceEventKind kind,
                                      gint64 time_us,
                                      gint64 item_id,
                                      gint64 move_id,
                                      const char *message,
                                      GError **error);

/* Catalogue thread: assesses those of @ids that are not moving and stores the result. */
gboolean terrace_engine_assess_ids (TerraceConnection *connection,
                                    TerraceAssessor *assessor,
                                    const gint64 *ids,
                                    guint n_ids,
                                    GError **error);

/* --- Limits ----------------------------------------------------------------------------------- */

/* Catalogue thread. (transfer full): the defaults where nothing was stored. */
TerraceTransferLimits *terrace_engine_load_transfer_limits (TerraceConnection *connection,
                                                            GError **error);
/* From now on they hold. @limits: (transfer full). */
void terrace_engine_take_transfer_limits (TerraceEngine *self, TerraceTransferLimits *limits);

/* --- Locations ---------------------------------------------------------------------------------
 */

/* Whether objects there are files below location->root. */
gboolean terrace_location_is_folder (TerraceLocation *location);

/* (transfer none) (nullable): the model keeps it. */
TerraceLocation *terrace_engine_peek_location (TerraceEngine *self, guint position);

/* Name, root and classes make sense. */
gboolean
terrace_engine_check_location (TerraceEngine *self, TerraceLocation *location, GError **error);

/* terrace_engine_add_location_async() with @provider (nullable) instead of the registry's. */
void terrace_engine_add_probed_location_async (TerraceEngine *self,
                                               TerraceLocation *location,
                                               TerraceProvider *provider,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);

void
terrace_engine_observe_probe (TerraceLocation *location, const TerraceProbe *probe, gint64 now_us);

/* Puts @location into the model, in place of the one with its id if there is one. */
void terrace_engine_put_location (TerraceEngine *self, TerraceLocation *location);

/* Reads locations and policy again, after another process may have changed them. */
void terrace_engine_reload (TerraceEngine *self);

/* (transfer none) (nullable): the location with the longest root that contains the file @path;
 * with @or_is also one whose root is @path. @key: (out) (optional): inside @path. */
TerraceLocation *terrace_engine_locate_path (TerraceEngine *self,
                                             const char *path,
                                             gboolean or_is,
                                             const char **key);

/* --- Life ----------------------------------------------------------------------------------------
 */

/* After a move of @item_id ended: its cost and plan are made anew. */
void terrace_engine_refresh_item (TerraceEngine *self, gint64 item_id);
void terrace_engine_cancel_waiters (TerraceEngine *self);
void terrace_engine_check_waiters (TerraceEngine *self);

G_END_DECLS
