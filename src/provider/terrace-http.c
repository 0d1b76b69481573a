/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends one message and collects its answer within a bound. Main thread, asynchronous.
 *
 * Libsoup is held to do less than it would: no redirects (they could carry a signature or a
 * session token elsewhere), no inflating (byte counts and checksums are of what is stored), no
 * answering of 401. */

#include "config.h"

#include "provider/terrace-http.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TIMEOUT_SECONDS 60
#define MAX_CONNECTIONS 64
#define MAX_CONNECTIONS_PER_HOST 16
#define BODY "terrace-body"
#define FIRST_BUFFER_BYTES 16384
#define MAX_RETRY_AFTER_SECONDS 3600

typedef struct
{
  SoupMessage *message;
  gsize limit_bytes;

  GInputStream *stream; /* (nullable) */
  guint8 *buffer;
  gsize allocated;
  gsize filled;
} Exchange;

static void
exchange_free (Exchange *self)
{
  g_object_unref (self->message);
  g_clear_object (&self->stream);
  g_free (self->buffer);
  g_free (self);
}

void
terrace_http_response_free (TerraceHttpResponse *self)
{
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

SoupSession *
terrace_http_session_new (gboolean loopback)
{
  SoupSession *session =
      soup_session_new_with_options ("max-conns", MAX_CONNECTIONS, "max-conns-per-host",
                                     MAX_CONNECTIONS_PER_HOST, "timeout", TIMEOUT_SECONDS,
                                     "idle-timeout", TIMEOUT_SECONDS, "user-agent",
                                     "terrace/" TERRACE_VERSION, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  if (loopback)
    soup_session_set_proxy_resolver (session, NULL);

  return session;
}

/* Each request goes over HTTP/1.1, on a connection of its own. Over HTTP/2 libsoup puts all of them
 * on one connection, and fails them when the server closes that in good order, as servers do after
 * some time or number of requests. */
static void
network_event_cb (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
}

SoupMessage *
terrace_http_message_new (const char *method,
                          const char *scheme,
                          const char *host,
                          int port,
                          const char *path,
                          const char *query)
{
  /* g_uri_parse() would remove "." and ".." even from an encoded path; g_uri_build() copies. */
  g_autoptr (GUri) uri = g_uri_build (SOUP_HTTP_URI_FLAGS, scheme, NULL, host, port, path,
                                      query != NULL && query[0] != '\0' ? query : NULL, NULL);
  SoupMessage *message = soup_message_new_from_uri (method, uri);

  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect_object (message, "network-event", G_CALLBACK (network_event_cb), message, 0);

  return message;
}

/* What is wrong with the certificate, the gravest first. */
static const char *
describe_certificate (GTlsCertificateFlags errors)
{
  if ((errors & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return _ ("its certificate belongs to another name");
  if ((errors & G_TLS_CERTIFICATE_REVOKED) != 0)
    return _ ("its certificate was withdrawn");
  if ((errors & G_TLS_CERTIFICATE_EXPIRED) != 0)
    return _ ("its certificate has expired");
  if ((errors & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    return _ ("its certificate is not valid yet: is the clock of this computer right?");
  if ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return _ ("nobody whom this computer trusts vouches for its certificate; that of a private "
              "cloud has to be installed in the system first");

  return NULL;
}

/* --- Bodies ---------------------------------------------------------------------------------- */

static void
apply_body (SoupMessage *message, gpointer user_data)
{
  GPtrArray *pieces = g_object_get_data (G_OBJECT (message), BODY);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
  gssize length = 0;

  for (guint i = 0; i < pieces->len; i++)
    {
      length += (gssize) g_bytes_get_size (pieces->pdata[i]);
      g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (stream), pieces->pdata[i]);
    }
  soup_message_set_request_body (message, NULL, stream, length);
}

void
terrace_http_message_set_body (SoupMessage *message, GPtrArray *pieces)
{
  g_return_if_fail (SOUP_IS_MESSAGE (message));
  g_return_if_fail (pieces != NULL);

  g_object_set_data_full (G_OBJECT (message), BODY, g_ptr_array_ref (pieces),
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect_object (message, "restarted", G_CALLBACK (apply_body), message, 0);
  apply_body (message, NULL);
}

void
terrace_http_message_set_body_bytes (SoupMessage *message, GBytes *bytes)
{
  g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (pieces, g_bytes_ref (bytes));
  terrace_http_message_set_body (message, pieces);
}

/* --- Sending --------------------------------------------------------------------------------- */

/* Takes over @error. */
static void
return_error (GTask *task, GError *error)
{
  Exchange *self = g_task_get_task_data (task);
  const char *host = g_uri_get_host (soup_message_get_uri (self->message));
  const char *reason =
      describe_certificate (soup_message_get_tls_peer_certificate_errors (self->message));

  if (terrace_error_is_cancelled (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (error->domain == G_TLS_ERROR)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                             _ ("%s did not prove who it is, so nothing was sent: %s"), host,
                             reason != NULL ? reason : error->message);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                             _ ("%s cannot be reached: %s"), host, error->message);
  g_clear_error (&error);
}

static void
complete (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);
  TerraceHttpResponse *response = g_new0 (TerraceHttpResponse, 1);

  response->status = soup_message_get_status (self->message);
  response->headers = soup_message_headers_ref (soup_message_get_response_headers (self->message));
  response->body = g_bytes_new_take (g_steal_pointer (&self->buffer), self->filled);
  g_task_return_pointer (task, response, (GDestroyNotify) terrace_http_response_free);
}

static void read_more (GTask *task);

static void
refuse_long_body (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);

  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                           _ ("%s sent a longer answer than what was asked for can have"),
                           g_uri_get_host (soup_message_get_uri (self->message)));
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n_read = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);

  if (n_read < 0)
    {
      return_error (task, error);
      return;
    }

  self->filled += n_read;
  if (n_read == 0)
    complete (task);
  else if (self->filled > self->limit_bytes)
    refuse_long_body (task);
  else
    read_more (task);
}

/* One byte of room beyond the end shows that the end is there. */
static void
read_more (GTask *task)
{
  Exchange *self = g_task_get_task_data (task);

  if (self->filled == self->allocated)
    {
      self->allocated = MIN (2 * self->allocated, self->limit_bytes + 1);
      self->buffer = g_realloc (self->buffer, self->allocated);
    }
  g_input_stream_read_async (self->stream, self->buffer + self->filled,
                             self->allocated - self->filled, g_task_get_priority (task),
                             g_task_get_cancellable (task), read_cb, g_object_ref (task));
}

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *self = g_task_get_task_data (task);
  SoupMessageHeaders *headers;
  goffset length = 0;
  GError *error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    {
      return_error (task, error);
      return;
    }

  headers = soup_message_get_response_headers (self->message);
  if (g_strcmp0 (soup_message_get_method (self->message), "HEAD") != 0 &&
      soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    length = soup_message_headers_get_content_length (headers);
  if (length < 0 || (guint64) length > self->limit_bytes)
    {
      refuse_long_body (task);
      return;
    }

  self->allocated =
      length > 0 ? (gsize) length + 1 : MIN (FIRST_BUFFER_BYTES, self->limit_bytes + 1);
  self->buffer = g_malloc (self->allocated);
  read_more (task);
}

void
terrace_http_send_async (SoupSession *session,
                         SoupMessage *message,
                         gsize limit_bytes,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Exchange *self;

  g_return_if_fail (SOUP_IS_SESSION (session));
  g_return_if_fail (SOUP_IS_MESSAGE (message));
  g_return_if_fail (limit_bytes < G_MAXSIZE);

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_http_send_async);
  /* An answer that is there is told, so that what was done is not taken for undone. */
  g_task_set_check_cancellable (task, FALSE);
  self = g_new0 (Exchange, 1);
  self->message = g_object_ref (message);
  self->limit_bytes = limit_bytes;
  g_task_set_task_data (task, self, (GDestroyNotify) exchange_free);

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, send_cb,
                           g_steal_pointer (&task));
}

TerraceHttpResponse *
terrace_http_send_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
terrace_http_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0;
}

gint64
terrace_http_get_date_us (SoupMessageHeaders *headers, const char *name)
{
  const char *text = soup_message_headers_get_one (headers, name);
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  return date != NULL ? g_date_time_to_unix (date) * G_USEC_PER_SEC : 0;
}

guint
terrace_http_get_retry_after (SoupMessageHeaders *headers, gint64 now_us)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  guint64 seconds;
  gint64 date_us;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seconds, NULL))
    return MIN (seconds, MAX_RETRY_AFTER_SECONDS);

  date_us = terrace_http_get_date_us (headers, "Retry-After");
  if (date_us <= now_us)
    return 0;
  return MIN ((date_us - now_us) / G_USEC_PER_SEC + 1, MAX_RETRY_AFTER_SECONDS);
}
