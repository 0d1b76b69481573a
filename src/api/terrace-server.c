/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Listens, lets in who may come in, reads the body within a bound, and hands each request to its
 * route. Runs on the main thread. */

#include "config.h"

#include "api/terrace-server.h"

#include "api/terrace-call.h"
#include "api/terrace-guard.h"
#include "api/terrace-live.h"
#include "api/terrace-routes.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define LIVE_PATH "/api/live"
#define BODY_KEY "terrace-body-bytes"
/* Brackets inside brackets: the parser of JSON calls itself for each. */
#define MAX_DEPTH 32

struct _TerraceServer
{
  GObject parent_instance;

  /* inputs */
  TerraceEngine *engine;
  char *token;

  /* state */
  SoupServer *soup; /* (nullable): while it listens */
  TerraceLive *live;
  guint16 port;
  GHashTable *calls; /* (element-type TerraceCall): being answered; each takes itself out */
};

G_DEFINE_FINAL_TYPE (TerraceServer, terrace_server, G_TYPE_OBJECT)

char *
terrace_server_make_token (GError **error)
{
  guint8 bytes[TERRACE_SERVER_TOKEN_BYTES];
  GString *text;

  if (getrandom (bytes, sizeof bytes, 0) != (gssize) sizeof bytes)
    {
      terrace_error_set_errno (error, errno, _ ("No random numbers for the token"));
      return NULL;
    }
  text = g_string_sized_new (2 * sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  explicit_bzero (bytes, sizeof bytes);
  return g_string_free (text, FALSE);
}

/* Deeper than MAX_DEPTH, seen without parsing: brackets in texts do not count. */
static gboolean
is_too_deep (const char *text, gsize length)
{
  guint depth = 0;
  gboolean in_text = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (in_text && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_text = !in_text;
      else if (!in_text && (text[i] == '{' || text[i] == '['))
        {
          if (++depth > MAX_DEPTH)
            return TRUE;
        }
      else if (!in_text && (text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
    }
  return FALSE;
}

static gboolean
parse_body (TerraceCall *call, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (call->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) parse_error = NULL;

  if (length == 0)
    return TRUE;
  if (!g_utf8_validate (text, (gssize) length, NULL) || is_too_deep (text, length) ||
      !json_parser_load_from_data (parser, text, (gssize) length, &parse_error))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("The body is not JSON: %s"),
                   parse_error != NULL ? parse_error->message :
                                         _ ("not UTF-8, or nested too deep"));
      return FALSE;
    }
  call->body = json_parser_steal_root (parser);
  return TRUE;
}

static void
request_cb (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TerraceServer *self = user_data;
  g_autofree char *word = NULL;
  g_autofree char *allowed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;
  TerraceRouteFunc answer =
      terrace_routes_find (soup_server_message_get_method (message), path, &id, &word, &allowed);
  TerraceCall *call;

  if (answer == NULL && allowed != NULL)
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                    allowed);
      terrace_call_refuse (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "method",
                           _ ("This path does not know that method"));
      return;
    }
  if (answer == NULL)
    {
      terrace_call_refuse (message, SOUP_STATUS_NOT_FOUND, "not-found",
                           _ ("There is no such path"));
      return;
    }

  call = terrace_call_new (self->engine, message, query, self->calls);
  call->id = id;
  call->word = g_steal_pointer (&word);
  if (parse_body (call, &error))
    answer (call);
  else
    terrace_call_fail (call, error);
}

/* A body whose length was not announced is counted as it comes; beyond the bound the caller is cut
 * off. */
static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  gsize *bytes = g_object_get_data (G_OBJECT (message), BODY_KEY);

  *bytes += g_bytes_get_size (chunk);
  if (*bytes > TERRACE_LIMIT_API_BODY_BYTES)
    g_socket_close (soup_server_message_get_socket (message), NULL);
}

static void
headers_cb (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  TerraceServer *self = user_data;

  if (!terrace_guard_admit (message, self->port, self->token))
    return;
  g_object_set_data_full (G_OBJECT (message), BODY_KEY, g_new0 (gsize, 1), g_free);
  g_signal_connect_object (message, "got-chunk", G_CALLBACK (got_chunk_cb), message, 0);
}

static void
websocket_cb (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer user_data)
{
  TerraceServer *self = user_data;

  terrace_live_add (self->live, connection);
}

static guint16
read_port (SoupServer *soup)
{
  GSList *uris = soup_server_get_uris (soup);
  guint16 port = uris != NULL ? (guint16) g_uri_get_port (uris->data) : 0;

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

gboolean
terrace_server_start (TerraceServer *self, guint16 port, GError **error)
{
  g_autoptr (SoupServer) soup = NULL;
  g_autoptr (GError) listen_error = NULL;

  g_return_val_if_fail (TERRACE_IS_SERVER (self), FALSE);
  g_return_val_if_fail (self->soup == NULL, FALSE);

  soup = soup_server_new ("server-header", "Terrace", NULL);
  soup_server_add_early_handler (soup, NULL, headers_cb, self, NULL);
  soup_server_add_handler (soup, NULL, request_cb, self, NULL);
  /* Only the handlers of the longest path that fits are asked, so the door stands here again. */
  soup_server_add_early_handler (soup, LIVE_PATH, headers_cb, self, NULL);
  soup_server_add_websocket_handler (soup, LIVE_PATH, NULL, NULL, websocket_cb, self, NULL);
  if (!soup_server_listen_local (soup, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &listen_error))
    {
      g_set_error (error, TERRACE_ERROR,
                   g_error_matches (listen_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ?
                       TERRACE_ERROR_BUSY :
                       TERRACE_ERROR_FAILED,
                   _ ("Port %u of this machine cannot be used: %s"), port, listen_error->message);
      return FALSE;
    }
  self->port = read_port (soup);
  self->soup = g_steal_pointer (&soup);
  self->live = terrace_live_new (self->engine);
  return TRUE;
}

guint16
terrace_server_get_port (TerraceServer *self)
{
  g_return_val_if_fail (TERRACE_IS_SERVER (self), 0);

  return self->port;
}

static void
cancel_calls (TerraceServer *self)
{
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer call;

  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, &call, NULL))
    g_ptr_array_add (cancellables, g_object_ref (((TerraceCall *) call)->cancellable));
  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (cancellables->pdata[i]);
}

void
terrace_server_stop (TerraceServer *self)
{
  g_return_if_fail (TERRACE_IS_SERVER (self));

  if (self->soup == NULL)
    return;
  self->port = 0;
  g_clear_object (&self->live);
  cancel_calls (self);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
}

static void
terrace_server_dispose (GObject *object)
{
  TerraceServer *self = TERRACE_SERVER (object);

  terrace_server_stop (self);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (terrace_server_parent_class)->dispose (object);
}

static void
terrace_server_finalize (GObject *object)
{
  TerraceServer *self = TERRACE_SERVER (object);

  explicit_bzero (self->token, strlen (self->token));
  g_free (self->token);
  g_hash_table_unref (self->calls);

  G_OBJECT_CLASS (terrace_server_parent_class)->finalize (object);
}

static void
terrace_server_class_init (TerraceServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_server_dispose;
  object_class->finalize = terrace_server_finalize;
}

static void
terrace_server_init (TerraceServer *self)
{
  self->calls = g_hash_table_new (NULL, NULL);
}

TerraceServer *
terrace_server_new (TerraceEngine *engine, const char *token)
{
  TerraceServer *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (token != NULL && strlen (token) >= TERRACE_SERVER_TOKEN_BYTES, NULL);

  self = g_object_new (TERRACE_TYPE_SERVER, NULL);
  self->engine = g_object_ref (engine);
  self->token = g_strdup (token);
  return self;
}
