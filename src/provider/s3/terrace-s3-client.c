/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends signed requests to one bucket. Main thread; large bodies are hashed on a worker.
 *
 * A request goes: look up the key if it is not known, hash the body, sign, send, look at the
 * answer. Three answers lead to one more attempt each: a clock that is off (the server's Date tells
 * by how much), a bucket in another region, and a refusal of a HEAD, which has no body that says
 * why. Retries in the common sense belong to the caller. */

#include "config.h"

#include "provider/s3/terrace-s3-client.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-checksum.h"
#include "provider/s3/terrace-s3-error.h"
#include "provider/s3/terrace-s3-xml.h"
#include "provider/terrace-http-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Smaller bodies are hashed at once: that takes less than handing them over. */
#define HASH_ON_WORKER_BYTES (128 * 1024)

struct _TerraceS3Client
{
  GObject parent_instance;

  TerraceS3Address *address;
  char *root;
  TerraceCredentials *credentials;
  TerraceWorker *worker;
  TerraceClock *clock;
  SoupSession *session;

  TerraceSecret *secret; /* (nullable) */
  gint64 clock_offset_us;
};

G_DEFINE_FINAL_TYPE (TerraceS3Client, terrace_s3_client, G_TYPE_OBJECT)

typedef struct
{
  TerraceS3Request *request;
  char *payload_hash;
  TerraceDigest checksum;
  TerraceS3Response *head; /* (nullable): the refusal that is being explained */
  gboolean clock_corrected;
  gboolean region_corrected;
  gint64 signed_offset_us; /* what was taken for right when it was signed last */
  char *signed_region;
} Sending;

static void
sending_free (Sending *self)
{
  terrace_s3_request_free (self->request);
  g_clear_pointer (&self->head, terrace_s3_response_free);
  g_free (self->payload_hash);
  g_free (self->signed_region);
  g_free (self);
}

static void
terrace_s3_client_finalize (GObject *object)
{
  TerraceS3Client *self = TERRACE_S3_CLIENT (object);

  g_clear_pointer (&self->address, terrace_s3_address_free);
  g_free (self->root);
  g_clear_object (&self->credentials);
  g_clear_object (&self->worker);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_pointer (&self->secret, terrace_secret_free);

  G_OBJECT_CLASS (terrace_s3_client_parent_class)->finalize (object);
}

static void
terrace_s3_client_class_init (TerraceS3ClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_s3_client_finalize;
}

static void
terrace_s3_client_init (TerraceS3Client *self)
{
}

TerraceS3Client *
terrace_s3_client_new (TerraceS3Address *address,
                       const char *root,
                       TerraceCredentials *credentials,
                       TerraceWorker *worker,
                       TerraceClock *clock)
{
  TerraceS3Client *self = g_object_new (TERRACE_TYPE_S3_CLIENT, NULL);

  self->address = address;
  self->root = g_strdup (root);
  self->credentials = g_object_ref (credentials);
  self->worker = g_object_ref (worker);
  self->clock = g_object_ref (clock);
  self->session = terrace_http_session_new (terrace_http_is_loopback (address->endpoint));

  return self;
}

const TerraceS3Address *
terrace_s3_client_get_address (TerraceS3Client *self)
{
  return self->address;
}

gint64
terrace_s3_client_get_clock_offset_us (TerraceS3Client *self)
{
  return self->clock_offset_us;
}

gboolean
terrace_s3_client_is_peer (TerraceS3Client *self, TerraceS3Client *other)
{
  return terrace_s3_address_is_same_service (self->address, other->address) &&
         (self->secret == NULL || other->secret == NULL ||
          strcmp (self->secret->access_key, other->secret->access_key) == 0);
}

/* --- Signing --------------------------------------------------------------------------------- */

/* (transfer full): what is signed and sent beside the request's own headers. */
static GPtrArray *
collect_headers (TerraceS3Client *self, const Sending *sending, const char *timestamp)
{
  GPtrArray *headers = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  g_autofree char *authority = terrace_s3_address_get_authority (self->address);
  g_autofree char *checksum = terrace_digest_to_base64 (&sending->checksum);

  for (guint i = 0; i < sending->request->headers->len; i++)
    {
      const TerraceS3Pair *header = sending->request->headers->pdata[i];

      g_ptr_array_add (headers, terrace_s3_pair_new (header->name, header->value));
    }
  g_ptr_array_add (headers, terrace_s3_pair_new ("host", authority));
  g_ptr_array_add (headers, terrace_s3_pair_new ("x-amz-date", timestamp));
  g_ptr_array_add (headers, terrace_s3_pair_new ("x-amz-content-sha256", sending->payload_hash));
  if (checksum != NULL)
    g_ptr_array_add (headers,
                     terrace_s3_pair_new (terrace_s3_checksum_get_header (sending->checksum.kind),
                                          checksum));
  if (self->secret->session_token != NULL)
    g_ptr_array_add (headers,
                     terrace_s3_pair_new ("x-amz-security-token", self->secret->session_token));

  return headers;
}

static SoupMessage *
make_message (TerraceS3Client *self, const Sending *sending)
{
  const TerraceS3Request *request = sending->request;
  gint64 now_us = terrace_clock_get_now_us (self->clock) + self->clock_offset_us;
  g_autofree char *timestamp = terrace_s3_timestamp (now_us);
  g_autofree char *host = terrace_s3_address_get_host (self->address);
  g_autofree char *path = terrace_s3_address_get_path (self->address, request->key);
  g_autofree char *query = terrace_s3_canonical_query (request->query);
  g_autoptr (GPtrArray) headers = collect_headers (self, sending, timestamp);
  g_autofree char *names = NULL;
  g_autofree char *text = terrace_s3_canonical_request (request->method, path, query, headers,
                                                        sending->payload_hash, &names);
  g_autofree char *authorization =
      terrace_s3_authorization (text, names, timestamp, self->address->region,
                                self->secret->access_key, self->secret->secret_key);
  SoupMessage *message = terrace_http_message_new (request->method, self->address->scheme, host,
                                                   self->address->port, path, query);
  SoupMessageHeaders *sent = soup_message_get_request_headers (message);

  if (request->body != NULL)
    terrace_http_message_set_body_bytes (message, request->body);
  for (guint i = 0; i < headers->len; i++)
    {
      const TerraceS3Pair *header = headers->pdata[i];

      /* Libsoup writes this one itself, from the same address. */
      if (strcmp (header->name, "host") != 0)
        soup_message_headers_replace (sent, header->name, header->value);
    }
  soup_message_headers_replace (sent, "Authorization", authorization);

  return message;
}

/* --- Looking at the answer ------------------------------------------------------------------- */

static TerraceS3Response *
to_response (TerraceS3Client *self, const Sending *sending, TerraceHttpResponse *http)
{
  const TerraceS3Request *request = sending->request;
  TerraceS3Response *response = g_new0 (TerraceS3Response, 1);
  gboolean failed = http->status < 200 || http->status >= 300;

  response->status = http->status;
  response->headers = soup_message_headers_ref (http->headers);
  response->body = g_bytes_ref (http->body);
  response->sent = sending->checksum;
  response->retry_after_s =
      terrace_http_get_retry_after (http->headers, terrace_clock_get_now_us (self->clock));
  if ((failed || request->is_command) &&
      terrace_s3_xml_parse_error (http->body, &response->code, &response->message,
                                  &response->region) &&
      !failed)
    response->status = 0;

  return response;
}

/* Whether the clock was put right by the answer. */
static gboolean
correct_clock (TerraceS3Client *self, Sending *sending, const TerraceS3Response *response)
{
  gint64 offset_us;
  gboolean suspect = terrace_s3_response_has_code (response, "RequestTimeTooSkewed") ||
                     (response->code == NULL && response->status == 403);

  if (!suspect || sending->clock_corrected ||
      !terrace_http_learn_clock (response->headers, terrace_clock_get_now_us (self->clock),
                                 sending->signed_offset_us, &offset_us))
    return FALSE;

  sending->clock_corrected = TRUE;
  self->clock_offset_us = offset_us;
  return TRUE;
}

static gboolean
correct_region (TerraceS3Client *self, Sending *sending, const TerraceS3Response *response)
{
  const char *region = terrace_s3_response_get_header (response, "x-amz-bucket-region");

  if (region == NULL)
    region = response->region;
  if (sending->region_corrected || region == NULL ||
      (response->status != 400 && response->status != 301 && response->status != 307))
    return FALSE;

  sending->region_corrected = TRUE;
  /* Another request may have learned it while this one was on its way. */
  return terrace_s3_address_move (self->address, region) ||
         strcmp (self->address->region, sending->signed_region) != 0;
}

/* A key that is refused may have been replaced in the keyring: the next request asks again. */
static void
check_secret (TerraceS3Client *self, const TerraceS3Response *response)
{
  static const char *const refusals[] = { "InvalidAccessKeyId", "SignatureDoesNotMatch",
                                          "ExpiredToken", "InvalidToken" };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (terrace_s3_response_has_code (response, refusals[i]))
      g_clear_pointer (&self->secret, terrace_secret_free);
}

static void send_now (GTask *task);

/* Asks the same by a GET of nothing much, whose refusal has a body. */
static void
explain_head (GTask *task, TerraceS3Response *refusal)
{
  Sending *sending = g_task_get_task_data (task);
  TerraceS3Request *request = sending->request;

  sending->head = refusal;
  g_free (request->method);
  request->method = g_strdup ("GET");
  if (request->key != NULL)
    {
      terrace_s3_request_add_header (request, "range", "bytes=0-0");
    }
  else
    {
      terrace_s3_request_add_query (request, "list-type", "2");
      terrace_s3_request_add_query (request, "max-keys", "1");
    }
  send_now (task);
}

/* The refusal of the HEAD, with the reason that the GET was given. */
static TerraceS3Response *
explained (Sending *sending, TerraceS3Response *reason)
{
  TerraceS3Response *head = g_steal_pointer (&sending->head);

  if (reason->code != NULL)
    {
      head->status = reason->status;
      head->code = g_steal_pointer (&reason->code);
      head->message = g_steal_pointer (&reason->message);
    }
  terrace_s3_response_free (reason);

  return head;
}

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceHttpResponse) http = NULL;
  g_autoptr (TerraceS3Response) response = NULL;
  TerraceS3Client *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean explaining;

  http = terrace_http_send_finish (SOUP_SESSION (object), result, &error);
  if (http == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  response = to_response (self, sending, http);
  check_secret (self, response);
  explaining = sending->head != NULL;
  if (explaining)
    response = explained (sending, g_steal_pointer (&response));
  if (!explaining && correct_region (self, sending, response))
    send_now (task);
  else if (!explaining && correct_clock (self, sending, response))
    send_now (task);
  else if (!explaining && strcmp (sending->request->method, "HEAD") == 0 &&
           (response->status == 400 || response->status == 403))
    explain_head (task, g_steal_pointer (&response));
  else
    g_task_return_pointer (task, g_steal_pointer (&response),
                           (GDestroyNotify) terrace_s3_response_free);
}

/* --- Sending --------------------------------------------------------------------------------- */

static void
lookup_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceS3Client *self = g_task_get_source_object (task);
  GError *error = NULL;
  TerraceSecret *secret =
      terrace_credentials_lookup_finish (TERRACE_CREDENTIALS (object), result, &error);

  if (secret == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_clear_pointer (&self->secret, terrace_secret_free);
  self->secret = secret;
  send_now (task);
}

static void
send_now (GTask *task)
{
  TerraceS3Client *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = NULL;

  if (self->secret == NULL)
    {
      terrace_credentials_lookup_async (self->credentials, self->root,
                                        g_task_get_cancellable (task), lookup_cb,
                                        g_object_ref (task));
      return;
    }

  sending->signed_offset_us = self->clock_offset_us;
  g_free (sending->signed_region);
  sending->signed_region = g_strdup (self->address->region);
  message = make_message (self, sending);
  terrace_http_send_async (self->session, message, sending->request->limit_bytes,
                           g_task_get_cancellable (task), send_cb, g_object_ref (task));
}

/* What is computed of a body, on whatever thread. */
typedef struct
{
  GBytes *body;
  guint kinds;
  TerraceChecksumKind wanted;
  TerraceDigest sha256;
  TerraceDigest checksum;
} Hashing;

static void
hashing_free (Hashing *self)
{
  g_bytes_unref (self->body);
  g_free (self);
}

static void
hash (Hashing *self)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new_several (self->kinds);
  TerraceDigest first;
  gsize length;
  gconstpointer data = g_bytes_get_data (self->body, &length);

  terrace_checksum_update (checksum, data, length);
  terrace_checksum_finish (checksum, &first);
  terrace_checksum_get_digest (checksum, TERRACE_CHECKSUM_SHA256, &self->sha256);
  terrace_checksum_get_digest (checksum, self->wanted, &self->checksum);
}

static void
hash_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  hash (data);
  g_task_return_boolean (task, TRUE);
}

static void
use_hashes (GTask *task, const Hashing *hashing)
{
  Sending *sending = g_task_get_task_data (task);
  g_autofree char *text = terrace_digest_to_string (&hashing->sha256);

  /* Over TLS the checksum alone protects the body, and the slower hash is spared. */
  sending->payload_hash =
      g_strdup (text != NULL ? strchr (text, ':') + 1 : TERRACE_S3_UNSIGNED_PAYLOAD);
  sending->checksum = hashing->checksum;
  send_now (task);
}

static void
hash_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else
    use_hashes (task, g_task_get_task_data (G_TASK (result)));
}

static void
hash_body (GTask *task)
{
  TerraceS3Client *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  const TerraceS3Request *request = sending->request;
  gboolean secure = strcmp (self->address->scheme, "https") == 0;
  Hashing *hashing;

  if (request->body == NULL && request->checksum == TERRACE_CHECKSUM_NONE)
    {
      sending->payload_hash = g_strdup (TERRACE_S3_EMPTY_PAYLOAD);
      send_now (task);
      return;
    }

  hashing = g_new0 (Hashing, 1);
  hashing->body = request->body != NULL ? g_bytes_ref (request->body) : g_bytes_new (NULL, 0);
  hashing->wanted = request->checksum;
  if (request->checksum != TERRACE_CHECKSUM_NONE)
    hashing->kinds |= TERRACE_CHECKSUM_BIT (request->checksum);
  if (!secure || request->checksum == TERRACE_CHECKSUM_NONE)
    hashing->kinds |= TERRACE_CHECKSUM_BIT (TERRACE_CHECKSUM_SHA256);

  if (g_bytes_get_size (hashing->body) < HASH_ON_WORKER_BYTES)
    {
      hash (hashing);
      use_hashes (task, hashing);
      hashing_free (hashing);
    }
  else
    {
      GTask *worker =
          g_task_new (self, g_task_get_cancellable (task), hash_cb, g_object_ref (task));

      g_task_set_source_tag (worker, hash_body);
      g_task_set_task_data (worker, hashing, (GDestroyNotify) hashing_free);
      terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, hash_work, worker);
    }
}

void
terrace_s3_client_send_async (TerraceS3Client *self,
                              TerraceS3Request *request,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Sending *sending = g_new0 (Sending, 1);

  g_task_set_source_tag (task, terrace_s3_client_send_async);
  g_task_set_check_cancellable (task, FALSE);
  sending->request = request;
  g_task_set_task_data (task, sending, (GDestroyNotify) sending_free);
  hash_body (task);
}

TerraceS3Response *
terrace_s3_client_send_finish (TerraceS3Client *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GError *
terrace_s3_client_to_error (TerraceS3Client *self, const TerraceS3Response *response)
{
  return terrace_s3_error_new (response, self->address->bucket, self->address->endpoint);
}
