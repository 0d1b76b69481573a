/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"

/* What a start finds: moves that the last run did not finish. The queue takes them up by itself
 * when their leases have ended; this tells people that it does. */

G_BEGIN_DECLS

void terrace_engine_recover (TerraceEngine *self);

G_END_DECLS
