/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends requests to one container. Main thread; large bodies are summed on a worker.
 *
 * A request goes: look up the secret if it is not known, sum the body, sign, send, look at the
 * answer. Two answers lead to one more attempt each: a clock that is off (the server's Date tells
 * by how much), and a server that does not know CRC-64 and gets MD5 instead. Retries in the common
 * sense belong to the caller. */

#include "config.h"

#include "provider/azure/terrace-azure-client.h"

#include "base/terrace-checksum.h"
#include "base/terrace-error.h"
#include "provider/azure/terrace-azure-error.h"
#include "provider/azure/terrace-azure-sign.h"
#include "provider/terrace-credentials-import.h"
#include "provider/terrace-xml.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Smaller bodies are summed at once: that takes less than handing them over. */
#define SUM_ON_WORKER_BYTES (128 * 1024)
#define CRC64_BYTES 8
#define CRC64_HEADER "x-ms-content-crc64"
#define MD5_HEADER "content-md5"

struct _TerraceAzureClient
{
  GObject parent_instance;

  TerraceAzureAddress *address;
  char *root;
  TerraceCredentials *credentials;
  TerraceWorker *worker;
  TerraceClock *clock;
  SoupSession *session;

  TerraceSecret *secret; /* (nullable) */
  gint64 clock_offset_us;
  gboolean knows_crc64;
  gboolean refuses_crc64;
};

G_DEFINE_FINAL_TYPE (TerraceAzureClient, terrace_azure_client, G_TYPE_OBJECT)

typedef struct
{
  TerraceHttpRequest *request;
  TerraceChecksumKind kind; /* of @sum */
  char *sum;                /* (nullable): of the body, as it is sent */
  gboolean clock_corrected;
  gint64 signed_offset_us; /* what was taken for right when it was signed last */
} Sending;

static void
sending_free (Sending *self)
{
  terrace_http_request_free (self->request);
  g_free (self->sum);
  g_free (self);
}

static void
terrace_azure_client_finalize (GObject *object)
{
  TerraceAzureClient *self = TERRACE_AZURE_CLIENT (object);

  g_clear_pointer (&self->address, terrace_azure_address_free);
  g_free (self->root);
  g_clear_object (&self->credentials);
  g_clear_object (&self->worker);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_pointer (&self->secret, terrace_secret_free);

  G_OBJECT_CLASS (terrace_azure_client_parent_class)->finalize (object);
}

static void
terrace_azure_client_class_init (TerraceAzureClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_azure_client_finalize;
}

static void
terrace_azure_client_init (TerraceAzureClient *self)
{
}

TerraceAzureClient *
terrace_azure_client_new (TerraceAzureAddress *address,
                          const char *root,
                          TerraceCredentials *credentials,
                          TerraceWorker *worker,
                          TerraceClock *clock)
{
  TerraceAzureClient *self = g_object_new (TERRACE_TYPE_AZURE_CLIENT, NULL);

  self->address = address;
  self->root = g_strdup (root);
  self->credentials = g_object_ref (credentials);
  self->worker = g_object_ref (worker);
  self->clock = g_object_ref (clock);
  self->session = terrace_http_session_new (terrace_http_is_loopback (address->host));

  return self;
}

const TerraceAzureAddress *
terrace_azure_client_get_address (TerraceAzureClient *self)
{
  return self->address;
}

/* --- The secret ------------------------------------------------------------------------------ */

/* (nullable): the query to add, if the secret is a signature. */
static const char *
get_signature (TerraceAzureClient *self)
{
  const char *secret = self->secret->secret_key;

  return terrace_azure_is_signature (secret) ? terrace_azure_signature_query (secret) : NULL;
}

static gboolean
names_account (const TerraceSecret *secret)
{
  return secret->access_key != NULL && secret->access_key[0] != '\0' &&
         strcmp (secret->access_key, TERRACE_KEY_AZURE_ACCOUNT_OF_ADDRESS) != 0 &&
         strcmp (secret->access_key, TERRACE_KEY_AZURE_SIGNATURE) != 0;
}

static const char *
get_account (TerraceAzureClient *self)
{
  return names_account (self->secret) ? self->secret->access_key : self->address->account;
}

/* What can be seen to be wrong before anything is sent. */
static gboolean
check_secret (TerraceAzureClient *self, GError **error)
{
  const char *signature = get_signature (self);
  const char *account = signature == NULL ? get_account (self) : NULL;
  g_autofree char *until = signature != NULL ? terrace_azure_signature_get (signature, "se") : NULL;
  g_autofree char *now =
      terrace_azure_timestamp (terrace_clock_get_now_us (self->clock) + self->clock_offset_us);
  g_autofree char *trial = NULL;

  if (signature != NULL)
    {
      if (until == NULL || strcmp (until, now) > 0)
        return TRUE;
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                   _ ("The shared access signature has expired (%s): make a new one"), until);
      return FALSE;
    }

  if (account == NULL)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("The address does not tell the account: name it with the key"));
      return FALSE;
    }
  if (self->address->account != NULL && strcmp (account, self->address->account) != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                   _ ("The key is for the account “%s”, the container is in “%s”"), account,
                   self->address->account);
      return FALSE;
    }
  trial = terrace_azure_sign ("", self->secret->secret_key);
  if (trial == NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                         _ ("This is neither an account key nor a shared access signature: it may "
                            "not have been copied whole"));

  return trial != NULL;
}

gboolean
terrace_azure_client_is_read_only (TerraceAzureClient *self)
{
  const char *signature = self->secret != NULL ? get_signature (self) : NULL;
  g_autofree char *may = signature != NULL ? terrace_azure_signature_get (signature, "sp") : NULL;

  return may != NULL && strpbrk (may, "wc") == NULL;
}

char *
terrace_azure_client_make_source (TerraceAzureClient *self, const char *name, guint seconds)
{
  g_autofree char *url = terrace_azure_address_get_url (self->address, name);
  gint64 now_us = terrace_clock_get_now_us (self->clock) + self->clock_offset_us;
  g_autofree char *until = terrace_azure_timestamp (now_us + seconds * TERRACE_US_PER_SECOND);
  const char *protocols = strcmp (self->address->scheme, "http") == 0 ? "https,http" : "https";
  g_autofree char *made = NULL;

  if (self->secret == NULL)
    return NULL;
  if (get_signature (self) != NULL)
    return g_strconcat (url, "?", get_signature (self), NULL);

  made = terrace_azure_make_signature (get_account (self), self->address->container, name, until,
                                       protocols, self->secret->secret_key);
  return made != NULL ? g_strconcat (url, "?", made, NULL) : NULL;
}

/* --- Signing --------------------------------------------------------------------------------- */

/* (transfer full): what is signed and sent beside the request's own headers. */
static GPtrArray *
collect_headers (TerraceAzureClient *self, const Sending *sending)
{
  GPtrArray *headers = terrace_http_pairs_new ();
  g_autofree char *date =
      terrace_azure_date (terrace_clock_get_now_us (self->clock) + self->clock_offset_us);

  for (guint i = 0; i < sending->request->headers->len; i++)
    {
      const TerraceHttpPair *header = sending->request->headers->pdata[i];

      g_ptr_array_add (headers, terrace_http_pair_new (header->name, header->value));
    }
  g_ptr_array_add (headers, terrace_http_pair_new ("x-ms-date", date));
  g_ptr_array_add (headers, terrace_http_pair_new ("x-ms-version", TERRACE_AZURE_VERSION));
  if (sending->sum != NULL)
    g_ptr_array_add (headers,
                     terrace_http_pair_new (sending->kind == TERRACE_CHECKSUM_CRC64 ? CRC64_HEADER :
                                                                                      MD5_HEADER,
                                            sending->sum));

  return headers;
}

/* (transfer full) */
static char *
make_query (const TerraceHttpRequest *request, const char *signature)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < request->query->len; i++)
    {
      const TerraceHttpPair *pair = request->query->pdata[i];
      g_autofree char *value = g_uri_escape_string (pair->value, NULL, FALSE);

      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? "&" : "", pair->name, value);
    }
  if (signature != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "&" : "", signature);

  return g_string_free (text, FALSE);
}

/* (transfer full): the value of the Authorization header. */
static char *
authorize (TerraceAzureClient *self,
           const TerraceHttpRequest *request,
           const char *path,
           GPtrArray *headers)
{
  gsize body_bytes = request->body != NULL ? g_bytes_get_size (request->body) : 0;
  g_autofree char *text = terrace_azure_string_to_sign (request->method, get_account (self), path,
                                                        request->query, headers, body_bytes);
  g_autofree char *signature = terrace_azure_sign (text, self->secret->secret_key);

  return g_strdup_printf ("SharedKey %s:%s", get_account (self), signature);
}

static SoupMessage *
make_message (TerraceAzureClient *self, const Sending *sending)
{
  const TerraceHttpRequest *request = sending->request;
  const char *signature = get_signature (self);
  g_autofree char *path = terrace_azure_address_get_path (self->address, request->key);
  g_autofree char *query = make_query (request, signature);
  g_autoptr (GPtrArray) headers = collect_headers (self, sending);
  SoupMessage *message =
      terrace_http_message_new (request->method, self->address->scheme, self->address->host,
                                self->address->port, path, query);
  SoupMessageHeaders *sent = soup_message_get_request_headers (message);

  if (request->body != NULL)
    terrace_http_message_set_body_bytes (message, request->body);
  for (guint i = 0; i < headers->len; i++)
    {
      const TerraceHttpPair *header = headers->pdata[i];

      soup_message_headers_replace (sent, header->name, header->value);
    }
  if (signature == NULL)
    {
      g_autofree char *authorization = authorize (self, request, path, headers);

      soup_message_headers_replace (sent, "Authorization", authorization);
    }

  return message;
}

/* --- Looking at the answer ------------------------------------------------------------------- */

/* (transfer full) (nullable): the error's name, of the header or else of the body. */
static char *
read_code (TerraceHttpResponse *http)
{
  const char *code = soup_message_headers_get_one (http->headers, "x-ms-error-code");
  g_autoptr (TerraceXml) document = code == NULL ? terrace_xml_parse_any (http->body) : NULL;
  const xmlNode *root = document != NULL ? terrace_xml_get_root (document) : NULL;

  if (terrace_xml_is (root, "Error"))
    return terrace_xml_get_text_in (root, "Code");

  return g_strdup (code);
}

static TerraceAzureResponse *
to_response (TerraceAzureClient *self, TerraceHttpResponse *http)
{
  TerraceAzureResponse *response = g_new0 (TerraceAzureResponse, 1);

  response->status = http->status;
  response->headers = soup_message_headers_ref (http->headers);
  response->body = g_bytes_ref (http->body);
  response->retry_after_s =
      terrace_http_get_retry_after (http->headers, terrace_clock_get_now_us (self->clock));
  if (!terrace_azure_response_is_ok (response))
    response->code = read_code (http);

  return response;
}

/* Whether the clock was put right by the answer. */
static gboolean
correct_clock (TerraceAzureClient *self, Sending *sending, const TerraceAzureResponse *response)
{
  gint64 offset_us;

  if (response->status != SOUP_STATUS_FORBIDDEN || sending->clock_corrected ||
      !terrace_http_learn_clock (response->headers, terrace_clock_get_now_us (self->clock),
                                 sending->signed_offset_us, &offset_us))
    return FALSE;

  sending->clock_corrected = TRUE;
  self->clock_offset_us = offset_us;
  return TRUE;
}

/* A secret that is refused may have been replaced in the keyring: the next request asks again. */
static void
forget_refused_secret (TerraceAzureClient *self, const TerraceAzureResponse *response)
{
  if (terrace_azure_response_has_code (response, "AuthenticationFailed") ||
      terrace_azure_response_has_code (response, "AuthorizationFailure") ||
      terrace_azure_response_has_code (response, "InvalidAuthenticationInfo"))
    g_clear_pointer (&self->secret, terrace_secret_free);
}

/* Whether the answer may mean that the server does not know CRC-64, so that the same should go
 * again with MD5; if that is accepted, it was so. */
static gboolean
doubt_crc64 (TerraceAzureClient *self, Sending *sending, const TerraceAzureResponse *response)
{
  gboolean sent = sending->sum != NULL && sending->kind == TERRACE_CHECKSUM_CRC64;
  gboolean ok = terrace_azure_response_is_ok (response);

  if (sent && ok)
    self->knows_crc64 = TRUE;
  else if (sending->sum != NULL && ok && !self->knows_crc64)
    self->refuses_crc64 = TRUE;

  return sent && !self->knows_crc64 &&
         (response->status == SOUP_STATUS_INTERNAL_SERVER_ERROR ||
          response->status == SOUP_STATUS_NOT_IMPLEMENTED ||
          terrace_azure_response_has_code (response, "UnsupportedHeader") ||
          terrace_azure_response_has_code (response, "InvalidHeaderValue"));
}

static void send_now (GTask *task);
static void sum_body (GTask *task, TerraceChecksumKind kind);

static void
send_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (TerraceHttpResponse) http = NULL;
  g_autoptr (TerraceAzureResponse) response = NULL;
  TerraceAzureClient *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;

  http = terrace_http_send_finish (SOUP_SESSION (object), result, &error);
  if (http == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  response = to_response (self, http);
  if (correct_clock (self, sending, response))
    {
      send_now (task);
      return;
    }
  if (doubt_crc64 (self, sending, response))
    {
      sum_body (task, TERRACE_CHECKSUM_MD5);
      return;
    }

  forget_refused_secret (self, response);
  g_task_return_pointer (task, g_steal_pointer (&response),
                         (GDestroyNotify) terrace_azure_response_free);
}

/* --- Sending --------------------------------------------------------------------------------- */

static void
lookup_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceAzureClient *self = g_task_get_source_object (task);
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
  TerraceAzureClient *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = NULL;
  GError *error = NULL;

  if (self->secret == NULL)
    {
      terrace_credentials_lookup_async (self->credentials, self->root,
                                        g_task_get_cancellable (task), lookup_cb,
                                        g_object_ref (task));
      return;
    }
  if (!check_secret (self, &error))
    {
      g_clear_pointer (&self->secret, terrace_secret_free);
      g_task_return_error (task, error);
      return;
    }

  sending->signed_offset_us = self->clock_offset_us;
  message = make_message (self, sending);
  terrace_http_send_async (self->session, message, sending->request->limit_bytes,
                           g_task_get_cancellable (task), send_cb, g_object_ref (task));
}

/* (transfer full): Azure writes its CRC-64 with the least significant byte first. */
static char *
make_sum (GBytes *body, TerraceChecksumKind kind)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (body, &length);
  guint8 reversed[CRC64_BYTES];
  TerraceDigest digest;

  terrace_digest_of (kind, data, length, &digest);
  if (kind != TERRACE_CHECKSUM_CRC64)
    return terrace_digest_to_base64 (&digest);

  for (guint i = 0; i < CRC64_BYTES; i++)
    reversed[i] = digest.bytes[CRC64_BYTES - 1 - i];
  return g_base64_encode (reversed, CRC64_BYTES);
}

typedef struct
{
  GBytes *body;
  TerraceChecksumKind kind;
} Summing;

static void
summing_free (Summing *self)
{
  g_bytes_unref (self->body);
  g_free (self);
}

static void
sum_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Summing *summing = data;

  g_task_return_pointer (task, make_sum (summing->body, summing->kind), g_free);
}

static void
sum_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;

  g_free (sending->sum);
  sending->sum = g_task_propagate_pointer (G_TASK (result), &error);
  if (sending->sum == NULL)
    g_task_return_error (task, error);
  else
    send_now (task);
}

static void
sum_body (GTask *task, TerraceChecksumKind kind)
{
  TerraceAzureClient *self = g_task_get_source_object (task);
  Sending *sending = g_task_get_task_data (task);
  GBytes *body = sending->request->body;
  gsize length = body != NULL ? g_bytes_get_size (body) : 0;

  sending->kind = kind;
  if (length < SUM_ON_WORKER_BYTES)
    {
      g_free (sending->sum);
      sending->sum = length > 0 ? make_sum (body, kind) : NULL;
      send_now (task);
    }
  else
    {
      GTask *sum = g_task_new (self, g_task_get_cancellable (task), sum_cb, g_object_ref (task));
      Summing *summing = g_new0 (Summing, 1);

      summing->body = g_bytes_ref (body);
      summing->kind = kind;
      g_task_set_source_tag (sum, sum_body);
      g_task_set_task_data (sum, summing, (GDestroyNotify) summing_free);
      terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, sum_work, sum);
    }
}

void
terrace_azure_client_send_async (TerraceAzureClient *self,
                                 TerraceHttpRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Sending *sending = g_new0 (Sending, 1);

  g_task_set_source_tag (task, terrace_azure_client_send_async);
  g_task_set_check_cancellable (task, FALSE);
  sending->request = request;
  g_task_set_task_data (task, sending, (GDestroyNotify) sending_free);
  sum_body (task, self->refuses_crc64 ? TERRACE_CHECKSUM_MD5 : TERRACE_CHECKSUM_CRC64);
}

TerraceAzureResponse *
terrace_azure_client_send_finish (TerraceAzureClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GError *
terrace_azure_client_to_error (TerraceAzureClient *self, const TerraceAzureResponse *response)
{
  /* Translators: the name of a container and that of a server */
  g_autofree char *place =
      g_strdup_printf (_ ("container %s at %s"), self->address->container, self->address->host);

  return terrace_http_error_new (terrace_azure_meanings, response->code, response->status, place,
                                 response->retry_after_s);
}
