/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GCS provider against a server that is broken, slow or hostile: an error in words each time,
 * never a hang, and key and token go nowhere else. */

#include "provider/gcs/terrace-gcs-provider.h"

#include "base/terrace-error.h"
#include "gcs-account.h"
#include "http-fault-server.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#include <string.h>

#define TOKEN "ya29.verysecrettoken"
#define NOW_US G_GINT64_CONSTANT (1795342272000000)
#define TOKEN_ANSWER \
  "{\"access_token\":\"" TOKEN "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"
#define OBJECT "{\"name\":\"key\",\"generation\":\"7\",\"size\":\"100\"}"
#define MINE                                         \
  "{\"name\":\"key\",\"generation\":\"7\",\"size\":" \
  "\"1048576\",\"metadata\":{\"terrace-token\":\"token\"}}"
#define NOT_FOUND "{\"error\":{\"code\":404,\"errors\":[{\"reason\":\"notFound\"}]}}"
#define GRANULE (256 * 1024)

typedef struct
{
  FaultServer *server;
  TerraceClock *clock;
  TerraceProvider *provider;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const classes[] = { "gcs/STANDARD", NULL };
  g_autofree char *root = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *account = NULL;
  g_autoptr (TerraceLocation) location = NULL;
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) halves = g_strsplit (GCS_TEST_ACCOUNT ("@"), "\"@\"", 2);
  TerraceGcsProvider *provider;
  guint16 port;

  fixture->server = fault_server_new ();
  port = fault_server_get_port (fixture->server);
  root = g_strdup_printf ("http://127.0.0.1:%u/bucket", port);
  uri = g_strdup_printf ("\"http://127.0.0.1:%u/token\"", port);
  account = g_strconcat (halves[0], uri, halves[1], NULL);
  location = terrace_location_new (TERRACE_LOCATION_GCS, "test", root, classes);
  secret = terrace_secret_new ("service-account", account, NULL);
  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  fixture->clock = terrace_fake_clock_new (NOW_US);
  provider = terrace_gcs_provider_new (location, credentials, fixture->clock, &error);
  g_assert_no_error (error);
  fixture->provider = TERRACE_PROVIDER (provider);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_test_settle ();
  g_assert_finalize_object (fixture->provider);
  fault_server_free (fixture->server);
  terrace_test_settle ();
  g_object_unref (fixture->clock);
}

static void
answer_token (Fixture *fixture)
{
  fault_server_answer (fixture->server, "200 OK", NULL, TOKEN_ANSWER);
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

  terrace_provider_read_range_async (fixture->provider, "key", "7", offset, length, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_read_range_finish (fixture->provider, result, error);
}

static void
assert_clean (const GError *error)
{
  g_assert_null (strstr (error->message, TOKEN));
  g_assert_null (strstr (error->message, "PRIVATE"));
  g_assert_false (g_str_has_suffix (error->message, "."));
}

static void
assert_list_fails (Fixture *fixture, TerraceErrorCode code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
  assert_clean (error);
}

#define REASON(reason) "{\"error\":{\"code\":1,\"errors\":[{\"reason\":\"" reason "\"}]}}"

static void
test_statuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *body;
    TerraceErrorCode code;
  } cases[] = {
    { "500 Internal Server Error", "", TERRACE_ERROR_UNREACHABLE },
    { "502 Bad Gateway", "<html>proxy</html>", TERRACE_ERROR_UNREACHABLE },
    { "503 Service Unavailable", REASON ("backendError"), TERRACE_ERROR_UNREACHABLE },
    { "429 Too Many Requests", REASON ("rateLimitExceeded"), TERRACE_ERROR_BUSY },
    { "403 Forbidden", REASON ("rateLimitExceeded"), TERRACE_ERROR_BUSY },
    { "403 Forbidden", REASON ("userRateLimitExceeded"), TERRACE_ERROR_BUSY },
    { "403 Forbidden", REASON ("forbidden"), TERRACE_ERROR_PERMISSION },
    { "403 Forbidden", "", TERRACE_ERROR_PERMISSION },
    { "404 Not Found", REASON ("notFound"), TERRACE_ERROR_NOT_FOUND },
    { "408 Request Timeout", "", TERRACE_ERROR_UNREACHABLE },
    { "501 Not Implemented", "", TERRACE_ERROR_UNSUPPORTED },
    { "418 Strange", "[[[[", TERRACE_ERROR_FAILED },
    { "302 Found", "", TERRACE_ERROR_INVALID },
    { "200 OK", "", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{\"items\":[1]}", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{\"items\":[{\"name\":\"a\"}]}", TERRACE_ERROR_CORRUPT },
    { "200 OK", "[]", TERRACE_ERROR_CORRUPT },
  };

  answer_token (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault_server_answer (fixture->server, cases[i].status, NULL, cases[i].body);
      assert_list_fails (fixture, cases[i].code);
      g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, i + 2);
    }
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  fault_server_answer (fixture->server, "429 Slow Down", "Retry-After: 17\r\n", "");
  g_assert_null (list (fixture, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_cmpint (terrace_error_get_retry_after (error), ==, 17 * G_USEC_PER_SEC);
}

/* A token that is refused is replaced once; one that is refused again is an error. */
static void
test_refused_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  fault_server_answer (fixture->server, "401 Unauthorized", NULL, REASON ("authError"));
  fault_server_answer (fixture->server, "200 OK", NULL,
                       "{\"access_token\":\"second\",\"expires_in\":3599}");
  fault_server_answer (fixture->server, "200 OK", NULL, "{}");
  listing = list (fixture, &error);
  g_assert_no_error (error);
  g_assert_nonnull (
      strstr (fault_server_get_request (fixture->server, 3), "Authorization: Bearer second\r\n"));

  fault_server_answer (fixture->server, "401 Unauthorized", NULL, REASON ("authError"));
  answer_token (fixture);
  fault_server_answer (fixture->server, "401 Unauthorized", NULL, REASON ("authError"));
  assert_list_fails (fixture, TERRACE_ERROR_PERMISSION);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 7);
}

/* Before a token expires another one is got; one question serves all who wait. */
static void
test_token_life (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[3] = { NULL };
  g_autoptr (TerraceListing) later = NULL;
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    fault_server_answer (fixture->server, "200 OK", NULL, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    terrace_provider_list_async (fixture->provider, "", NULL, NULL, terrace_test_store_result,
                                 &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (TerraceListing) listing = NULL;

      terrace_test_await (&results[i]);
      listing = terrace_provider_list_finish (fixture->provider, results[i], &error);
      g_assert_no_error (error);
      g_clear_object (&results[i]);
    }
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 4);

  terrace_fake_clock_advance_us (TERRACE_FAKE_CLOCK (fixture->clock),
                                 G_GINT64_CONSTANT (3400) * G_USEC_PER_SEC);
  answer_token (fixture);
  fault_server_answer (fixture->server, "200 OK", NULL, "{}");
  later = list (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (fault_server_get_request (fixture->server, 4), "POST /token "));
}

static void
test_bad_token_answers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *body;
    TerraceErrorCode code;
  } cases[] = {
    { "200 OK", "", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{}", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{\"access_token\":\"a\\r\\nX: y\",\"expires_in\":5}", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{\"access_token\":{},\"expires_in\":5}", TERRACE_ERROR_CORRUPT },
    { "200 OK", "{\"access_token\":\"a\"}", TERRACE_ERROR_CORRUPT },
    { "400 Bad Request", "{\"error\":\"invalid_grant\"}", TERRACE_ERROR_PERMISSION },
    { "400 Bad Request", "", TERRACE_ERROR_PERMISSION },
    { "503 Service Unavailable", "", TERRACE_ERROR_BUSY },
    { "302 Found", "", TERRACE_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fault_server_answer (fixture->server, cases[i].status, NULL, cases[i].body);
      assert_list_fails (fixture, cases[i].code);
      g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, i + 1);
    }
}

static gboolean
is_silent (gpointer server)
{
  return fault_server_get_n_silent (server) == 1;
}

/* One who waits for a token that never comes can go. */
static void
test_cancelled_token (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  fault_server_add (fixture->server, FAULT_SILENT, NULL);
  terrace_provider_stat_async (fixture->provider, "key", cancellable, terrace_test_store_result,
                               &result);
  terrace_test_await_condition (is_silent, fixture->server);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&result);
  info = terrace_provider_stat_finish (fixture->provider, result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_wrong_ranges (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    TerraceErrorCode code;
  } cases[] = {
    { "Content-Range: bytes 1-10/100\r\nx-goog-generation: 7\r\n", TERRACE_ERROR_CORRUPT },
    { "Content-Range: bytes 0-8/100\r\nx-goog-generation: 7\r\n", TERRACE_ERROR_CORRUPT },
    { "x-goog-generation: 7\r\n", TERRACE_ERROR_CORRUPT },
    { "Content-Range: bytes 0-9/100\r\nx-goog-generation: 8\r\n", TERRACE_ERROR_CHANGED },
    { "Content-Range: bytes 0-9/100\r\n", TERRACE_ERROR_CHANGED },
  };

  answer_token (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, "206 Partial Content", cases[i].answer, "0123456789");
      g_assert_null (read_key (fixture, 0, 10, &error));
      g_assert_error (error, TERRACE_ERROR, (int) cases[i].code);
    }
}

static void
test_endless (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  fault_server_add (fixture->server, FAULT_ENDLESS,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{");
  g_assert_null (stat_key (fixture, "key", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

static void
test_other_object (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  fault_server_answer (fixture->server, "200 OK", NULL, OBJECT);
  g_assert_null (stat_key (fixture, "other", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

/* A key is one segment of the path, whatever is in it. */
static void
test_wire (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key;
    const char *line;
  } cases[] = {
    { "a//b", "GET /storage/v1/b/bucket/o/a%2F%2Fb?" },
    { "../x", "GET /storage/v1/b/bucket/o/..%2Fx?" },
    { "...", "GET /storage/v1/b/bucket/o/...?" },
    { "a%2Fb+c d?#", "GET /storage/v1/b/bucket/o/a%252Fb%2Bc%20d%3F%23?" },
  };

  answer_token (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *request;

      fault_server_answer (fixture->server, "404 Not Found", NULL, NOT_FOUND);
      g_assert_null (stat_key (fixture, cases[i].key, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
      request = fault_server_get_request (fixture->server, i + 1);
      g_assert_true (g_str_has_prefix (request, cases[i].line));
      g_assert_nonnull (strstr (request, "\r\nAuthorization: Bearer " TOKEN));
    }
}

/* --- Uploads --------------------------------------------------------------------------------- */

/* Begins a session of four granules, whose address names another host. */
static char *
begin (Fixture *fixture)
{
  TerraceWriteOptions options = { "token", 4 * GRANULE, GRANULE, NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *upload;

  answer_token (fixture);
  for (guint i = 0; i < 2; i++)
    fault_server_answer (fixture->server, "404 Not Found", NULL, NOT_FOUND);
  fault_server_answer (fixture->server, "200 OK",
                       "Location: http://evil.example/upload/storage/v1/b/bucket/o?upload_id=ID"
                       "\r\n",
                       "");
  fault_server_answer (fixture->server, "200 OK", NULL, OBJECT);
  terrace_provider_begin_async (fixture->provider, "key", &options, NULL, terrace_test_store_result,
                                &result);
  terrace_test_await (&result);
  upload = terrace_provider_begin_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 5);

  return upload;
}

static char *
write_part (Fixture *fixture, const char *upload, guint number, GError **error)
{
  g_autofree char *data = g_strnfill (GRANULE, 'x');
  g_autoptr (GBytes) bytes = g_bytes_new (data, GRANULE);
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_write_part_async (fixture->provider, "key", upload, number,
                                     (guint64) number * GRANULE, bytes, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_write_part_finish (fixture->provider, result, error);
}

/* The session is asked at the bucket's own host, whatever its address says, and without a token. */
static void
test_session_host (Fixture *fixture, gconstpointer data)
{
  g_autofree char *upload = begin (fixture);
  g_autofree char *receipt = NULL;
  g_autoptr (GError) error = NULL;
  const char *request;

  g_assert_null (strstr (upload, "ID"));
  fault_server_answer (fixture->server, "308 Resume Incomplete", "Range: bytes=0-262143\r\n", "");
  receipt = write_part (fixture, upload, 0, &error);
  g_assert_no_error (error);
  request = fault_server_get_request (fixture->server, 5);
  g_assert_true (
      g_str_has_prefix (request, "PUT /upload/storage/v1/b/bucket/o?upload_id=ID HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request, "\r\nContent-Range: bytes 0-262143/1048576"));
  g_assert_null (strstr (request, "Authorization"));
}

static void
test_no_session (Fixture *fixture, gconstpointer data)
{
  static const char *const locations[] = {
    NULL,
    "Location: nonsense\r\n",
    "Location: http://127.0.0.1/elsewhere?upload_id=x\r\n",
    "Location: http://127.0.0.1/upload/no-query\r\n",
  };
  TerraceWriteOptions options = { "token", 4 * GRANULE, GRANULE, NULL, NULL };

  answer_token (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < 2; k++)
        fault_server_answer (fixture->server, "404 Not Found", NULL, NOT_FOUND);
      fault_server_answer (fixture->server, "200 OK", locations[i], "");
      terrace_provider_begin_async (fixture->provider, "key", &options, NULL,
                                    terrace_test_store_result, &result);
      terrace_test_await (&result);
      g_assert_null (terrace_provider_begin_finish (fixture->provider, result, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
    }
}

/* What is too large is refused before a byte moves. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", (G_GUINT64_CONSTANT (5) << 40) + 1, 1 << 30, NULL,
                                  NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_begin_async (fixture->provider, "key", &options, NULL, terrace_test_store_result,
                                &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_begin_finish (fixture->provider, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 0);
}

/* Answers to a part that cannot be true, or that say that nothing was taken. */
static void
test_lying_session (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *range;
    TerraceErrorCode code;
  } cases[] = {
    { NULL, TERRACE_ERROR_UNREACHABLE },
    { "Range: bytes=0-99999999\r\n", TERRACE_ERROR_CORRUPT },
    { "Range: bytes=5-262143\r\n", TERRACE_ERROR_UNREACHABLE },
    { "Range: nonsense\r\n", TERRACE_ERROR_UNREACHABLE },
  };
  g_autofree char *upload = begin (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      fault_server_answer (fixture->server, "308 Resume Incomplete", cases[i].range, "");
      g_assert_null (write_part (fixture, upload, 0, &error));
      g_assert_error (error, TERRACE_ERROR, (int) cases[i].code);
      /* The next attempt asks first how far it is. */
      fault_server_answer (fixture->server, "308 Resume Incomplete", NULL, "");
    }
}

/* Fewer bytes than were sent are stored: the rest goes again, and nothing twice. */
static void
test_stored_in_part (Fixture *fixture, gconstpointer data)
{
  g_autofree char *upload = begin (fixture);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *big = g_strnfill (2 * GRANULE, 'y');
  g_autoptr (GBytes) bytes = g_bytes_new (big, 2 * GRANULE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fault_server_answer (fixture->server, "308 Resume Incomplete", "Range: bytes=0-262143\r\n", "");
  fault_server_answer (fixture->server, "308 Resume Incomplete", "Range: bytes=0-524287\r\n", "");
  terrace_provider_write_part_async (fixture->provider, "key", upload, 0, 0, bytes, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  first = terrace_provider_write_part_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (
      strstr (fault_server_get_request (fixture->server, 5), "bytes 0-524287/1048576"));
  g_assert_nonnull (
      strstr (fault_server_get_request (fixture->server, 6), "bytes 262144-524287/1048576"));

  /* A part whose bytes are there already is not sent. */
  second = write_part (fixture, upload, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), ==, 7);
}

/* The session ends while it is written to: was it finished, or is it gone? */
static void
test_session_gone (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *status;
    const char *object_status;
    const char *object;
    gboolean success;
  } cases[] = {
    { "404 Not Found", "404 Not Found", NOT_FOUND, FALSE },
    { "410 Gone", "200 OK", OBJECT, FALSE },
    { "499 Closed", "200 OK", MINE, TRUE },
  };
  g_autofree char *upload = begin (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *receipt = NULL;

      if (i == 0)
        fault_server_answer (fixture->server, cases[i].status, NULL, "");
      /* The address is looked up again, in vain. */
      fault_server_answer (fixture->server, "404 Not Found", NULL, NOT_FOUND);
      fault_server_answer (fixture->server, cases[i].object_status, NULL, cases[i].object);
      receipt = write_part (fixture, upload, 0, &error);
      if (cases[i].success)
        g_assert_no_error (error);
      else
        g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
    }
}

/* Damaged on the way: the server says so, and so do we. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "small", 3, GRANULE, NULL, NULL };
  g_autoptr (GBytes) bytes = g_bytes_new ("abc", 3);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (parts, terrace_part_new (0, 0, 3, "kept"));
  terrace_provider_write_part_async (fixture->provider, "key", "single small 3", 0, 0, bytes, NULL,
                                     terrace_test_store_result, &written);
  terrace_test_await (&written);
  g_free (terrace_provider_write_part_finish (fixture->provider, written, &error));
  g_assert_no_error (error);

  answer_token (fixture);
  fault_server_answer (fixture->server, "404 Not Found", NULL, NOT_FOUND);
  fault_server_answer (fixture->server, "400 Bad Request", NULL,
                       "{\"error\":{\"code\":400,\"message\":\"Provided CRC32C \\\"x\\\" doesn't "
                       "match calculated CRC32C \\\"y\\\".\",\"errors\":[{\"reason\":"
                       "\"invalid\"}]}}");
  terrace_provider_finish_async (fixture->provider, "key", "single small 3", parts, &options, NULL,
                                 terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_finish_finish (fixture->provider, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (fault_server_get_request (fixture->server, 2), "ifGenerationMatch=0"));
}

/* A rewrite that never comes to an end is given up. */
static void
test_endless_rewrite (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  answer_token (fixture);
  fault_server_answer (fixture->server, "200 OK", NULL, "{}");
  fault_server_answer (fixture->server, "200 OK", NULL, OBJECT);
  for (guint i = 0; i < 30; i++)
    fault_server_answer (fixture->server, "200 OK", NULL,
                         "{\"done\":false,\"rewriteToken\":\"t\",\"totalBytesRewritten\":\"0\"}");
  terrace_provider_set_class_async (fixture->provider, "key", "7", "gcs/NEARLINE", NULL,
                                    terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_set_class_finish (fixture->provider, result, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_assert_cmpuint (fault_server_get_n_requests (fixture->server), <, 30);
}

#define ADD(name, function) \
  g_test_add ("/provider/gcs-faults/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("statuses", test_statuses);
  ADD ("retry-after", test_retry_after);
  ADD ("refused-token", test_refused_token);
  ADD ("token-life", test_token_life);
  ADD ("bad-token-answers", test_bad_token_answers);
  ADD ("cancelled-token", test_cancelled_token);
  ADD ("wrong-ranges", test_wrong_ranges);
  ADD ("endless", test_endless);
  ADD ("other-object", test_other_object);
  ADD ("wire", test_wire);
  ADD ("session-host", test_session_host);
  ADD ("no-session", test_no_session);
  ADD ("too-large", test_too_large);
  ADD ("lying-session", test_lying_session);
  ADD ("stored-in-part", test_stored_in_part);
  ADD ("session-gone", test_session_gone);
  ADD ("damaged", test_damaged);
  ADD ("endless-rewrite", test_endless_rewrite);

  return g_test_run ();
}
