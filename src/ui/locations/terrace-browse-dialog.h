/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* Shows what lies at a location, page by page, and registers all of it or what begins with some
 * words. */

G_BEGIN_DECLS

#define TERRACE_TYPE_BROWSE_DIALOG (terrace_browse_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceBrowseDialog, terrace_browse_dialog, TERRACE, BROWSE_DIALOG, AdwWindow)

GtkWindow *
terrace_browse_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocation *location);

G_END_DECLS
