/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "engine/terrace-engine.h"

/* What happens, pushed to everybody who listens on /api/live: totals after a change, each step of a
 * move, and the progress of those under way a few times a second. A listener that does not read is
 * passed over, and hung up on if it stays so. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_LIVE (terrace_live_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLive, terrace_live, TERRACE, LIVE, GObject)

/* (transfer full): closes every connection when it is disposed of. */
TerraceLive *terrace_live_new (TerraceEngine *engine);

/* Takes a reference. Beyond TERRACE_LIMIT_API_LISTENERS it is refused. */
void terrace_live_add (TerraceLive *self, SoupWebsocketConnection *connection);

G_END_DECLS
