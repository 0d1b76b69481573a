/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"
#include "insight/terrace-backtest.h"
#include "insight/terrace-outlook.h"
#include "insight/terrace-regret.h"

/* Learning how objects are used and judging what was learnt: training, predictions, forecasts, the
 * reasons for them, the back-test on the person's own history, the ledger of past decisions, and
 * the import of access logs. Main thread; everything is asynchronous, computing runs on the
 * engine's worker. */

G_BEGIN_DECLS

/* --- Log import ---------------------------------------------------------------------------- */

/**
 * TerraceLogReport:
 * @already: this very file was imported before: nothing was changed
 * @format: (nullable): nick of the format that was found, "s3"
 * @matched: accesses that were counted for a registered object
 * @unknown: accesses of keys that are not registered in the location
 * @metadata, @failed, @scans, @own: lines that heat nothing: listings and HEAD requests, requests
 *   that failed, full scans by one reader, Terrace's own verification
 * @bad: lines that could not be read
 * @bad_samples: (element-type utf8): "Line 17: …", at most 10
 */
typedef struct
{
  gboolean already;
  char *format;
  guint64 lines;
  guint64 bytes;
  guint64 matched;
  guint64 unknown;
  guint64 metadata;
  guint64 failed;
  guint64 scans;
  guint64 own;
  guint64 bad;
  GPtrArray *bad_samples;
} TerraceLogReport;

void terrace_log_report_free (TerraceLogReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceLogReport, terrace_log_report_free)

/**
 * terrace_engine_import_log_async:
 * @file: a log, plain or gzip
 * @location_id: whose objects it is about
 * @format: (nullable): a nick: "s3", "azure-json", "azure-v1", "azure-v2", "gcs", "cloudfront",
 *   "combined"; %NULL or "auto" to tell it by its first lines
 * @progress: in kibibytes of the file
 *
 * All of the file is counted, or, if it is cancelled or fails, nothing of it.
 */
void terrace_engine_import_log_async (TerraceEngine *self,
                                      GFile *file,
                                      gint64 location_id,
                                      const char *format,
                                      TerraceEngineProgress progress,
                                      gpointer progress_data,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
TerraceLogReport *
terrace_engine_import_log_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Models -------------------------------------------------------------------------------- */

/**
 * TerraceModelReport:
 * A trained model as it is kept, without its trees.
 * @version: counts up with each training
 * @features: (array zero-terminated=1): nicks, in the model's order
 * @uses_model: it was cheaper than the plain rule on the held-back days and decides; otherwise the
 *   rule does
 * @verdict: translated sentence: which of them decides and why
 * @decided_by: nick of what decides: "forest-50", "rate-180"
 * @held_back_days: days that nothing was learnt from
 * @cost, @rule_cost, @optimum: of the held-back days, by the model, the best plain rule, and the
 *   least possible
 * @accuracy, @macro_f1: of the tier that hindsight chose, on the held-back days
 * @reliability: (array fixed-size=TERRACE_CALIBRATION_BINS)
 * @coverage: (array fixed-size=TERRACE_N_HORIZONS): share of held-back days on which the reads were
 *   inside the interval
 * @nominal_coverage: what it should be
 * @methods: (array fixed-size=TERRACE_N_HORIZONS): what foresees the reads, best of the held-back
 *   days
 * @drift: how different the objects were when all of them were predicted last: 0 not at all, from
 *   TERRACE_DRIFT_LIMIT on the next such prediction trains again first
 */
typedef struct
{
  gint64 version;
  gint64 trained_us;
  guint seed;
  guint64 n_objects;
  guint64 n_rows;
  GStrv features;

  gboolean uses_model;
  char *verdict;
  char *decided_by;
  int held_back_days;
  double cost;
  double rule_cost;
  double optimum;
  double accuracy;
  double macro_f1;
  TerraceReliability reliability[TERRACE_CALIBRATION_BINS];

  double coverage[TERRACE_N_HORIZONS];
  double nominal_coverage;
  TerraceReadsMethod methods[TERRACE_N_HORIZONS];
  double drift;
} TerraceModelReport;

#define TERRACE_DRIFT_LIMIT 0.25

void terrace_model_report_free (TerraceModelReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceModelReport, terrace_model_report_free)

/**
 * terrace_engine_train_async:
 * @seed: the same seed and history give the same model
 * @progress: in steps
 *
 * Learns from everything the catalogue knows and keeps the model; every process uses it from then
 * on. Finish: INVALID with what is missing if there is too little history to learn from.
 */
void terrace_engine_train_async (TerraceEngine *self,
                                 guint seed,
                                 TerraceEngineProgress progress,
                                 gpointer progress_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
TerraceModelReport *
terrace_engine_train_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* Finish returns (transfer full) (element-type TerraceModelReport): the latest models, newest first
 * (at most 50): accuracy and cost over time. Empty if none was trained. */
void terrace_engine_list_models_async (TerraceEngine *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray *
terrace_engine_list_models_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Predictions --------------------------------------------------------------------------- */

/**
 * TerracePrediction:
 * @tier: where hindsight would probably have it for the coming month
 * @class_id: the class of that tier in the sheet that was learnt with
 * @confidence: calibrated: of 100 predictions with 0.8, about 80 are right; 0 without a model
 * @by_model: %FALSE: the plain rule decided
 * @outlook: the reads to come
 */
typedef struct
{
  gint64 item_id;
  TerraceTier tier;
  char class_id[64];
  double confidence;
  gboolean by_model;
  TerraceOutlook outlook;
} TerracePrediction;

/**
 * terrace_engine_predict_async:
 * @item_ids: (array length=n_items): 0 for all objects
 *
 * Predicts with the newest model (the plain rule if there is none), keeps the forecasts and plans
 * the objects with them. All objects: measures drift as well, and trains first if the model is old
 * and the objects are not what they were. Finish returns (transfer full) (element-type
 * TerracePrediction): in the order of @item_ids; for all objects only the first 1000. @n_predicted:
 * (out) (optional).
 */
void terrace_engine_predict_async (TerraceEngine *self,
                                   const gint64 *item_ids,
                                   guint n_items,
                                   TerraceEngineProgress progress,
                                   gpointer progress_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GArray *terrace_engine_predict_finish (TerraceEngine *self,
                                       GAsyncResult *result,
                                       guint64 *n_predicted,
                                       GError **error);

/**
 * TerraceReadsForecast:
 * @days: (element-type TerraceAccessDay): the past 365 days' accesses
 * @outlook: expected reads of the next 7, 30 and 90 days with intervals
 * @nominal_coverage: of the intervals
 */
typedef struct
{
  TerraceItem *item;
  GArray *days;
  TerraceOutlook outlook;
  double nominal_coverage;
} TerraceReadsForecast;

void terrace_reads_forecast_free (TerraceReadsForecast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceReadsForecast, terrace_reads_forecast_free)

void terrace_engine_forecast_async (TerraceEngine *self,
                                    gint64 item_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TerraceReadsForecast *
terrace_engine_forecast_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/**
 * TerraceContribution:
 * @label: translated: "Days since the last read"
 * @value: translated, with its unit: "12 days"
 * @amount: how much it speaks for (positive) or against the predicted tier; they add up to the
 *   difference from an average object
 */
typedef struct
{
  char *feature;
  char *label;
  char *value;
  double amount;
} TerraceContribution;

/**
 * TerraceWhy:
 * @explanation: the bill of every candidate, and the verdict
 * @contributions: (element-type TerraceContribution): greatest first; empty without a model
 * @sentences: (element-type utf8): translated: what speaks for the prediction, how sure it is,
 *   whether a minimum duration or a forecast holds the object back, whether a move is pre-emptive
 * @free_to_move_us: from then on leaving the class costs nothing; 0 if it does already
 */
typedef struct
{
  TerraceExplanation *explanation;
  TerracePrediction prediction;
  GArray *contributions;
  GPtrArray *sentences;
  gint64 free_to_move_us;
} TerraceWhy;

void terrace_why_free (TerraceWhy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceWhy, terrace_why_free)

void terrace_engine_why_async (TerraceEngine *self,
                               gint64 item_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
TerraceWhy *terrace_engine_why_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Back-test on one's own history -------------------------------------------------------- */

/**
 * TerraceHistoryVerdict:
 * A back-test, with what it borrows.
 */
typedef struct
{
  TerraceHistory *history;
  TerraceTariff tariff;
  GPtrArray *classes;
  TerraceBacktest *backtest;
} TerraceHistoryVerdict;

void terrace_history_verdict_free (TerraceHistoryVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHistoryVerdict, terrace_history_verdict_free)

/**
 * terrace_engine_backtest_async:
 * @sheet: (nullable): provider of the price sheet; %NULL for the one that most objects are billed
 *   by, Amazon's if that has no classes to choose from
 *
 * Replays what the catalogue knows of accesses. INVALID says what is missing.
 */
void terrace_engine_backtest_async (TerraceEngine *self,
                                    const char *sheet,
                                    const TerraceBacktestOptions *options,
                                    TerraceEngineProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TerraceHistoryVerdict *
terrace_engine_backtest_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Regret -------------------------------------------------------------------------------- */

/**
 * TerraceRegretEntry:
 * A finished move and what became of it.
 * @saved_nanos: what staying would have cost since, less what was paid, the move included; negative
 *   for a loss
 * @because: translated sentence
 */
typedef struct
{
  gint64 move_id;
  gint64 item_id;
  char *name;
  char *from_class_id;
  char *to_class_id;
  gint64 moved_us;
  double days;
  gint64 saved_nanos;
  gint64 expected_nanos;
  char *because;
} TerraceRegretEntry;

/**
 * TerraceRegretLedger:
 * @entries: (element-type TerraceRegretEntry): newest first
 * @saved_nanos, @lost_nanos: both positive sums
 */
typedef struct
{
  GPtrArray *entries;
  gint64 saved_nanos;
  gint64 lost_nanos;
} TerraceRegretLedger;

void terrace_regret_ledger_free (TerraceRegretLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceRegretLedger, terrace_regret_ledger_free)

/* Of the latest 10,000 moves that changed the class. */
void terrace_engine_regret_async (TerraceEngine *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
TerraceRegretLedger *
terrace_engine_regret_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

/* --- Packing ------------------------------------------------------------------------------- */

/**
 * TerracePacking:
 * A folder of small objects that would be cheaper archived as one.
 * @saving_nanos: a month, against moving none of them
 * @once_nanos: what packing and moving costs
 * @sentence: translated
 */
typedef struct
{
  gint64 location_id;
  char *folder;
  guint64 n_objects;
  guint64 size_bytes;
  char *class_id;
  gint64 saving_nanos;
  gint64 once_nanos;
  char *sentence;
} TerracePacking;

void terrace_packing_free (TerracePacking *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePacking, terrace_packing_free)

/* Finish returns (transfer full) (element-type TerracePacking): greatest saving first, at most
 * 100. */
void terrace_engine_find_packing_async (TerraceEngine *self,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *
terrace_engine_find_packing_finish (TerraceEngine *self, GAsyncResult *result, GError **error);

G_END_DECLS
