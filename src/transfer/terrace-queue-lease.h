/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* The queue's leases, and what others ask of their holder. Main thread. */

G_BEGIN_DECLS

/* Renews @owner's leases and ends those of dead processes. @held: (element-type gint64): moves it
 * believes to hold. */
void terrace_queue_lease_renew_async (TerraceCatalog *catalog,
                                      const char *owner,
                                      gint64 lease_until_us,
                                      GArray *held,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/* (transfer full) (element-type gint64): those of @held that are somebody else's now. */
GArray *terrace_queue_lease_renew_finish (GAsyncResult *result, GError **error);

void terrace_queue_lease_requested_async (TerraceCatalog *catalog,
                                          const char *owner,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/* (transfer full) (element-type TerraceMove) */
GPtrArray *terrace_queue_lease_requested_finish (GAsyncResult *result, GError **error);

G_END_DECLS
