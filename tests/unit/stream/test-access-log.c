/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-access-log.c and its formats: each is told and read, what does not heat
 * is told apart, pieces of any size give the same. */

#include "base/terrace-error.h"
#include "stream/terrace-access-log-private.h"

#include <string.h>

#define S3_LINE                                                                             \
  "79a5 pics [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a5 3E57 REST.%s %s "                  \
  "\"GET /pics/a HTTP/1.1\" %d - %d 4096 70 10 \"-\" \"%s\" - host SigV4 ECDHE AuthHeader " \
  "pics.s3.amazonaws.com TLSv1.2\n"

typedef struct
{
  GString *seen;
  guint n;
  guint64 bytes;
} Seen;

static void
see (const TerraceLogEntry *entry, gpointer data)
{
  Seen *seen = data;

  seen->n++;
  seen->bytes += entry->bytes;
  g_string_append_printf (seen->seen, "%s %s|%s %" G_GINT64_FORMAT "\n",
                          entry->kind == TERRACE_LOG_READ ? "read" : "write", entry->bucket,
                          entry->key, entry->time_us / G_USEC_PER_SEC);
}

/* Pushes in pieces of @piece bytes. */
static TerraceAccessLog *
read_text (const char *text, TerraceLogFormat format, gsize piece, Seen *seen)
{
  TerraceAccessLog *log = terrace_access_log_new (format, see, seen);
  const gsize length = strlen (text);
  g_autoptr (GError) error = NULL;

  *seen = (Seen){ .seen = g_string_new (NULL) };
  for (gsize at = 0; at < length; at += piece)
    {
      g_assert_true (terrace_access_log_push (log, text + at, MIN (piece, length - at), &error));
      g_assert_no_error (error);
    }
  g_assert_true (terrace_access_log_end (log, &error));
  g_assert_no_error (error);
  return log;
}

static void
check (const char *text, TerraceLogFormat format, const char *expected)
{
  for (gsize piece = 1; piece < 5000; piece = piece * 7 + 3)
    {
      Seen seen;
      g_autoptr (TerraceAccessLog) log = read_text (text, TERRACE_LOG_AUTO, piece, &seen);

      g_assert_cmpint (terrace_access_log_get_format (log), ==, format);
      g_assert_cmpstr (seen.seen->str, ==, expected);
      g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_BAD), ==, 0);
      g_string_free (seen.seen, TRUE);
    }
}

static void
test_s3 (void)
{
  g_autofree char *get = g_strdup_printf (S3_LINE, "GET.OBJECT", "a%20b/c.txt", 200, 113, "curl/8");
  g_autofree char *head = g_strdup_printf (S3_LINE, "HEAD.OBJECT", "a", 200, 0, "curl/8");
  g_autofree char *put = g_strdup_printf (S3_LINE, "PUT.OBJECT", "d", 200, 0, "aws cli \\\"x\\\"");
  g_autofree char *text = g_strconcat (get, head, put, NULL);

  check (text, TERRACE_LOG_S3,
         "write pics|d 1549411238\n"
         "read pics|a b/c.txt 1549411238\n");
}

static void
test_combined (void)
{
  check ("192.0.2.1 - bob [10/Oct/2000:13:55:36 -0700] \"GET /a%2Fb.gif?x=1 HTTP/1.0\" 200 2326 "
         "\"http://x/\" \"Mozilla/4.08 [en]\"\n"
         "192.0.2.1 - - [10/Oct/2000:13:55:37 -0700] \"PUT /up HTTP/1.1\" 201 0 \"-\" \"-\"\n",
         TERRACE_LOG_COMBINED,
         "write |up 971211337\n"
         "read |a/b.gif 971211336\n");
}

static void
test_azure (void)
{
  static const char format[] =
      "%s;2014-06-19T22:59:23.1967767Z;%s;AnonymousSuccess;200;17;16;anonymous;;acct;blob;"
      "\"https://acct.blob.core.windows.net/cont/x?sv=1\";\"/acct/cont/dir/x%%20y\";673a;0;"
      "192.0.2.7:52119;2009-09-19;252;0;265;4711;0;;;\"&quot;0x8D1&quot;\";Wednesday;;"
      "\"Agent; with a semicolon\";;\n";
  g_autofree char *v1 = g_strdup_printf (format, "1.0", "GetBlob");
  g_autofree char *v2 = g_strdup_printf (format, "2.0", "GetBlob");
  g_autofree char *list = g_strdup_printf (format, "2.0", "ListBlobs");
  g_autofree char *text = g_strconcat (v2, list, NULL);

  check (v1, TERRACE_LOG_AZURE_V1, "read cont|dir/x y 1403218763\n");
  check (text, TERRACE_LOG_AZURE_V2, "read cont|dir/x y 1403218763\n");
}

static void
test_azure_json (void)
{
  check ("{\"time\":\"2024-03-01T10:00:00.5Z\",\"category\":\"StorageRead\",\"operationName\":"
         "\"GetBlob\",\"statusCode\":200,\"callerIpAddress\":\"192.0.2.1:80\",\"properties\":"
         "{\"userAgentHeader\":\"azcopy\",\"objectKey\":\"/acct/cont/a/"
         "b\",\"responseBodySize\":\"12\"}}\n"
         "{\"time\":\"2024-03-01T10:00:01Z\",\"operationName\":\"GetBlobProperties\","
         "\"statusCode\":\"200\",\"properties\":{\"objectKey\":\"/acct/cont/a/b\"}}\n",
         TERRACE_LOG_AZURE_JSON, "read cont|a/b 1709287200\n");
}

static void
test_gcs (void)
{
  check (
      "\"time_micros\",\"c_ip\",\"cs_method\",\"cs_uri\",\"sc_status\",\"cs_bytes\",\"sc_bytes\","
      "\"cs_user_agent\",\"cs_operation\",\"cs_bucket\",\"cs_object\"\n"
      "\"1700000000000000\",\"192.0.2.1\",\"GET\",\"/storage/v1/b/bk/o/x?alt=media\",\"200\",\"0\","
      "\"99\",\"gsutil\",\"storage.objects.get\",\"bk\",\"di,r/a \"\"b\"\"\"\n"
      "\"1700000001000000\",\"192.0.2.1\",\"GET\",\"/storage/v1/b/bk/o/x\",\"200\",\"0\",\"9\","
      "\"gsutil\",\"storage.objects.get\",\"bk\",\"x\"\n",
      TERRACE_LOG_GCS, "read bk|di,r/a \"b\" 1700000000\n");
}

static void
test_cloudfront (void)
{
  check ("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) "
         "cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) "
         "x-edge-result-type\n"
         "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td1.cloudfront.net\t/i/"
         "a%20b.html\t200\t"
         "-\tMozilla/5.0%20(X)\t-\t-\tMiss\n"
         "2019-12-04\t21:02:32\tLAX1\t392\t192.0.2.100\tGET\td1.cloudfront.net\t/i/c.html\t200\t"
         "-\tMozilla/5.0%20(X)\t-\t-\tHit\n",
         TERRACE_LOG_CLOUDFRONT, "read |i/a b.html 1575493351\n");
}

static void
test_filter (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (TerraceAccessLog) log = NULL;
  Seen seen;

  g_string_append_printf (text, S3_LINE, "GET.OBJECT", "a", 200, 1, "curl");
  g_string_append_printf (text, S3_LINE, "GET.OBJECT", "a", 404, 1, "curl");
  g_string_append_printf (text, S3_LINE, "GET.OBJECT", "a", 503, 1, "curl");
  g_string_append_printf (text, S3_LINE, "GET.BUCKET", "-", 200, 1, "curl");
  g_string_append_printf (text, S3_LINE, "GET.OBJECT", "a", 200, 1, "terrace/0.1.0");
  g_string_append_printf (text, S3_LINE, "GET.OBJECT", "a", 304, 0, "curl");
  g_string_append (text, "no line of a log\n");
  log = read_text (text->str, TERRACE_LOG_AUTO, 1000, &seen);
  g_assert_cmpuint (seen.n, ==, 1);
  g_assert_cmpuint (terrace_access_log_get_lines (log), ==, 7);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_READ), ==, 1);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_FAILED), ==, 2);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_METADATA), ==, 2);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_OWN), ==, 1);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_BAD), ==, 1);
  g_assert_cmpuint (terrace_access_log_get_bad_samples (log)->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (terrace_access_log_get_bad_samples (log), 0), ==,
                   "Line 7: no line of a log");
  g_string_free (seen.seen, TRUE);
}

/* One reader goes through the keys in order: nothing of it counts; another at random does. */
static void
test_scan (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (TerraceAccessLog) log = NULL;
  Seen seen;

  for (int i = 0; i < 1000; i++)
    {
      g_string_append_printf (text,
                              "192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET /k%04d HTTP/1.0\" "
                              "200 1 - x\n",
                              i);
      g_string_append_printf (text,
                              "192.0.2.2 - - [10/Oct/2000:13:55:36 +0000] \"GET /k%04d HTTP/1.0\" "
                              "200 1 - x\n",
                              g_rand_int_range (rand, 0, 1000));
    }
  log = read_text (text->str, TERRACE_LOG_COMBINED, 4096, &seen);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_SCAN), ==, 1000);
  g_assert_cmpuint (terrace_access_log_get_count (log, TERRACE_LOG_READ), ==, 1000);
  g_assert_cmpuint (seen.n, ==, 1000);
  g_string_free (seen.seen, TRUE);
}

static void
test_unknown (void)
{
  Seen seen = { .seen = g_string_new (NULL) };
  g_autoptr (TerraceAccessLog) log = terrace_access_log_new (TERRACE_LOG_AUTO, see, &seen);
  g_autoptr (GError) error = NULL;

  g_assert_true (terrace_access_log_push (log, "a,b\n1,2\n", 8, &error));
  g_assert_false (terrace_access_log_end (log, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_cmpuint (seen.n, ==, 0);
  g_string_free (seen.seen, TRUE);
}

/* Whatever comes: no line is lost, none is counted twice. */
static void
test_garbage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int format = TERRACE_LOG_S3; format <= TERRACE_LOG_COMBINED; format++)
    {
      Seen seen = { .seen = g_string_new (NULL) };
      g_autoptr (TerraceAccessLog) log =
          terrace_access_log_new ((TerraceLogFormat) format, see, &seen);
      g_autoptr (GError) error = NULL;
      guint64 sum = 0;
      char chunk[997];

      for (int round = 0; round < 40; round++)
        {
          for (gsize i = 0; i < sizeof chunk; i++)
            chunk[i] = "\n\" []%;,{}\tGET10:-/\\\0#"[g_rand_int_range (rand, 0, 23)];
          g_assert_true (terrace_access_log_push (log, chunk, sizeof chunk, &error));
        }
      g_assert_true (terrace_access_log_end (log, &error));
      for (int kind = 0; kind < TERRACE_N_LOG_KINDS; kind++)
        sum += terrace_access_log_get_count (log, (TerraceLogKind) kind);
      g_assert_cmpuint (sum, ==, terrace_access_log_get_lines (log));
      g_assert_cmpuint (sum, >, 40);
      g_string_free (seen.seen, TRUE);
    }
}

static void
test_nicks (void)
{
  for (int i = 0; i < TERRACE_N_LOG_FORMATS; i++)
    {
      TerraceLogFormat format = TERRACE_LOG_AUTO;

      g_assert_true (
          terrace_log_format_from_nick (terrace_log_format_get_nick ((TerraceLogFormat) i),
                                        &format));
      g_assert_cmpint (format, ==, i);
    }
  g_assert_false (terrace_log_format_from_nick ("tape", &(TerraceLogFormat){ TERRACE_LOG_AUTO }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stream/access-log/s3", test_s3);
  g_test_add_func ("/stream/access-log/combined", test_combined);
  g_test_add_func ("/stream/access-log/azure", test_azure);
  g_test_add_func ("/stream/access-log/azure-json", test_azure_json);
  g_test_add_func ("/stream/access-log/gcs", test_gcs);
  g_test_add_func ("/stream/access-log/cloudfront", test_cloudfront);
  g_test_add_func ("/stream/access-log/filter", test_filter);
  g_test_add_func ("/stream/access-log/scan", test_scan);
  g_test_add_func ("/stream/access-log/unknown", test_unknown);
  g_test_add_func ("/stream/access-log/garbage", test_garbage);
  g_test_add_func ("/stream/access-log/nicks", test_nicks);

  return g_test_run ();
}
