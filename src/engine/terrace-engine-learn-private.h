/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine-insight.h"
#include "engine/terrace-engine-private.h"
#include "insight/terrace-history-builder.h"
#include "insight/terrace-placement.h"
#include "insight/terrace-reads-model.h"

/* What learning, foreseeing and judging share: the catalogue's history as insight wants it, the
 * model as it is kept, and computing on the engine's worker. */

G_BEGIN_DECLS

/* --- What the catalogue knows -------------------------------------------------------------- */

/**
 * TerraceKnown:
 * @wanted_ids: (nullable) (element-type gint64): only these objects, in this order; in a small
 *   catalogue all the same, for what their folders say
 * @now_us: today is the history's last day
 * @ids: (element-type gint64): by object of the history
 * @index: (element-type gint64 int): the object of each item
 * @providers: (element-type utf8 guint64): how many objects each sheet bills
 */
typedef struct
{
  GArray *wanted_ids;
  gint64 now_us;

  GArray *ids;
  TerraceHistory *history;
  GHashTable *providers;
  GHashTable *index;
} TerraceKnown;

TerraceKnown *terrace_known_new (TerraceEngine *engine, const gint64 *item_ids, guint n_items);
void terrace_known_free (TerraceKnown *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceKnown, terrace_known_free)

/* Catalogue thread: fills in the results. */
gboolean terrace_known_read (TerraceKnown *self, TerraceConnection *connection, GError **error);
/* The object of an item, -1 if it is not known. */
int terrace_known_find (const TerraceKnown *self, gint64 item_id);

/**
 * TerraceLearningPrices:
 * What is learnt with: the classes of one sheet, without one that tiers by itself: people place.
 * @classes: (element-type TerraceStorageClass): of the whole sheet
 * @places: (array length=tariff.n_classes): the class of each place
 */
typedef struct
{
  char *provider;
  GPtrArray *classes;
  TerraceTariff tariff;
  TerraceStorageClass *places[TERRACE_TARIFF_CLASSES];
} TerraceLearningPrices;

void terrace_learning_prices_clear (TerraceLearningPrices *self);

/* @provider: (nullable): %NULL for the sheet that most objects are billed by and that has a choice
 * of classes. INVALID if there is none. */
gboolean terrace_learning_prices_find (TerraceLearningPrices *self,
                                       TerraceEngine *engine,
                                       const TerraceKnown *known,
                                       const char *provider,
                                       gboolean with_auto,
                                       GError **error);

/* --- The model as it is kept --------------------------------------------------------------- */

#define TERRACE_MODEL_KIND "tier"

/**
 * TerraceLearnt:
 * @model_id: 0 for none: the plain rule
 * @provider: of the sheet it was learnt with
 * @placement: (nullable)
 * @reads: (nullable)
 */
typedef struct
{
  gint64 model_id;
  gint64 trained_us;
  char *provider;
  TerracePlacement *placement;
  TerraceReadsModel *reads;
} TerraceLearnt;

void terrace_learnt_clear (TerraceLearnt *self);

/* (transfer full) (nullable) */
GBytes *terrace_learnt_save (const TerraceLearnt *self, GError **error);
gboolean terrace_learnt_load (TerraceLearnt *self, GBytes *bytes, GError **error);
/* Catalogue thread: the model that decides; leaves @self empty if there is none. A model that
 * cannot be read is none: it says so in the log. */
gboolean terrace_learnt_read (TerraceLearnt *self, TerraceConnection *connection, GError **error);

/* --- Reports ------------------------------------------------------------------------------- */

/* (transfer full): of what was just learnt. */
TerraceModelReport *
terrace_model_report_new (const TerraceLearnt *learnt, const TerraceHistory *history, guint seed);
/* (transfer full) */
char *terrace_model_report_to_json (const TerraceModelReport *self);
/* Fills in what terrace_model_report_to_json() wrote; unknown members are passed over. */
void terrace_model_report_read_json (TerraceModelReport *self, const char *json);

/* --- Computing ----------------------------------------------------------------------------- */

/* Worker thread; @data is the task's data. */
typedef gboolean (*TerraceEngineWork) (gpointer data, GCancellable *cancellable, GError **error);

/* Runs @work on the engine's worker, then @next; an error is returned by the task.
 * @task: (transfer full). */
void terrace_engine_work_step (TerraceEngine *self,
                               GTask *task,
                               TerraceEngineWork work,
                               TerraceEngineStep next);

/**
 * TerraceSteps:
 * Progress of a computation, told to the main thread by a timeout while it runs.
 */
typedef struct
{
  TerraceEngineProgress progress;
  gpointer progress_data;
  gint done;
  gint total;
  guint source_id;
} TerraceSteps;

void
terrace_steps_start (TerraceSteps *self, TerraceEngineProgress progress, gpointer progress_data);
/* A TerraceForesightProgress; any thread. */
void terrace_steps_tell (guint done, guint total, gpointer data);
/* Main thread, before the data goes. */
void terrace_steps_stop (TerraceSteps *self);

G_END_DECLS
