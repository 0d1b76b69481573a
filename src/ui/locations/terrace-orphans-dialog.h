/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* Uploads that nobody finished at a location: what they take, what they cost, and removing them. */

G_BEGIN_DECLS

#define TERRACE_TYPE_ORPHANS_DIALOG (terrace_orphans_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceOrphansDialog,
                      terrace_orphans_dialog,
                      TERRACE,
                      ORPHANS_DIALOG,
                      AdwWindow)

GtkWindow *
terrace_orphans_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocation *location);

G_END_DECLS
