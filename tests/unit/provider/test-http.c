/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a refusal over HTTP means, and how long to wait. */

#include "provider/terrace-http-error.h"
#include "provider/terrace-http.h"

#include "base/terrace-clock.h"

#include <string.h>

/* Sun, 22 Nov 2026 10:11:12 GMT */
#define NOW_US G_GINT64_CONSTANT (1795342272000000)
#define MINUTE_US (60 * TERRACE_US_PER_SECOND)

static const TerraceHttpMeaning table[] = {
  { "Sleeping", TERRACE_ERROR_BUSY, "The server sleeps" },
  { NULL },
};

static void
test_table_first (void)
{
  g_autoptr (GError) known = terrace_http_error_new (table, "Sleeping", 403, "bucket b at s", 0);
  g_autoptr (GError) unknown = terrace_http_error_new (table, "Other", 403, "bucket b at s", 0);
  g_autoptr (GError) unnamed = terrace_http_error_new (NULL, NULL, 404, "bucket b at s", 0);

  g_assert_error (known, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_cmpstr (known->message, ==, "The server sleeps (bucket b at s, Sleeping)");
  g_assert_cmpint (terrace_error_get_retry_after (known), ==, 0);
  g_assert_error (unknown, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (unknown->message, "Other"));
  g_assert_error (unnamed, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (unnamed->message, "HTTP 404"));
}

static void
test_statuses (void)
{
  static const struct
  {
    guint status;
    TerraceErrorCode meaning;
  } cases[] = {
    { 0, TERRACE_ERROR_UNREACHABLE },   { 301, TERRACE_ERROR_INVALID },
    { 401, TERRACE_ERROR_PERMISSION },  { 408, TERRACE_ERROR_UNREACHABLE },
    { 412, TERRACE_ERROR_CHANGED },     { 418, TERRACE_ERROR_FAILED },
    { 429, TERRACE_ERROR_BUSY },        { 500, TERRACE_ERROR_UNREACHABLE },
    { 501, TERRACE_ERROR_UNSUPPORTED }, { 504, TERRACE_ERROR_UNREACHABLE },
    { 507, TERRACE_ERROR_NO_SPACE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = terrace_http_error_new (NULL, NULL, cases[i].status, "x", 0);

      g_assert_error (error, TERRACE_ERROR, (int) cases[i].meaning);
    }
}

/* What a hostile server calls its error is quoted with care. */
static void
test_strange_names (void)
{
  g_autofree char *endless = g_strnfill (100000, 'x');
  g_autoptr (GError) longer = terrace_http_error_new (NULL, endless, 500, "x", 0);
  g_autoptr (GError) bytes = terrace_http_error_new (NULL, "\xff\xfe", 500, "x", 0);

  g_assert_cmpuint (strlen (longer->message), <, 200);
  g_assert_true (g_utf8_validate (bytes->message, -1, NULL));
}

static void
test_waiting (void)
{
  g_autoptr (GError) error = terrace_http_error_new (NULL, NULL, 503, "x", 17);
  static const struct
  {
    const char *text;
    guint seconds;
  } cases[] = {
    { "17", 17 },
    { "999999", 3600 },
    { "-5", 0 },
    { "soon", 0 },
    { "Sun, 22 Nov 2026 10:12:12 GMT", 61 },
    { "Sun, 22 Nov 2026 10:00:00 GMT", 0 },
  };

  g_assert_true (terrace_error_is_retryable (error));
  g_assert_cmpint (terrace_error_get_retry_after (error), ==, 17 * TERRACE_US_PER_SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

      soup_message_headers_append (headers, "Retry-After", cases[i].text);
      g_assert_cmpuint (terrace_http_get_retry_after (headers, NOW_US), ==, cases[i].seconds);
      soup_message_headers_unref (headers);
    }
}

static void
test_clock (void)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  gint64 offset_us;

  g_assert_false (terrace_http_learn_clock (headers, NOW_US, 0, &offset_us));
  soup_message_headers_append (headers, "Date", "Sun, 22 Nov 2026 10:21:12 GMT");
  g_assert_true (terrace_http_learn_clock (headers, NOW_US, 0, &offset_us));
  g_assert_cmpint (offset_us, ==, 10 * MINUTE_US);
  /* Signed with that already: the clock is not the reason. */
  g_assert_false (terrace_http_learn_clock (headers, NOW_US, offset_us, &offset_us));
  g_assert_false (terrace_http_learn_clock (headers, NOW_US + 9 * MINUTE_US, 0, &offset_us));
  soup_message_headers_unref (headers);
}

static void
test_loopback (void)
{
  g_assert_true (terrace_http_is_loopback ("127.0.0.1"));
  g_assert_true (terrace_http_is_loopback ("127.8.9.1"));
  g_assert_true (terrace_http_is_loopback ("::1"));
  g_assert_true (terrace_http_is_loopback ("LocalHost"));
  g_assert_false (terrace_http_is_loopback ("127.0.0.1.example.org"));
  g_assert_false (terrace_http_is_loopback ("localhost.example.org"));
  g_assert_false (terrace_http_is_loopback ("10.0.0.1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/http/table-first", test_table_first);
  g_test_add_func ("/provider/http/statuses", test_statuses);
  g_test_add_func ("/provider/http/strange-names", test_strange_names);
  g_test_add_func ("/provider/http/waiting", test_waiting);
  g_test_add_func ("/provider/http/clock", test_clock);
  g_test_add_func ("/provider/http/loopback", test_loopback);

  return g_test_run ();
}
