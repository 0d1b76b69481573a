/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine-learn-private.h"

/* The two halves of training, for whoever trains on the way to something else. */

G_BEGIN_DECLS

/* How far objects had moved from those learnt from when all were predicted last: a number as text;
 * unset by training. */
#define TERRACE_DRIFT_SETTING "insight-drift"

/* Worker thread: fills in all but the id. */
gboolean terrace_learnt_learn (TerraceLearnt *self,
                               const TerraceKnown *known,
                               const TerraceLearningPrices *prices,
                               guint seed,
                               TerraceSteps *steps,
                               GCancellable *cancellable,
                               GError **error);

/* Catalogue thread: the model decides from now on. Sets its id and the report's version. */
gboolean terrace_learnt_store (TerraceLearnt *self,
                               TerraceModelReport *report,
                               TerraceConnection *connection,
                               GError **error);

G_END_DECLS
