/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/terrace-engine.h"

/* The manners of a program that moves data: keeps the computer awake while it does, tells when it
 * is done and nobody looks, and asks when the window is closed meanwhile. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_BACKGROUND (terrace_background_get_type ())
G_DECLARE_FINAL_TYPE (TerraceBackground, terrace_background, TERRACE, BACKGROUND, GObject)

TerraceBackground *terrace_background_new (GtkApplication *application, TerraceEngine *engine);

/* @window is about to be closed. Returns: whether it must stay: a question is asked */
gboolean terrace_background_ask (TerraceBackground *self, GtkWindow *window);

G_END_DECLS
