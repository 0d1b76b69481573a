/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Azure provider against a server that is broken, slow or hostile: an error in words each time,
 * never a hang, and the key goes nowhere else. */

#include "provider/azure/terrace-azure-provider.h"

#include "base/terrace-error.h"
#include "http-fault-server.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#include <string.h>

#define ACCOUNT_KEY "dmVyeSBzZWNyZXQga2V5IG9mIHRoZSBhY2NvdW50"
#define NOW_US G_GINT64_CONSTANT (1795342272000000)
#define HEAD_OK "ETag: \"abc\"\r\nLast-Modified: Sun, 22 Nov 2026 10:11:12 GMT\r\n"
#define CODE(name) "x-ms-error-code: " name "\r\n"
#define OURS "x-ms-meta-terracetoken: token\r\n"
#define EMPTY_LISTING "<EnumerationResults><Blobs/></EnumerationResults>"

typedef struct
{
  FaultServer *server;
  TerraceWorker *worker;
  TerraceProvider *provider;
} Fixture;

static TerraceProvider *
make_provider (Fixture *fixture, const char *options, const char *secret_key)
{
  static const char *const classes[] = { "azure/Archive", "azure/Cool", NULL };
  g_autofree char *root = g_strdup_printf ("http://127.0.0.1:%u/account/cont%s",
                                           fault_server_get_port (fixture->server), options);
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_AZURE, "test", root, classes);
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = terrace_secret_new ("-", secret_key, NULL);
  g_autoptr (TerraceClock) clock = terrace_fake_clock_new (NOW_US);
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GError) error = NULL;
  TerraceAzureProvider *provider;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  provider = terrace_azure_provider_new (location, credentials, fixture->worker, clock, &error);
  g_assert_no_error (error);
  terrace_azure_provider_set_copy_interval (provider, 1);

  return TERRACE_PROVIDER (provider);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = fault_server_new ();
  fixture->worker = terrace_worker_new ("test-files", 1);
  fixture->provider = make_provider (fixture, "", ACCOUNT_KEY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_finalize_object (fixture->provider);
  fault_server_free (fixture->server);
  terrace_worker_shutdown_async (fixture->worker, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_worker_shutdown_finish (fixture->worker, result, NULL));
  g_clear_object (&result);
  terrace_test_settle ();
  g_object_unref (fixture->worker);
}

static void
replace_provider (Fixture *fixture, const char *options, const char *secret_key)
{
  g_assert_finalize_object (fixture->provider);
  fixture->provider = make_provider (fixture, options, secret_key);
}

static const char *
request (Fixture *fixture, guint index)
{
  return fault_server_get_request (fixture->server, index);
}

static TerraceListing *
list (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_list_async (fixture->provider, "", NULL, NULL, terrace_test_store_result,
                               &result);
  terrace_test_await (&result);
  return terrace_provider_list_finish (fixture->provider, result, error);
}

static TerraceObjectInfo *
stat_key (Fixture *fixture, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_stat_async (fixture->provider, key, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_stat_finish (fixture->provider, result, error);
}

static GBytes *
read_key (Fixture *fixture, guint64 offset, gsize length, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_read_range_async (fixture->provider, "key", "abc", offset, length, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_read_range_finish (fixture->provider, result, error);
}

/* Sends an object of one piece, which the fixture's server answers. */
static TerraceObjectInfo *
put_key (Fixture *fixture, const char *text, const char *class_id, GError **error)
{
  TerraceWriteOptions options = { "token", strlen (text), 100, class_id, NULL };
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) begun = NULL;
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) finished = NULL;
  g_autofree char *upload = NULL;
  g_autofree char *receipt = NULL;

  terrace_provider_begin_async (fixture->provider, "key", &options, NULL, terrace_test_store_result,
                                &begun);
  terrace_test_await (&begun);
  upload = terrace_provider_begin_finish (fixture->provider, begun, error);
  if (upload == NULL)
    return NULL;

  terrace_provider_write_part_async (fixture->provider, "key", upload, 0, 0, bytes, NULL,
                                     terrace_test_store_result, &written);
  terrace_test_await (&written);
  receipt = terrace_provider_write_part_finish (fixture->provider, written, error);
  g_assert_nonnull (receipt);
  g_ptr_array_add (parts, terrace_part_new (0, 0, strlen (text), receipt));
  terrace_provider_finish_async (fixture->provider, "key", upload, parts, &options, NULL,
                                 terrace_test_store_result, &finished);
  terrace_test_await (&finished);
  return terrace_provider_finish_finish (fixture->provider, finished, error);
}

/* The answer to a HEAD of an object of ours. */
static void
answer_head (Fixture *fixture, gsize size_bytes, const char *headers)
{
  g_autofree char *text =
      g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n" HEAD_OK
                       "%s\r\n",
                       size_bytes, headers);

  fault_server_add (fixture->server, FAULT_NONE, text);
}

static void
answer_nothing_there (Fixture *fixture)
{
  fault_server_answer (fixture->server, "404 Not Found", CODE ("BlobNotFound"), "");
}

static void
assert_list_fails (Fixture *fixture, TerraceErrorCode code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
  g_assert_null (strstr (error->message, ACCOUNT_KEY));
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static void
test_statuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *headers;
    const char *body;
    TerraceErrorCode code;
  } cases[] = {
    { "500 Internal Server Error", NULL, "", TERRACE_ERROR_UNREACHABLE },
    { "500 Internal Server Error", CODE ("OperationTimedOut"), "", TERRACE_ERROR_UNREACHABLE },
    { "502 Bad Gateway", NULL, "<html>proxy</html>", TERRACE_ERROR_UNREACHABLE },
    { "503 Busy", CODE ("ServerBusy"), "", TERRACE_ERROR_BUSY },
    { "503 Busy", NULL, "<Error><Code>ServerBusy</Code></Error>", TERRACE_ERROR_BUSY },
    { "429 Too Many Requests", NULL, "", TERRACE_ERROR_BUSY },
    { "403 Forbidden", CODE ("AuthorizationPermissionMismatch"), "", TERRACE_ERROR_PERMISSION },
    { "403 Forbidden", CODE ("AuthenticationFailed"), "", TERRACE_ERROR_PERMISSION },
    { "404 Not Found", CODE ("ContainerNotFound"), "", TERRACE_ERROR_NOT_FOUND },
    { "409 Conflict", CODE ("BlobArchived"), "", TERRACE_ERROR_FAILED },
    { "409 Conflict", CODE ("BlobBeingRehydrated"), "", TERRACE_ERROR_BUSY },
    { "409 Conflict", CODE ("SnapshotsPresent"), "", TERRACE_ERROR_FAILED },
    { "409 Conflict", CODE ("BlobImmutableDueToPolicy"), "", TERRACE_ERROR_PERMISSION },
    { "412 Failed", CODE ("LeaseIdMissing"), "", TERRACE_ERROR_BUSY },
    { "412 Failed", CODE ("ConditionNotMet"), "", TERRACE_ERROR_CHANGED },
    { "400 Bad Request", CODE ("Md5Mismatch"), "", TERRACE_ERROR_CORRUPT },
    { "418 Strange", CODE ("\xff\xfe"), "", TERRACE_ERROR_FAILED },
    { "200 OK", NULL, "", TERRACE_ERROR_CORRUPT },
    { "200 OK", NULL, "<EnumerationResults><Blobs>", TERRACE_ERROR_CORRUPT },
    { "200 OK", NULL, "<Error><Code>InternalError</Code></Error>", TERRACE_ERROR_CORRUPT },
    { "200 OK", NULL, "<!DOCTYPE x><EnumerationResults/>", TERRACE_ERROR_CORRUPT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault_server_answer (fixture->server, cases[i].status, cases[i].headers, cases[i].body);
      assert_list_fails (fixture, cases[i].code);
      g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, i + 1);
    }
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "503 Busy", CODE ("ServerBusy") "Retry-After: 17\r\n", "");
  g_assert_null (list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_true (terrace_error_is_retryable (error));
  g_assert_cmpint (terrace_error_get_retry_after (error), ==, 17 * TERRACE_US_PER_SECOND);
}

static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  /* Libsoup may try again by itself, on another connection. */
  for (guint i = 0; i < 4; i++)
    fault_server_add (fixture->server, FAULT_DROP, NULL);
  assert_list_fails (fixture, TERRACE_ERROR_UNREACHABLE);
}

/* Answers that are complete, but not to what was asked; and one that is not complete. */
static void
test_wrong_ranges (Fixture *fixture, gconstpointer data)
{
  static const char *const headers[] = {
    "ETag: \"abc\"\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 1-10/100\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 0-8/100\r\n",
    "ETag: \"abc\"\r\nContent-Range: bytes 0-99/100\r\n",
  };
  g_autoptr (GError) changed_error = NULL;
  g_autoptr (GError) more_error = NULL;
  g_autoptr (GError) short_error = NULL;
  g_autoptr (GError) empty_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, "206 Partial Content", headers[i], "0123456789");
      g_assert_null (read_key (fixture, 0, 10, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }

  fault_server_answer (fixture->server, "200 OK", "ETag: \"abc\"\r\n", "01234567890123456789");
  g_assert_null (read_key (fixture, 0, 10, &more_error));
  g_assert_error (more_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  fault_server_answer (fixture->server, "206 Partial Content",
                       "ETag: \"other\"\r\nContent-Range: bytes 0-9/100\r\n", "0123456789");
  g_assert_null (read_key (fixture, 0, 10, &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  fault_server_add (fixture->server, FAULT_NONE,
                    "HTTP/1.1 206 Partial\r\nETag: \"abc\"\r\nContent-Range: bytes 0-9/100\r\n"
                    "Content-Length: 10\r\n\r\n12345");
  g_assert_null (read_key (fixture, 0, 10, &short_error));
  g_assert_error (short_error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  fault_server_answer (fixture->server, "206 Partial Content", "ETag: \"abc\"\r\n", "");
  answer_head (fixture, 100, "");
  g_assert_null (read_key (fixture, 0, 10, &empty_error));
  g_assert_error (empty_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_endless (Fixture *fixture, gconstpointer data)
{
  fault_server_add (fixture->server, FAULT_ENDLESS,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<EnumerationResults>");
  assert_list_fails (fixture, TERRACE_ERROR_LIMIT);
  fault_server_add (fixture->server, FAULT_ENDLESS,
                    "HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n");
  assert_list_fails (fixture, TERRACE_ERROR_LIMIT);
}

static gboolean
is_silent (gpointer data)
{
  return fault_server_get_n_silent (data) > 0;
}

static void
test_never_answering (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fault_server_add (fixture->server, FAULT_SILENT, NULL);
  terrace_provider_list_async (fixture->provider, "", NULL, cancellable, terrace_test_store_result,
                               &result);
  terrace_test_await_condition (is_silent, fixture->server);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_list_finish (fixture->provider, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  static const char *const statuses[] = { "301 Moved", "302 Found", "307 Temporary", "308 Gone" };
  g_autoptr (FaultServer) other = fault_server_new ();
  g_autofree char *headers = g_strdup_printf ("Location: http://127.0.0.1:%u/account/cont\r\n",
                                              fault_server_get_port (other));

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      fault_server_answer (fixture->server, statuses[i], headers, "");
      assert_list_fails (fixture, TERRACE_ERROR_INVALID);
    }
  terrace_test_settle ();
  g_assert_cmpuint (fault_server_get_n_requests (other), ==, 0);
}

/* Our clock is an hour late: the server's is taken, once; a clock that is right is not blamed. */
static void
test_clock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refused_error = NULL;

  fault_server_answer (fixture->server, "403 Forbidden",
                       CODE ("AuthenticationFailed") "Date: Sun, 22 Nov 2026 11:11:12 GMT\r\n", "");
  fault_server_answer (fixture->server, "200 OK", NULL, EMPTY_LISTING);
  listing = list (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (request (fixture, 0), "x-ms-date: Sun, 22 Nov 2026 10:11:12 GMT"));
  g_assert_nonnull (strstr (request (fixture, 1), "x-ms-date: Sun, 22 Nov 2026 11:11:12 GMT"));

  fault_server_answer (fixture->server, "403 Forbidden",
                       CODE ("AuthenticationFailed") "Date: Sun, 22 Nov 2026 11:11:13 GMT\r\n", "");
  g_assert_null (list (fixture, &refused_error));
  g_assert_error (refused_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 3);
}

/* What is signed is what goes over the wire, slashes and all; no secret does. */
static void
test_wire (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key;
    const char *line;
  } cases[] = {
    { "a//b", "HEAD /account/cont/a//b HTTP/1.1\r\n" },
    { "/lead", "HEAD /account/cont//lead HTTP/1.1\r\n" },
    { "../x", "HEAD /account/cont/.%EF%BC%8E/x HTTP/1.1\r\n" },
    { "a%2Fb+c d?#", "HEAD /account/cont/a%252Fb%2Bc%20d%3F%23 HTTP/1.1\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info = NULL;

      fault_server_answer (fixture->server, "200 OK", HEAD_OK, "");
      info = stat_key (fixture, cases[i].key, &error);
      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (request (fixture, i), cases[i].line));
      g_assert_nonnull (strstr (request (fixture, i), "\r\nAuthorization: SharedKey account:"));
      g_assert_nonnull (strstr (request (fixture, i), "\r\nx-ms-version: 2021-12-02"));
      g_assert_null (strstr (request (fixture, i), ACCOUNT_KEY));
    }
}

static void
test_signature (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) expired_error = NULL;

  replace_provider (fixture, "", "https://account.example/cont?sp=rl&se=2027-01-01&sig=a%2Bb%3D");
  fault_server_answer (fixture->server, "200 OK", NULL, EMPTY_LISTING);
  listing = list (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (request (fixture, 0), "&sp=rl&se=2027-01-01&sig=a%2Bb%3D HTTP/1.1"));
  g_assert_null (strstr (request (fixture, 0), "Authorization"));

  replace_provider (fixture, "", "sp=rl&se=2026-11-22T10%3A00%3A00Z&sig=verysecret");
  g_assert_null (list (fixture, &expired_error));
  g_assert_error (expired_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (expired_error->message, "2026-11-22T10:00:00Z"));
  g_assert_null (strstr (expired_error->message, "verysecret"));
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 1);
}

/* Metadata that nobody sane has written is no metadata. */
static void
test_strange_metadata (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) missing_error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (TerraceObjectInfo) sane = NULL;

  fault_server_answer (fixture->server, "200 OK",
                       HEAD_OK "x-ms-meta-mtime: yesterday\r\nx-ms-meta-terracemode: 99999\r\n"
                               "x-ms-meta-terracexattrs: !!!!\r\nx-ms-meta-terracewhole: 1\r\n"
                               "Content-MD5: AAAA\r\n",
                       "");
  info = stat_key (fixture, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpint (info->modified_us, ==, NOW_US);
  g_assert_cmpuint (info->mode, ==, G_MAXUINT32);
  g_assert_null (info->attributes);
  g_assert_cmpint (info->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  g_assert_cmpstr (info->class_id, ==, "azure/Hot");

  fault_server_answer (fixture->server, "200 OK",
                       HEAD_OK "X-MS-Meta-Mtime: 2009-02-13T23:31:30.123456789Z\r\n"
                               "x-ms-meta-terracemode: 0640\r\nx-ms-meta-terracewhole: 1\r\n"
                               "x-ms-access-tier: Cold\r\n"
                               "x-ms-creation-time: Sun, 22 Nov 2026 10:11:11 GMT\r\n"
                               "x-ms-last-access-time: Sun, 22 Nov 2026 10:11:13 GMT\r\n"
                               "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\r\n",
                       "");
  sane = stat_key (fixture, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sane->modified_us, ==, G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpint (sane->created_us, ==, NOW_US - TERRACE_US_PER_SECOND);
  g_assert_cmpint (sane->accessed_us, ==, NOW_US + TERRACE_US_PER_SECOND);
  g_assert_cmpuint (sane->mode, ==, 0640);
  g_assert_cmpint (sane->checksum.kind, ==, TERRACE_CHECKSUM_MD5);
  g_assert_cmpstr (sane->class_id, ==, "azure/Cold");

  fault_server_answer (fixture->server, "200 OK", NULL, "");
  g_assert_null (stat_key (fixture, "key", &missing_error));
  g_assert_error (missing_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* A server that does not know CRC-64 gets MD5, from then on; one that is just ill is told so. */
static void
test_checksums (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ill_error = NULL;
  g_autoptr (TerraceObjectInfo) first = NULL;
  g_autoptr (TerraceObjectInfo) second = NULL;

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "500 Oops", NULL, "");
  fault_server_answer (fixture->server, "500 Oops", NULL, "");
  g_assert_null (put_key (fixture, "Hello Azure!", NULL, &ill_error));
  g_assert_error (ill_error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (request (fixture, 1), "x-ms-content-crc64: DtjZpL9/o8c="));
  g_assert_nonnull (strstr (request (fixture, 2), "content-md5: Pz8543xut4RVSbb2g52Mww=="));

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "400 Bad Request", CODE ("InvalidHeaderValue"), "");
  fault_server_answer (fixture->server, "201 Created", NULL, "");
  answer_head (fixture, 12, OURS);
  first = put_key (fixture, "Hello Azure!", NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (request (fixture, 4), "x-ms-content-crc64"));
  g_assert_null (strstr (request (fixture, 5), "x-ms-content-crc64"));

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "201 Created", NULL, "");
  answer_head (fixture, 12, OURS);
  second = put_key (fixture, "Hello Azure!", NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (request (fixture, 8), "content-md5"));
  g_assert_null (strstr (request (fixture, 8), "x-ms-content-crc64"));
}

/* A server that has taken CRC-64 once is not doubted when it falls ill. */
static void
test_known_checksums (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ill_error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "201 Created", NULL, "");
  answer_head (fixture, 5, OURS);
  info = put_key (fixture, "hello", NULL, &error);
  g_assert_no_error (error);
  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "500 Oops", NULL, "");
  g_assert_null (put_key (fixture, "hello", NULL, &ill_error));
  g_assert_error (ill_error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 5);
}

/* It says "created", and has something else. */
static void
test_lying_finish (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gsize size_bytes;
    const char *headers;
    TerraceErrorCode code;
  } cases[] = {
    { 4, OURS, TERRACE_ERROR_CORRUPT },
    { 5, "x-ms-meta-terracetoken: other\r\n", TERRACE_ERROR_EXISTS },
    { 5, "", TERRACE_ERROR_EXISTS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      answer_nothing_there (fixture);
      fault_server_answer (fixture->server, "201 Created", NULL, "");
      answer_head (fixture, cases[i].size_bytes, cases[i].headers);
      g_assert_null (put_key (fixture, "hello", NULL, &error));
      g_assert_error (error, TERRACE_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (request (fixture, 3 * i + 1), "If-None-Match: *"));
    }
}

/* What the answer tells is not asked for once more, unless something is missing. */
static void
test_finish (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (TerraceObjectInfo) asked = NULL;

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "201 Created",
                       HEAD_OK "Content-MD5: XUFAKrxLKna5cZ2REBfFkg==\r\n", "");
  info = put_key (fixture, "hello", "azure/Cool", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 2);
  g_assert_cmpstr (info->version, ==, "abc");
  g_assert_cmpuint (info->size_bytes, ==, 5);
  g_assert_cmpstr (info->class_id, ==, "azure/Cool");
  g_assert_cmpint (info->modified_us, ==, NOW_US);
  g_assert_cmpint (info->checksum.kind, ==, TERRACE_CHECKSUM_MD5);

  answer_nothing_there (fixture);
  fault_server_answer (fixture->server, "201 Created", HEAD_OK, "");
  answer_head (fixture, 5, OURS);
  asked = put_key (fixture, "hello", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 5);
}

static void
start_copy (Fixture *fixture, GCancellable *cancellable, GAsyncResult **result)
{
  static const TerraceWriteOptions options = { "token", 5, 100, "azure/Cool", NULL };

  terrace_azure_provider_set_copy_limit (TERRACE_AZURE_PROVIDER (fixture->provider), 1);
  answer_nothing_there (fixture);
  answer_head (fixture, 5, "x-ms-meta-color: red\r\nx-ms-meta-terracewhole: 1\r\n");
  terrace_provider_copy_from_async (fixture->provider, "to", &options, fixture->provider, "a b",
                                    "abc", cancellable, terrace_test_store_result, result);
}

static void
answer_pending (Fixture *fixture)
{
  fault_server_answer (fixture->server, "202 Accepted",
                       "x-ms-copy-status: pending\r\nx-ms-copy-id: 17\r\n", "");
}

/* A copy in the service's own time is asked for until it is there. */
static void
test_copy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  start_copy (fixture, NULL, &result);
  answer_pending (fixture);
  answer_head (fixture, 5, OURS "x-ms-copy-status: pending\r\nx-ms-copy-id: 17\r\n");
  answer_head (fixture, 5, OURS "x-ms-copy-status: pending\r\nx-ms-copy-id: 17\r\n");
  answer_head (fixture, 5, OURS "x-ms-copy-status: success\r\nx-ms-copy-id: 17\r\n");
  answer_head (fixture, 5, OURS "x-ms-copy-status: success\r\nx-ms-copy-id: 17\r\n");
  terrace_test_await (&result);
  info = terrace_provider_copy_from_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->size_bytes, ==, 5);

  g_assert_true (g_str_has_prefix (request (fixture, 2), "PUT /account/cont/to HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request (fixture, 2), "/account/cont/a%20b?sv=2021-12-02&sr=b&sp=r&"));
  g_assert_nonnull (strstr (request (fixture, 2), "se=2026-11-23T10%3A11%3A12Z"));
  g_assert_nonnull (strstr (request (fixture, 2), "x-ms-source-if-match: \"abc\""));
  g_assert_nonnull (strstr (request (fixture, 2), "If-None-Match: *"));
  g_assert_nonnull (strstr (request (fixture, 2), "x-ms-meta-color: red"));
  g_assert_nonnull (strstr (request (fixture, 2), "x-ms-access-tier: Cool"));
  g_assert_null (strstr (request (fixture, 2), "terracewhole"));
  g_assert_null (strstr (request (fixture, 2), "x-ms-requires-sync"));
}

/* What the service gives up leaves nothing behind. */
static void
test_copy_failed (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *headers;
    TerraceErrorCode code;
  } cases[] = {
    { OURS "x-ms-copy-status: failed\r\nx-ms-copy-status-description: 412 ConditionNotMet\r\n",
      TERRACE_ERROR_CHANGED },
    { OURS "x-ms-copy-status: aborted\r\n", TERRACE_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      start_copy (fixture, NULL, &result);
      answer_pending (fixture);
      answer_head (fixture, 0, cases[i].headers);
      fault_server_answer (fixture->server, "202 Accepted", NULL, "");
      terrace_test_await (&result);
      g_assert_null (terrace_provider_copy_from_finish (fixture->provider, result, &error));
      g_assert_error (error, TERRACE_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (request (fixture, 5 * i + 4), "DELETE /account/cont/to "));
      g_assert_nonnull (strstr (request (fixture, 5 * i + 4), "If-Match: \"abc\""));
    }
}

static gboolean
has_begun_to_wait (gpointer data)
{
  return fault_server_get_n_requests (data) >= 3;
}

/* A copy that nobody wants any more is stopped and removed. */
static void
test_copy_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_azure_provider_set_copy_interval (TERRACE_AZURE_PROVIDER (fixture->provider), 3600000);
  start_copy (fixture, cancellable, &result);
  answer_pending (fixture);
  terrace_test_await_condition (has_begun_to_wait, fixture->server);
  terrace_test_settle ();
  g_assert_null (result);
  fault_server_answer (fixture->server, "204 No Content", NULL, "");
  answer_head (fixture, 0, OURS "x-ms-copy-status: aborted\r\n");
  fault_server_answer (fixture->server, "202 Accepted", NULL, "");
  g_cancellable_cancel (cancellable);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_copy_from_finish (fixture->provider, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_str_has_prefix (request (fixture, 3),
                                   "PUT /account/cont/to?comp=copy&copyid=17 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request (fixture, 3), "x-ms-copy-action: abort"));
  g_assert_true (g_str_has_prefix (request (fixture, 5), "DELETE /account/cont/to "));
}

/* The service cannot read the source, so the bytes have to go through us. */
static void
test_copy_unsupported (Fixture *fixture, gconstpointer data)
{
  static const char *const statuses[] = { "403 Forbidden", "404 Not Found", "409 Conflict" };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      start_copy (fixture, NULL, &result);
      fault_server_answer (fixture->server, statuses[i], CODE ("CannotVerifyCopySource"), "");
      terrace_test_await (&result);
      g_assert_null (terrace_provider_copy_from_finish (fixture->provider, result, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
    }
}

static gboolean
restore (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_restore_async (fixture->provider, "key", 7, NULL, terrace_test_store_result,
                                  &result);
  terrace_test_await (&result);
  return terrace_provider_restore_finish (fixture->provider, result, error);
}

/* Out of the archive, into the first class of the location that is none, as fast as it says. */
static void
test_restore (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refused_error = NULL;

  replace_provider (fixture, "?rehydrate=high", ACCOUNT_KEY);
  answer_head (fixture, 5, "x-ms-access-tier: Archive\r\n");
  fault_server_answer (fixture->server, "202 Accepted", NULL, "");
  g_assert_true (restore (fixture, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (request (fixture, 1), "PUT /account/cont/key?comp=tier "));
  g_assert_nonnull (strstr (request (fixture, 1), "x-ms-access-tier: Cool"));
  g_assert_nonnull (strstr (request (fixture, 1), "x-ms-rehydrate-priority: High"));

  answer_head (fixture, 5,
               "x-ms-access-tier: Archive\r\nx-ms-archive-status: rehydrate-pending-to-cool\r\n");
  g_assert_true (restore (fixture, &error));
  g_assert_no_error (error);

  answer_head (fixture, 5, "x-ms-access-tier: Archive\r\n");
  fault_server_answer (fixture->server, "409 Conflict", CODE ("BlobBeingRehydrated"), "");
  g_assert_true (restore (fixture, &error));
  g_assert_no_error (error);

  answer_head (fixture, 5, "x-ms-access-tier: Archive\r\n");
  fault_server_answer (fixture->server, "403 Forbidden", CODE ("AuthorizationPermissionMismatch"),
                       "");
  g_assert_false (restore (fixture, &refused_error));
  g_assert_error (refused_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
}

/* Rehydration takes hours: until then the object is where it was. */
static void
test_slow_class (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  answer_head (fixture, 5, "x-ms-access-tier: Archive\r\n");
  fault_server_answer (fixture->server, "202 Accepted", NULL, "");
  answer_head (fixture, 5,
               "x-ms-access-tier: Archive\r\nx-ms-archive-status: rehydrate-pending-to-hot\r\n");
  terrace_provider_set_class_async (fixture->provider, "key", "abc", "azure/Hot", NULL,
                                    terrace_test_store_result, &result);
  terrace_test_await (&result);
  info = terrace_provider_set_class_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->class_id, ==, "azure/Archive");
  g_assert_nonnull (strstr (request (fixture, 1), "x-ms-rehydrate-priority: Standard"));
}

static void
test_lifecycle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_get_lifecycle_async (fixture->provider, NULL, terrace_test_store_result,
                                        &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_get_lifecycle_finish (fixture->provider, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "portal"));
}

#define ADD(name, function) \
  g_test_add ("/provider/azure-faults/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("statuses", test_statuses);
  ADD ("retry-after", test_retry_after);
  ADD ("dropped", test_dropped);
  ADD ("wrong-ranges", test_wrong_ranges);
  ADD ("endless", test_endless);
  ADD ("never-answering", test_never_answering);
  ADD ("redirect", test_redirect);
  ADD ("clock", test_clock);
  ADD ("wire", test_wire);
  ADD ("signature", test_signature);
  ADD ("strange-metadata", test_strange_metadata);
  ADD ("checksums", test_checksums);
  ADD ("known-checksums", test_known_checksums);
  ADD ("finish", test_finish);
  ADD ("lying-finish", test_lying_finish);
  ADD ("copy", test_copy);
  ADD ("copy-failed", test_copy_failed);
  ADD ("copy-cancelled", test_copy_cancelled);
  ADD ("copy-unsupported", test_copy_unsupported);
  ADD ("restore", test_restore);
  ADD ("slow-class", test_slow_class);
  ADD ("lifecycle", test_lifecycle);

  return g_test_run ();
}
