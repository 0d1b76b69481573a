/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Tasks that wait in a queue for something that is under way. One that is cancelled meanwhile is
 * answered at once and leaves the queue. Main thread. */

G_BEGIN_DECLS

/* Takes over @task. */
void terrace_gcs_wait_push (GQueue *queue, GTask *task);

/* Takes @task out of @queue, in which it is: (transfer full) to the caller. */
void terrace_gcs_wait_remove (GQueue *queue, GTask *task);

/* (transfer full) (nullable): the one that has waited longest. */
GTask *terrace_gcs_wait_pop (GQueue *queue);

G_END_DECLS
