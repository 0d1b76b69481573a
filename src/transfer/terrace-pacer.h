/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "base/terrace-clock.h"

/* A token bucket: asks each part to wait its turn so that a bandwidth limit holds over all moves
 * that share it. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PACER (terrace_pacer_get_type ())
G_DECLARE_FINAL_TYPE (TerracePacer, terrace_pacer, TERRACE, PACER, GObject)

/* @bytes_per_second: 0 for no limit. */
TerracePacer *terrace_pacer_new (TerraceClock *clock, guint64 bytes_per_second);
void terrace_pacer_set_rate (TerracePacer *self, guint64 bytes_per_second);
/* 0 for no limit. */
guint64 terrace_pacer_get_rate (TerracePacer *self);
/* Completes when @bytes may be transferred; in order of asking. */
void terrace_pacer_wait_async (TerracePacer *self,
                               guint64 bytes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean terrace_pacer_wait_finish (TerracePacer *self, GAsyncResult *result, GError **error);

G_END_DECLS
