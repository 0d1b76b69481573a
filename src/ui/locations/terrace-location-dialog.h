/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* Adds a folder as a location: name, folder, storage class. */

G_BEGIN_DECLS

#define TERRACE_TYPE_LOCATION_DIALOG (terrace_location_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLocationDialog,
                      terrace_location_dialog,
                      TERRACE,
                      LOCATION_DIALOG,
                      AdwWindow)

/* @kind: TERRACE_LOCATION_LOCAL (classes of disks) or _SANDBOX (classes of every provider). */
GtkWindow *
terrace_location_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocationKind kind);

G_END_DECLS
