/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends requests to one bucket. Main thread, asynchronous.
 *
 * A request goes: get a token, send, look at the answer. A token that is refused is replaced once;
 * retries in the common sense belong to the caller. Requests to an upload session carry none: their
 * address is enough, and they go to the bucket's own host whatever host the address names. */

#include "config.h"

#include "provider/gcs/terrace-gcs-client.h"

#include "base/terrace-error.h"
#include "provider/gcs/terrace-gcs-token.h"
#include "provider/terrace-http-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TerraceGcsClient
{
  GObject parent_instance;

  TerraceGcsAddress *address;
  TerraceClock *clock;
  SoupSession *session;
  TerraceGcsToken *token;
};

G_DEFINE_FINAL_TYPE (TerraceGcsClient, terrace_gcs_client, G_TYPE_OBJECT)

typedef struct
{
  TerraceGcsRequest *request;
  char *token; /* (nullable): that it was sent with */
  gboolean was_refused;
} Sending;

static const TerraceHttpMeaning meanings[] = {
  { "authError", TERRACE_ERROR_PERMISSION, N_ ("Google did not accept the service account") },
  { "required", TERRACE_ERROR_PERMISSION, N_ ("Google did not accept the service account") },
  { "forbidden", TERRACE_ERROR_PERMISSION,
    N_ ("Access was refused: this service account has no role that allows it") },
  { "insufficientPermissions", TERRACE_ERROR_PERMISSION,
    N_ ("Access was refused: this service account has no role that allows it") },
  { "accountDisabled", TERRACE_ERROR_PERMISSION,
    N_ ("Google has disabled this account: ask them") },
  { "userProjectAccountProblem", TERRACE_ERROR_PERMISSION,
    N_ ("Google has a problem with this project's billing: ask its owner") },
  { "notFound", TERRACE_ERROR_NOT_FOUND, N_ ("There is no object of this name") },
  { "noBucket", TERRACE_ERROR_NOT_FOUND, N_ ("There is no bucket of this name") },
  { TERRACE_GCS_BAD_DIGEST, TERRACE_ERROR_CORRUPT, N_ ("The bytes were damaged on their way") },
  { "conditionNotMet", TERRACE_ERROR_CHANGED, N_ ("The object was changed meanwhile") },
  { "retentionPolicyNotMet", TERRACE_ERROR_PERMISSION,
    N_ ("The bucket's retention policy does not allow this yet") },
  { "objectUnderActiveHold", TERRACE_ERROR_PERMISSION,
    N_ ("The object is on hold, so that it can be neither removed nor replaced") },
  { "uploadTooLarge", TERRACE_ERROR_INVALID, N_ ("The object is larger than Google allows") },
  { "invalidArgument", TERRACE_ERROR_INVALID, N_ ("Google did not accept the request") },
  { "rateLimitExceeded", TERRACE_ERROR_BUSY, N_ ("Google asks to slow down") },
  { "userRateLimitExceeded", TERRACE_ERROR_BUSY, N_ ("Google asks to slow down") },
  { "quotaExceeded", TERRACE_ERROR_BUSY, N_ ("The quota of this project is used up for now") },
  { "backendError", TERRACE_ERROR_UNREACHABLE, N_ ("The server has a fault of its own") },
  { "internalError", TERRACE_ERROR_UNREACHABLE, N_ ("The server has a fault of its own") },
  { NULL, TERRACE_ERROR_FAILED, NULL },
};

static void
sending_free (Sending *self)
{
  terrace_gcs_request_free (self->request);
  g_free (self->token);
  g_free (self);
}

static void
terrace_gcs_client_finalize (GObject *object)
{
  TerraceGcsClient *self = TERRACE_GCS_CLIENT (object);

  g_clear_pointer (&self->address, terrace_gcs_address_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_object (&self->token);

  G_OBJECT_CLASS (terrace_gcs_client_parent_class)->finalize (object);
}

static void
terrace_gcs_client_class_init (TerraceGcsClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_gcs_client_finalize;
}

static void
terrace_gcs_client_init (TerraceGcsClient *self)
{
}

TerraceGcsClient *
terrace_gcs_client_new (TerraceGcsAddress *address,
                        const char *root,
                        TerraceCredentials *credentials,
                        TerraceClock *clock)
{
  TerraceGcsClient *self = g_object_new (TERRACE_TYPE_GCS_CLIENT, NULL);

  self->address = address;
  self->clock = g_object_ref (clock);
  self->session = terrace_http_session_new (terrace_http_is_loopback (address->host));
  self->token = terrace_gcs_token_new (root, credentials, clock);

  return self;
}

const TerraceGcsAddress *
terrace_gcs_client_get_address (TerraceGcsClient *self)
{
  return self->address;
}

const TerraceGcsAccount *
terrace_gcs_client_get_account (TerraceGcsClient *self)
{
  return terrace_gcs_token_get_account (self->token);
}

gboolean
terrace_gcs_client_is_peer (TerraceGcsClient *self, TerraceGcsClient *other)
{
  const TerraceGcsAccount *ours = terrace_gcs_client_get_account (self);
  const TerraceGcsAccount *theirs = terrace_gcs_client_get_account (other);

  return terrace_gcs_address_is_same_service (self->address, other->address) &&
         (ours == NULL || theirs == NULL || strcmp (ours->email, theirs->email) == 0);
}

/* --- Looking at the answer ------------------------------------------------------------------- */

/* Google says "invalid" of damaged bytes as of much else, and its test bench that a condition was
 * not met; only the words tell. */
static gboolean
is_about_checksum (const TerraceGcsResponse *response)
{
  g_autofree char *lower =
      response->message != NULL ? g_ascii_strdown (response->message, -1) : NULL;

  return lower != NULL &&
         (response->status == SOUP_STATUS_BAD_REQUEST ||
          response->status == SOUP_STATUS_PRECONDITION_FAILED) &&
         (strstr (lower, "crc32c") != NULL || strstr (lower, "md5") != NULL) &&
         (strstr (lower, "match") != NULL || strstr (lower, "validation failed") != NULL);
}

static void
read_refusal (TerraceGcsResponse *response)
{
  g_autoptr (JsonObject) answer = terrace_gcs_json_parse (response->body, NULL);
  JsonObject *error = terrace_gcs_json_get_object (answer, "error");
  JsonObject *first =
      terrace_gcs_json_get_element (terrace_gcs_json_get_array (error, "errors"), 0);

  response->reason = g_strdup (terrace_gcs_json_get_string (first, "reason"));
  response->message = g_strdup (terrace_gcs_json_get_string (error, "message"));
  if (is_about_checksum (response))
    {
      g_free (response->reason);
      response->reason = g_strdup (TERRACE_GCS_BAD_DIGEST);
    }
  /* A missing bucket and a missing object have the same reason. */
  if (response->status == SOUP_STATUS_NOT_FOUND && response->message != NULL &&
      strstr (response->message, "bucket does not exist") != NULL)
    terrace_gcs_response_blame_bucket (response);
}

static TerraceGcsResponse *
to_response (TerraceGcsClient *self, TerraceHttpResponse *http)
{
  TerraceGcsResponse *response = g_new0 (TerraceGcsResponse, 1);

  response->status = http->status;
  response->headers = soup_message_headers_ref (http->headers);
  response->body = g_bytes_ref (http->body);
  response->retry_after_s =
      terrace_http_get_retry_after (http->headers, terrace_clock_get_now_us (self->clock));
  if (!terrace_gcs_response_is_ok (response))
    read_refusal (response);

  return response;
}

static void get_token (GTask *task);

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceHttpResponse) http = NULL;
  TerraceGcsClient *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;

  http = terrace_http_send_finish (SOUP_SESSION (object), result, &error);
  if (http == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (http->status == SOUP_STATUS_UNAUTHORIZED && sending->token != NULL)
    terrace_gcs_token_refuse (self->token, sending->token);
  if (http->status == SOUP_STATUS_UNAUTHORIZED && sending->token != NULL && !sending->was_refused)
    {
      sending->was_refused = TRUE;
      get_token (task);
    }
  else
    {
      g_task_return_pointer (task, to_response (self, http),
                             (GDestroyNotify) terrace_gcs_response_free);
    }
}

/* --- Sending --------------------------------------------------------------------------------- */

static SoupMessage *
make_message (TerraceGcsClient *self, const Sending *sending)
{
  const TerraceGcsRequest *request = sending->request;
  SoupMessage *message =
      terrace_http_message_new (request->method, self->address->scheme, self->address->host,
                                self->address->port, request->path, request->query->str);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* Each POST of ours names what it expects to find, so that it may go over a connection that the
   * server may have closed meanwhile. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  if (request->body->len > 0)
    terrace_http_message_set_body (message, request->body);
  else if (strcmp (request->method, "GET") != 0)
    soup_message_headers_set_content_length (headers, 0);
  for (guint i = 0; i + 1 < request->headers->len; i += 2)
    soup_message_headers_replace (headers, request->headers->pdata[i],
                                  request->headers->pdata[i + 1]);
  if (sending->token != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", sending->token, NULL);

      soup_message_headers_replace (headers, "Authorization", value);
    }

  return message;
}

static void
send_now (GTask *task)
{
  TerraceGcsClient *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = make_message (self, sending);

  terrace_http_send_async (self->session, message, sending->request->limit_bytes,
                           g_task_get_cancellable (task), send_cb, g_object_ref (task));
}

static void
token_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;

  g_free (sending->token);
  sending->token = terrace_gcs_token_get_finish (TERRACE_GCS_TOKEN (object), result, &error);
  if (sending->token == NULL)
    g_task_return_error (task, error);
  else
    send_now (task);
}

static void
get_token (GTask *task)
{
  TerraceGcsClient *self = g_task_get_source_object (task);

  terrace_gcs_token_get_async (self->token, g_task_get_cancellable (task), token_cb,
                               g_object_ref (task));
}

void
terrace_gcs_client_send_async (TerraceGcsClient *self,
                               TerraceGcsRequest *request,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Sending *sending = g_new0 (Sending, 1);

  g_task_set_source_tag (task, terrace_gcs_client_send_async);
  g_task_set_check_cancellable (task, FALSE);
  sending->request = request;
  g_task_set_task_data (task, sending, (GDestroyNotify) sending_free);
  if (request->is_session)
    send_now (task);
  else
    get_token (task);
}

TerraceGcsResponse *
terrace_gcs_client_send_finish (TerraceGcsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GError *
terrace_gcs_client_to_error (TerraceGcsClient *self, const TerraceGcsResponse *response)
{
  /* Translators: a bucket at a server */
  g_autofree char *place =
      g_strdup_printf (_ ("bucket %s at %s"), self->address->bucket, self->address->host);

  return terrace_http_error_new (meanings, response->reason, response->status, place,
                                 response->retry_after_s);
}
