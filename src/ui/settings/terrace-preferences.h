/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* What a person prefers: the looks and manners of the window, which GSettings keep, and the limits
 * of moving, which the catalogue keeps because every program that moves obeys them. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PREFERENCES (terrace_preferences_get_type ())
G_DECLARE_FINAL_TYPE (TerracePreferences,
                      terrace_preferences,
                      TERRACE,
                      PREFERENCES,
                      AdwPreferencesWindow)

GtkWindow *terrace_preferences_new (GtkWindow *parent, TerraceEngine *engine);

G_END_DECLS
