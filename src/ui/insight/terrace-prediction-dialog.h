/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* The model and the back-test, in a window of their own. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PREDICTION_DIALOG (terrace_prediction_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerracePredictionDialog,
                      terrace_prediction_dialog,
                      TERRACE,
                      PREDICTION_DIALOG,
                      AdwWindow)

/* @train: starts training at once. */
GtkWindow *terrace_prediction_dialog_new (GtkWindow *parent, TerraceEngine *engine, gboolean train);

G_END_DECLS
