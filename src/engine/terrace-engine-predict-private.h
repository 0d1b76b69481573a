/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine-train-private.h"

/* What the newest model says of objects as they are now. */

G_BEGIN_DECLS

/**
 * TerraceForeseeing:
 * @drift: when all objects were computed
 * @table: one row for each object that is there
 * @placings, @outlooks: (array): by row
 */
typedef struct
{
  TerraceKnown *known;
  TerraceLearnt learnt;
  TerraceLearningPrices prices;
  double drift;
  TerraceFeatureTable *table;
  TerracePlacing *placings;
  TerraceOutlook *outlooks;
} TerraceForeseeing;

TerraceForeseeing *
terrace_foreseeing_new (TerraceEngine *engine, const gint64 *item_ids, guint n_items);
void terrace_foreseeing_free (TerraceForeseeing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceForeseeing, terrace_foreseeing_free)

/* In this order: catalogue thread, main thread, worker. */
gboolean
terrace_foreseeing_read (TerraceForeseeing *self, TerraceConnection *connection, GError **error);
gboolean
terrace_foreseeing_prepare (TerraceForeseeing *self, TerraceEngine *engine, GError **error);
gboolean
terrace_foreseeing_compute (TerraceForeseeing *self, GCancellable *cancellable, GError **error);

/* %FALSE if the item is not known any more. */
gboolean terrace_foreseeing_get (const TerraceForeseeing *self,
                                 gint64 item_id,
                                 TerracePrediction *prediction);

G_END_DECLS
