/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* The moves under way and those that are over. Property: "engine" (once). */

G_BEGIN_DECLS

#define TERRACE_TYPE_MIGRATIONS_VIEW (terrace_migrations_view_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMigrationsView,
                      terrace_migrations_view,
                      TERRACE,
                      MIGRATIONS_VIEW,
                      AdwBin)

G_END_DECLS
