/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* A source that is handed its messages by the program itself: what terracectl sends, what comes by
 * HTTP POST, what is read from a file. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PUSH_SOURCE (terrace_push_source_get_type ())
G_DECLARE_FINAL_TYPE (TerracePushSource, terrace_push_source, TERRACE, PUSH_SOURCE, TerraceSource)

/* (transfer full) */
TerraceSource *terrace_push_source_new (const TerraceSourceSettings *settings, TerraceClock *clock);

/* Finishes with the number of events once they are committed. INVALID if the message cannot be read
 * (it is counted and kept as a dead letter too), BUSY if too much is under way. */
void terrace_push_source_send_async (TerracePushSource *self,
                                     const char *data,
                                     gsize length,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean terrace_push_source_send_finish (TerracePushSource *self,
                                          GAsyncResult *result,
                                          guint *n_events,
                                          GError **error);

G_END_DECLS
