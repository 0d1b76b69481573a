/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gets tokens by what the service account signs (RFC 7523). Main thread, asynchronous.
 *
 * Whoever asks waits in a queue for the one question that is on its way. A refusal that may be due
 * to our clock is signed once more by the server's. */

#include "config.h"

#include "provider/gcs/terrace-gcs-token.h"

#include "base/terrace-error.h"
#include "provider/gcs/terrace-gcs-json.h"
#include "provider/gcs/terrace-gcs-wait.h"
#include "provider/terrace-http-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the account may do is decided by its roles; lifecycle rules need this scope. */
#define SCOPE "https://www.googleapis.com/auth/devstorage.full_control"
#define GRANT "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
#define MAX_ANSWER_BYTES (64 * 1024)
#define MAX_TOKEN_BYTES 8192
#define REFRESH_SECONDS 300
#define HMAC_KEYS "GOOG"

struct _TerraceGcsToken
{
  GObject parent_instance;

  char *root;
  TerraceCredentials *credentials;
  TerraceClock *clock;
  SoupSession *session; /* (nullable) */

  TerraceGcsAccount *account; /* (nullable) */
  char *token;                /* (nullable) */
  gint64 expires_us;          /* by the server's clock */
  gint64 offset_us;           /* how far that is ahead of ours */
  gboolean is_asking;
  gboolean clock_corrected;
  GQueue waiting; /* (element-type GTask) */
};

G_DEFINE_FINAL_TYPE (TerraceGcsToken, terrace_gcs_token, G_TYPE_OBJECT)

static void
forget (TerraceGcsToken *self)
{
  if (self->token != NULL)
    explicit_bzero (self->token, strlen (self->token));
  g_clear_pointer (&self->token, g_free);
}

static void
terrace_gcs_token_finalize (GObject *object)
{
  TerraceGcsToken *self = TERRACE_GCS_TOKEN (object);

  g_assert (g_queue_is_empty (&self->waiting));
  forget (self);
  g_free (self->root);
  g_clear_object (&self->credentials);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_pointer (&self->account, terrace_gcs_account_free);

  G_OBJECT_CLASS (terrace_gcs_token_parent_class)->finalize (object);
}

static void
terrace_gcs_token_class_init (TerraceGcsTokenClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_gcs_token_finalize;
}

static void
terrace_gcs_token_init (TerraceGcsToken *self)
{
  g_queue_init (&self->waiting);
}

TerraceGcsToken *
terrace_gcs_token_new (const char *root, TerraceCredentials *credentials, TerraceClock *clock)
{
  TerraceGcsToken *self = g_object_new (TERRACE_TYPE_GCS_TOKEN, NULL);

  self->root = g_strdup (root);
  self->credentials = g_object_ref (credentials);
  self->clock = g_object_ref (clock);

  return self;
}

const TerraceGcsAccount *
terrace_gcs_token_get_account (TerraceGcsToken *self)
{
  return self->account;
}

/* --- The end --------------------------------------------------------------------------------- */

/* Takes over @error, which is %NULL if there is a token. */
static void
answer_all (TerraceGcsToken *self, GError *error)
{
  g_autoptr (GError) owned = error;
  g_autoptr (TerraceGcsToken) alive = g_object_ref (self);

  self->is_asking = FALSE;
  self->clock_corrected = FALSE;
  while (!g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = terrace_gcs_wait_pop (&self->waiting);

      if (owned == NULL)
        {
          g_task_return_pointer (task, g_strdup (self->token), g_free);
        }
      else
        {
          GError *copy = g_error_copy (owned);

          terrace_error_set_retry_after (copy, terrace_error_get_retry_after (owned));
          g_task_return_error (task, copy);
        }
    }
}

/* --- Asking ---------------------------------------------------------------------------------- */

static void ask (TerraceGcsToken *self);

static GError *
refusal (TerraceGcsToken *self, const TerraceHttpResponse *response, JsonObject *answer)
{
  static const TerraceHttpMeaning table[] = {
    { "invalid_grant", TERRACE_ERROR_PERMISSION,
      N_ ("Google does not accept this service account's key: it may have been deleted or "
          "disabled; make a new one") },
    { "invalid_client", TERRACE_ERROR_PERMISSION,
      N_ ("Google does not know this service account: it may have been deleted") },
    { "unauthorized_client", TERRACE_ERROR_PERMISSION,
      N_ ("This service account may not log in: ask the project's owner") },
    { "invalid_scope", TERRACE_ERROR_PERMISSION,
      N_ ("This service account may not use Cloud Storage") },
    { "access_denied", TERRACE_ERROR_PERMISSION,
      N_ ("This service account may not log in: ask the project's owner") },
    { NULL, TERRACE_ERROR_FAILED, NULL },
  };
  g_autoptr (GUri) uri = g_uri_parse (self->account->token_uri, G_URI_FLAGS_NONE, NULL);
  g_autofree char *place = g_strdup_printf ("%s, %s", self->account->email, g_uri_get_host (uri));
  guint status =
      response->status == SOUP_STATUS_BAD_REQUEST ? SOUP_STATUS_UNAUTHORIZED : response->status;

  return terrace_http_error_new (table, terrace_gcs_json_get_string (answer, "error"), status,
                                 place,
                                 terrace_http_get_retry_after (response->headers,
                                                               terrace_clock_get_now_us (
                                                                   self->clock)));
}

/* %FALSE if the answer is no token that can be sent. */
static gboolean
take (TerraceGcsToken *self, JsonObject *answer)
{
  const char *token = terrace_gcs_json_get_string (answer, "access_token");
  guint64 seconds;

  if (token == NULL || token[0] == '\0' || strlen (token) > MAX_TOKEN_BYTES ||
      !g_str_is_ascii (token) || strpbrk (token, " \r\n\t") != NULL ||
      !terrace_gcs_json_get_number (answer, "expires_in", &seconds))
    return FALSE;

  forget (self);
  self->token = g_strdup (token);
  self->expires_us = terrace_clock_get_now_us (self->clock) + self->offset_us +
                     (gint64) MIN (seconds, G_MAXINT32) * TERRACE_US_PER_SECOND;
  return TRUE;
}

static void
ask_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceGcsToken) self = user_data;
  g_autoptr (TerraceHttpResponse) response = NULL;
  g_autoptr (JsonObject) answer = NULL;
  GError *error = NULL;
  gint64 offset_us;

  response = terrace_http_send_finish (SOUP_SESSION (object), result, &error);
  if (response == NULL)
    {
      answer_all (self, error);
      return;
    }

  answer = terrace_gcs_json_parse (response->body, NULL);
  if (response->status == SOUP_STATUS_OK && take (self, answer))
    {
      answer_all (self, NULL);
    }
  else if (response->status == SOUP_STATUS_OK)
    {
      answer_all (self, g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                                             _ ("The answer to logging in is not what Google "
                                                "answers")));
    }
  else if (!self->clock_corrected &&
           terrace_http_learn_clock (response->headers, terrace_clock_get_now_us (self->clock),
                                     self->offset_us, &offset_us))
    {
      self->clock_corrected = TRUE;
      self->offset_us = offset_us;
      ask (self);
    }
  else
    {
      /* Whoever asks next may have a better key. */
      GError *refused = refusal (self, response, answer);

      if (g_error_matches (refused, TERRACE_ERROR, TERRACE_ERROR_PERMISSION))
        g_clear_pointer (&self->account, terrace_gcs_account_free);
      answer_all (self, refused);
    }
}

static void
ask (TerraceGcsToken *self)
{
  gint64 now_s = (terrace_clock_get_now_us (self->clock) + self->offset_us) / TERRACE_US_PER_SECOND;
  GError *error = NULL;
  g_autofree char *assertion = terrace_gcs_account_sign (self->account, SCOPE, now_s, &error);
  g_autoptr (GUri) uri = g_uri_parse (self->account->token_uri, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *form = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (SoupMessage) message = NULL;

  if (assertion == NULL)
    {
      g_clear_pointer (&self->account, terrace_gcs_account_free);
      answer_all (self, error);
      return;
    }

  if (self->session == NULL)
    self->session = terrace_http_session_new (terrace_http_is_loopback (g_uri_get_host (uri)));
  form = g_strconcat ("grant_type=" GRANT "&assertion=", assertion, NULL);
  body = g_bytes_new (form, strlen (form));
  message = terrace_http_message_new ("POST", g_uri_get_scheme (uri), g_uri_get_host (uri),
                                      g_uri_get_port (uri), g_uri_get_path (uri), NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Content-Type",
                                "application/x-www-form-urlencoded");
  terrace_http_message_set_body_bytes (message, body);
  terrace_http_send_async (self->session, message, MAX_ANSWER_BYTES, NULL, ask_cb,
                           g_object_ref (self));
}

static void
lookup_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceGcsToken) self = user_data;
  GError *error = NULL;
  g_autoptr (TerraceSecret) secret =
      terrace_credentials_lookup_finish (TERRACE_CREDENTIALS (object), result, &error);

  if (secret != NULL && g_str_has_prefix (secret->access_key, HMAC_KEYS))
    g_set_error_literal (&error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                         _ ("This is an HMAC key: end the address with ?region=auto to use it"));
  else if (secret != NULL)
    self->account = terrace_gcs_account_parse (secret->secret_key, &error);
  if (self->account == NULL)
    answer_all (self, error);
  else
    ask (self);
}

void
terrace_gcs_token_get_async (TerraceGcsToken *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  gint64 now_us = terrace_clock_get_now_us (self->clock) + self->offset_us;

  g_task_set_source_tag (task, terrace_gcs_token_get_async);
  if (self->token != NULL && now_us < self->expires_us - REFRESH_SECONDS * TERRACE_US_PER_SECOND)
    {
      g_task_return_pointer (task, g_strdup (self->token), g_free);
      g_object_unref (task);
      return;
    }

  terrace_gcs_wait_push (&self->waiting, task);
  if (self->is_asking)
    return;

  self->is_asking = TRUE;
  if (self->account != NULL)
    ask (self);
  else
    terrace_credentials_lookup_async (self->credentials, self->root, NULL, lookup_cb,
                                      g_object_ref (self));
}

char *
terrace_gcs_token_get_finish (TerraceGcsToken *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
terrace_gcs_token_refuse (TerraceGcsToken *self, const char *token)
{
  if (g_strcmp0 (self->token, token) == 0)
    forget (self);
}
