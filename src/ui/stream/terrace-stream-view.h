/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* Events while they come in: sources, their rate, the live log, alerts, rules, and what could not
 * be read. Property: "engine" (once). */

G_BEGIN_DECLS

#define TERRACE_TYPE_STREAM_VIEW (terrace_stream_view_get_type ())
G_DECLARE_FINAL_TYPE (TerraceStreamView, terrace_stream_view, TERRACE, STREAM_VIEW, AdwBin)

G_END_DECLS
