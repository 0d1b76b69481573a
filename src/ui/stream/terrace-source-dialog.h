/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine-stream.h"

/* Sets up a source of events, or changes one, and starts it. */

G_BEGIN_DECLS

#define TERRACE_TYPE_SOURCE_DIALOG (terrace_source_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceSourceDialog, terrace_source_dialog, TERRACE, SOURCE_DIALOG, AdwWindow)

/**
 * terrace_source_dialog_new:
 * @settings: what it shows first; its kind stays
 * @known: it is set up already: its name stays, and so does a password that is not written anew
 */
GtkWindow *terrace_source_dialog_new (GtkWindow *parent,
                                      TerraceEngineStream *stream,
                                      const TerraceSourceSettings *settings,
                                      gboolean known);

G_END_DECLS
