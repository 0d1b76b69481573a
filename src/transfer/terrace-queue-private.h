/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transfer/terrace-queue.h"

/* What tests set. */

G_BEGIN_DECLS

/* Before the start. The waits between retries then repeat. */
void terrace_queue_set_seed (TerraceQueue *self, guint32 seed);
void terrace_queue_set_lease (TerraceQueue *self, guint lease_ms, guint renew_ms);
/* (transfer none): what this queue's leases are taken under. */
const char *terrace_queue_get_owner (TerraceQueue *self);

G_END_DECLS
