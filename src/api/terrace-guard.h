/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* Who may speak to the API: callers of this machine that know the token. A page in a browser is on
 * this machine too, so what it could send without its user's will is refused. Main thread. */

G_BEGIN_DECLS

/**
 * terrace_guard_admit:
 *
 * Called before the body is read. Writes a refusal on @message if it is not admitted: wrong Host
 * (DNS rebinding) 421, foreign Origin 403, no or wrong token 401, too long a body 413.
 */
gboolean terrace_guard_admit (SoupServerMessage *message, guint16 port, const char *token);

G_END_DECLS
