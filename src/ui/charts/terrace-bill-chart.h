/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine.h"

/* What one object would cost at every place it could lie, as bars made of the bill's terms. */

G_BEGIN_DECLS

#define TERRACE_TYPE_BILL_CHART (terrace_bill_chart_get_type ())
G_DECLARE_FINAL_TYPE (TerraceBillChart, terrace_bill_chart, TERRACE, BILL_CHART, GtkBox)

/* @explanation: (nullable): %NULL empties the chart. */
void terrace_bill_chart_set_explanation (TerraceBillChart *self,
                                         TerraceEngine *engine,
                                         const TerraceExplanation *explanation);

G_END_DECLS
