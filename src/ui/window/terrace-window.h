/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* The window: a sidebar of views, progress of what is being added, toasts and problems. Properties:
 * "engine", "totals", "narrow", "show-sidebar". */

G_BEGIN_DECLS

#define TERRACE_TYPE_WINDOW (terrace_window_get_type ())
G_DECLARE_FINAL_TYPE (TerraceWindow, terrace_window, TERRACE, WINDOW, AdwApplicationWindow)

GtkWindow *terrace_window_new (GtkApplication *application);
/* Shows the views; until then the window is empty. */
void terrace_window_set_engine (TerraceWindow *self, TerraceEngine *engine);
/* The catalogue could not be opened: says why and what to do. */
void terrace_window_show_broken (TerraceWindow *self, const GError *error);
/* @files: (element-type GFile): registered now, or as soon as there is an engine. */
void terrace_window_register (TerraceWindow *self, GPtrArray *files);

/* (transfer none) (nullable): of the views, in the order of the sidebar: for shortcuts. */
const char *terrace_window_get_view_name (guint position);

G_END_DECLS
