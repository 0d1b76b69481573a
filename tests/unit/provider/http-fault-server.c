/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes in, bytes out, on the main context of the test. */

#include "http-fault-server.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536

typedef struct
{
  Fault fault;
  char *text;
} Answer;

struct _FaultServer
{
  GSocketService *service;
  GTlsCertificate *certificate; /* (nullable) */
  GCancellable *cancellable;
  guint16 port;
  GQueue answers;
  GPtrArray *requests;
  GPtrArray *silent; /* connections */
  GQueue held;       /* conversations */
  guint hold_until;
};

typedef struct
{
  FaultServer *server;
  GCancellable *cancellable;
  GIOStream *connection;
  GByteArray *received;
  guint8 *buffer;
  Answer *answer;
} Conversation;

static void
answer_free (Answer *self)
{
  g_free (self->text);
  g_free (self);
}

static void
conversation_free (Conversation *self)
{
  g_object_unref (self->connection);
  g_object_unref (self->cancellable);
  g_byte_array_unref (self->received);
  g_free (self->buffer);
  g_clear_pointer (&self->answer, answer_free);
  g_free (self);
}

static void
endless_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Conversation *self = data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL))
    {
      conversation_free (self);
      return;
    }
  memset (self->buffer, 'x', CHUNK_BYTES);
  g_output_stream_write_all_async (G_OUTPUT_STREAM (object), self->buffer, CHUNK_BYTES,
                                   G_PRIORITY_DEFAULT, self->cancellable, endless_cb, self);
}

static void
written_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL);
  conversation_free (data);
}

/* The length of the head, once all of it and of the body is there; 0 before. */
static gsize
head_length (Conversation *self)
{
  const char *data = (const char *) self->received->data;
  const char *end = g_strstr_len (data, self->received->len, "\r\n\r\n");
  g_autofree char *head = end != NULL ? g_strndup (data, end - data) : NULL;
  g_autofree char *lower = head != NULL ? g_ascii_strdown (head, -1) : NULL;
  const char *length = lower != NULL ? strstr (lower, "\r\ncontent-length:") : NULL;
  gsize body = length != NULL ? strtoul (length + strlen ("\r\ncontent-length:"), NULL, 10) : 0;

  return head != NULL && self->received->len >= strlen (head) + 4 + body ? strlen (head) : 0;
}

static void
reply (Conversation *self)
{
  FaultServer *server = self->server;
  GOutputStream *out = g_io_stream_get_output_stream (self->connection);
  GAsyncReadyCallback callback;

  self->answer = g_queue_pop_head (&server->answers);
  if (self->answer != NULL && self->answer->fault == FAULT_SILENT)
    g_ptr_array_add (server->silent, g_object_ref (self->connection));
  if (self->answer == NULL || self->answer->text == NULL)
    {
      conversation_free (self);
      return;
    }

  callback = self->answer->fault == FAULT_ENDLESS ? endless_cb : written_cb;
  g_output_stream_write_all_async (out, self->answer->text, strlen (self->answer->text),
                                   G_PRIORITY_DEFAULT, self->cancellable, callback, self);
}

static void
take_request (Conversation *self, gsize length)
{
  FaultServer *server = self->server;

  g_ptr_array_add (server->requests, g_strndup ((const char *) self->received->data, length));
  g_queue_push_tail (&server->held, self);
  while (server->requests->len >= server->hold_until && !g_queue_is_empty (&server->held))
    reply (g_queue_pop_head (&server->held));
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Conversation *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);
  gsize length;

  if (n <= 0)
    {
      conversation_free (self);
      return;
    }
  g_byte_array_append (self->received, self->buffer, n);
  length = head_length (self);
  if (length > 0)
    take_request (self, length);
  else
    g_input_stream_read_async (G_INPUT_STREAM (object), self->buffer, CHUNK_BYTES,
                               G_PRIORITY_DEFAULT, self->cancellable, read_cb, self);
}

/* It would speak HTTP/2 with whoever offers that, as clouds would, but cannot: nobody may offer it.
 */
static GIOStream *
secure (GSocketConnection *connection, GTlsCertificate *certificate)
{
  static const char *const protocols[] = { "h2", "http/1.1", NULL };
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (connection), certificate, NULL);

  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (stream), protocols);

  return stream;
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  FaultServer *server = data;
  Conversation *self = g_new0 (Conversation, 1);

  self->server = server;
  self->cancellable = g_object_ref (server->cancellable);
  self->connection = server->certificate != NULL ? secure (connection, server->certificate) :
                                                   G_IO_STREAM (g_object_ref (connection));
  self->received = g_byte_array_new ();
  self->buffer = g_malloc (CHUNK_BYTES);
  g_input_stream_read_async (g_io_stream_get_input_stream (self->connection), self->buffer,
                             CHUNK_BYTES, G_PRIORITY_DEFAULT, self->cancellable, read_cb, self);
  return TRUE;
}

FaultServer *
fault_server_new (void)
{
  return fault_server_new_tls (NULL);
}

FaultServer *
fault_server_new_tls (GTlsCertificate *certificate)
{
  FaultServer *self = g_new0 (FaultServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->service = g_socket_service_new ();
  g_set_object (&self->certificate, certificate);
  self->cancellable = g_cancellable_new ();
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->silent = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->answers);
  g_queue_init (&self->held);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);

  return self;
}

void
fault_server_free (FaultServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->service);
  g_clear_object (&self->certificate);
  g_object_unref (self->cancellable);
  g_queue_clear_full (&self->held, (GDestroyNotify) conversation_free);
  g_queue_clear_full (&self->answers, (GDestroyNotify) answer_free);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->silent);
  g_free (self);
}

guint16
fault_server_get_port (FaultServer *self)
{
  return self->port;
}

void
fault_server_add (FaultServer *self, Fault fault, const char *text)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->fault = fault;
  answer->text = g_strdup (text);
  g_queue_push_tail (&self->answers, answer);
}

void
fault_server_answer (FaultServer *self, const char *status, const char *headers, const char *body)
{
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n%s",
                       status, strlen (body), headers != NULL ? headers : "", body);

  fault_server_add (self, FAULT_NONE, text);
}

void
fault_server_hold (FaultServer *self, guint n_requests)
{
  self->hold_until = n_requests;
}

guint
fault_server_get_n_requests (FaultServer *self)
{
  return self->requests->len;
}

const char *
fault_server_get_request (FaultServer *self, guint index)
{
  g_assert_cmpuint (index, <, self->requests->len);

  return self->requests->pdata[index];
}

guint
fault_server_get_n_silent (FaultServer *self)
{
  return self->silent->len;
}
