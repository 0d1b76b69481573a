/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* The newest model: which decides, it or the rule, how good it was, and training of the next. */

G_BEGIN_DECLS

#define TERRACE_TYPE_MODEL_PAGE (terrace_model_page_get_type ())
G_DECLARE_FINAL_TYPE (TerraceModelPage, terrace_model_page, TERRACE, MODEL_PAGE, AdwBin)

GtkWidget *terrace_model_page_new (TerraceEngine *engine);
/* As a press of the button does. */
void terrace_model_page_train (TerraceModelPage *self);

G_END_DECLS
