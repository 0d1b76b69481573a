/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

/* What every cloud provider needs of HTTP, whatever it signs with: addresses that are sent as they
 * were signed, answers with a bound, no redirects, no guessing. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceHttpResponse:
 * @status: 100 to 599
 * @headers: owned by the response
 * @body: whole
 */
typedef struct
{
  guint status;
  SoupMessageHeaders *headers;
  GBytes *body;
} TerraceHttpResponse;

void terrace_http_response_free (TerraceHttpResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHttpResponse, terrace_http_response_free)

/**
 * terrace_http_session_new:
 * @loopback: the server is on this machine: no proxy is asked
 *
 * Returns: (transfer full): a session that neither inflates bodies nor logs in by itself
 */
SoupSession *terrace_http_session_new (gboolean loopback);

/**
 * terrace_http_message_new:
 * @host: without port
 * @port: -1 for the scheme's own
 * @path: encoded, sent as it is: "a/../b" stays
 * @query: (nullable): encoded
 *
 * Returns: (transfer full): a message that follows no redirect
 */
SoupMessage *terrace_http_message_new (const char *method,
                                       const char *scheme,
                                       const char *host,
                                       int port,
                                       const char *path,
                                       const char *query);

/**
 * terrace_http_message_set_body:
 * @pieces: (element-type GBytes): sent one after the other
 *
 * Also when libsoup sends the message once more, on another connection, since the server had closed
 * the first: by itself it would then send nothing.
 */
void terrace_http_message_set_body (SoupMessage *message, GPtrArray *pieces);
/* The same for a body of one piece. */
void terrace_http_message_set_body_bytes (SoupMessage *message, GBytes *bytes);

/**
 * terrace_http_send_async:
 * @limit_bytes: a longer body is %TERRACE_ERROR_LIMIT, as soon as that is known
 *
 * An answer of whatever status is a success. A connection that cannot be made, ends early or says
 * nothing for a minute is %TERRACE_ERROR_UNREACHABLE; a certificate that is not trusted is
 * %TERRACE_ERROR_PERMISSION.
 */
void terrace_http_send_async (SoupSession *session,
                              SoupMessage *message,
                              gsize limit_bytes,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
TerraceHttpResponse *
terrace_http_send_finish (SoupSession *session, GAsyncResult *result, GError **error);

/* Whether @host is this machine by name or by number. */
gboolean terrace_http_is_loopback (const char *host);

/* Seconds that the server asks to wait before the next attempt; 0 if it does not. */
guint terrace_http_get_retry_after (SoupMessageHeaders *headers, gint64 now_us);

/* What the Date header says, in microseconds since 1970; 0 if there is none that can be read. */
gint64 terrace_http_get_date_us (SoupMessageHeaders *headers, const char *name);

G_END_DECLS
