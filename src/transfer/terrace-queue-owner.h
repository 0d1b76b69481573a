/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Names for those who carry out moves, from which another process can tell whether they live. */

G_BEGIN_DECLS

/* (transfer full): of this process and one queue in it. */
char *terrace_queue_owner_new (void);

/* Whether @owner was a process of this machine that certainly does not run any more. %FALSE for
 * what cannot be judged from here: another machine, another container, an unknown form. */
gboolean terrace_queue_owner_is_dead (const char *owner);

G_END_DECLS
