/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-price-sheet.h"

/* Reads the price sheets of folders. Blocking: for a worker thread. */

G_BEGIN_DECLS

/**
 * terrace_price_folders_load:
 * @folders: the first is the program's own, where everything must be right; those behind it are
 *   people's, whose faults are noted in @problems and otherwise passed over
 * @problems: (element-type utf8): one sentence each is added
 *
 * Returns: (transfer full) (element-type TerracePriceSheet): one per provider
 */
GPtrArray *
terrace_price_folders_load (const char *const *folders, GPtrArray *problems, GError **error);

G_END_DECLS
