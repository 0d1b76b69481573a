/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-message*.c and terrace-json-scan.c: what is understood, what is not, and
 * that nothing that comes from outside breaks anything. */

#include "stream/terrace-message.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "stream/terrace-json-scan.h"

#include <string.h>

#define NOW_US (G_GINT64_CONSTANT (1795000000) * TERRACE_US_PER_SECOND)

static const TerraceMessageContext context = { .now_us = NOW_US, .partition = -1, .offset = -1 };

static TerraceSourceBatch *
parse (const char *text)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  g_autoptr (GError) error = NULL;

  terrace_message_parse (batch, text, strlen (text), &context, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&batch);
}

static const TerraceStreamEvent *
event_at (TerraceSourceBatch *batch, guint i)
{
  g_assert_cmpuint (batch->events->len, >, i);

  return &g_array_index (batch->events, TerraceStreamEvent, i);
}

static void
test_own (void)
{
  g_autoptr (TerraceSourceBatch) batch =
      parse ("{\"event\":\"read\",\"time\":\"2026-11-18T11:06:40.25+01:00\",\"location\":\"films\","
             "\"key\":\"r\\u00e4w\\/a \\ud83d\\ude00.mov\",\"bytes\":1048576,\"count\":3,"
             "\"latency_ms\":12.5,\"id\":\"7f3a\",\"later\":{\"x\":[1,{}]}}");
  const TerraceStreamEvent *event = event_at (batch, 0);

  g_assert_cmpint (event->kind, ==, TERRACE_STREAM_READ);
  g_assert_cmpint (event->time_us, ==, G_GINT64_CONSTANT (1794996400250000));
  g_assert_cmpstr (event->location, ==, "films");
  g_assert_cmpstr (event->key, ==, "räw/a 😀.mov");
  g_assert_cmpstr (event->id, ==, "7f3a");
  g_assert_cmpuint (event->bytes, ==, 1048576);
  g_assert_cmpuint (event->count, ==, 3);
  g_assert_cmpuint (event->latency_us, ==, 12500);
}

static void
test_times (void)
{
  static const struct
  {
    const char *time;
    gint64 time_us;
  } cases[] = {
    { "1794996400", G_GINT64_CONSTANT (1794996400000000) },
    { "1794996400.5", G_GINT64_CONSTANT (1794996400500000) },
    { "1794996400123", G_GINT64_CONSTANT (1794996400123000) },
    { "1794996400123456", G_GINT64_CONSTANT (1794996400123456) },
    { "\"2024-02-29T23:59:60Z\"", G_GINT64_CONSTANT (1709251200000000) },
    { "null", NOW_US },
    /* A clock that runs ahead is not believed. */
    { "1995000000", NOW_US },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"event\":\"write\",\"time\":%s}", cases[i].time);
      g_autoptr (TerraceSourceBatch) batch = parse (text);

      g_assert_cmpint (event_at (batch, 0)->time_us, ==, cases[i].time_us);
    }
}

static void
test_array (void)
{
  TerraceMessageContext with_offset = { .now_us = NOW_US, .partition = 2, .offset = 9 };
  const char *text = "[{\"event\":\"read\",\"object\":5},{\"event\":\"error\",\"error\":\"x\"}]";
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();

  g_assert_true (terrace_message_parse (batch, text, strlen (text), &with_offset, NULL));
  g_assert_cmpint (event_at (batch, 0)->item_id, ==, 5);
  g_assert_cmpint (event_at (batch, 1)->offset, ==, 9);
  g_assert_cmpint (event_at (batch, 1)->partition, ==, 2);
  g_assert_cmpuint (event_at (batch, 1)->part, ==, 1);
  g_assert_cmpstr (event_at (batch, 1)->message, ==, "x");
}

/* The same message again is the same event, if it says when it was. */
static void
test_named_by_content (void)
{
  g_autoptr (TerraceSourceBatch) one = parse ("{\"event\":\"read\",\"time\":1794996400}");
  g_autoptr (TerraceSourceBatch) two = parse ("{\"event\":\"read\",\"time\":1794996400}");
  g_autoptr (TerraceSourceBatch) other = parse ("{\"event\":\"read\",\"time\":1794996401}");
  g_autoptr (TerraceSourceBatch) nameless = parse ("{\"event\":\"read\"}");

  g_assert_cmpstr (event_at (one, 0)->id, ==, event_at (two, 0)->id);
  g_assert_cmpstr (event_at (one, 0)->id, !=, event_at (other, 0)->id);
  g_assert_null (event_at (nameless, 0)->id);
}

static void
test_clouds (void)
{
  static const struct
  {
    const char *text;
    TerraceStreamKind kind;
    const char *location, *key;
    guint64 bytes;
  } cases[] = {
    { "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventTime\":"
      "\"2026-11-18T10:06:40.000Z\",\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{"
      "\"name\":\"pics\"},\"object\":{\"key\":\"a+b%2Fc%C3%A4\",\"size\":1024,\"sequencer\":"
      "\"0055AED6DCD90281E5\"}}}]}",
      TERRACE_STREAM_CREATE, "pics", "a b/cä", 1024 },
    { "{\"EventName\":\"s3:ObjectAccessed:Get\",\"Records\":[{\"eventName\":"
      "\"s3:ObjectAccessed:Get\",\"s3\":{\"bucket\":{\"name\":\"m\"},\"object\":{\"key\":\"k\"}}}]"
      "}",
      TERRACE_STREAM_READ, "m", "k", 0 },
    { "{\"Type\":\"Notification\",\"TopicArn\":\"arn:x\",\"Message\":\"{\\\"Records\\\":[{"
      "\\\"eventName\\\":\\\"ObjectRemoved:Delete\\\",\\\"s3\\\":{\\\"bucket\\\":{\\\"name\\\":"
      "\\\"b\\\"},\\\"object\\\":{\\\"key\\\":\\\"k\\\"}}}]}\"}",
      TERRACE_STREAM_DELETE, "b", "k", 0 },
    { "[{\"id\":\"1\",\"eventType\":\"Microsoft.Storage.BlobCreated\",\"subject\":"
      "\"/blobServices/default/containers/cont/blobs/dir/blob.bin\",\"eventTime\":"
      "\"2026-11-18T10:06:40.1234567Z\",\"data\":{\"contentLength\":77}}]",
      TERRACE_STREAM_CREATE, "cont", "dir/blob.bin", 77 },
    { "{\"specversion\":\"1.0\",\"type\":\"google.cloud.storage.object.v1.finalized\",\"id\":\"2\","
      "\"data\":{\"bucket\":\"gb\",\"name\":\"n/x\",\"size\":\"88\"}}",
      TERRACE_STREAM_CREATE, "gb", "n/x", 88 },
    { "{\"message\":{\"attributes\":{\"eventType\":\"OBJECT_FINALIZE\",\"bucketId\":\"gb\","
      "\"objectId\":\"o\"},\"messageId\":\"3\",\"data\":\"eyJzaXplIjoiOTkifQ==\"}}",
      TERRACE_STREAM_CREATE, "gb", "o", 99 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceSourceBatch) batch = parse (cases[i].text);
      const TerraceStreamEvent *event = event_at (batch, 0);

      g_assert_cmpint (event->kind, ==, cases[i].kind);
      g_assert_cmpstr (event->location, ==, cases[i].location);
      g_assert_cmpstr (event->key, ==, cases[i].key);
      g_assert_cmpuint (event->bytes, ==, cases[i].bytes);
    }
}

static void
test_no_use_of_an_object (void)
{
  static const char *const texts[] = {
    "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}",
    "{\"Records\":[{\"eventName\":\"s3:ObjectAccessed:Head\"}]}",
    "[{\"eventType\":\"Microsoft.EventGrid.SubscriptionValidationEvent\"}]",
    "{\"message\":{\"attributes\":{\"eventType\":\"OBJECT_METADATA_UPDATE\"}}}",
    "[]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TerraceSourceBatch) batch = parse (texts[i]);

      g_assert_cmpuint (batch->events->len, ==, 0);
    }
}

static void
test_poison (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "x",
    "{",
    "{\"event\":\"read\"",
    "[1]",
    "1",
    "\"read\"",
    "null",
    "{}",
    "{\"event\":\"fly\"}",
    "{\"event\":5}",
    "{\"event\":\"read\",\"time\":\"yesterday\"}",
    "{\"event\":\"read\",\"time\":\"2026-13-01T00:00:00Z\"}",
    "{\"event\":\"read\",\"bytes\":-1}",
    "{\"event\":\"read\",\"bytes\":1e400}",
    "{\"event\":\"read\",\"count\":0}",
    "{\"event\":\"read\",\"count\":1e9}",
    "{\"event\":\"read\",\"key\":[]}",
    "{\"event\":\"read\",\"key\":\"\\u0000\"}",
    "{\"event\":\"read\",\"key\":\"\\ud800\"}",
    "{\"event\":\"read\"} {}",
    "{\"event\":\"re\xff"
    "ad\"}",
    "{\"event\":\"read\",}",
    "[,]",
    "{\"event\":\"read\",\"bytes\":01}",
    "{\"Records\":[{}]}",
    "{\"Records\":[5]}",
    "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":5}]}",
    "[[{\"event\":\"read\"}]]",
  };
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (terrace_message_parse (batch, texts[i], strlen (texts[i]), &context, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_cmpuint (batch->events->len, ==, 0);
      terrace_message_take (batch, texts[i], strlen (texts[i]), &context, "test");
    }
  g_assert_cmpuint (batch->n_malformed, ==, G_N_ELEMENTS (texts));
  g_assert_cmpuint (batch->bad_messages->len, ==, TERRACE_LIMIT_BAD_MESSAGES_PER_BATCH);
}

static void
test_deep_and_long (void)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *much = g_strnfill (TERRACE_LIMIT_STREAM_MESSAGE_BYTES + 1, ' ');
  g_autofree char *key = g_strnfill (TERRACE_LIMIT_KEY_BYTES + 1, 'k');
  g_autofree char *long_key = g_strdup_printf ("{\"event\":\"read\",\"key\":\"%s\"}", key);

  g_assert_false (terrace_message_parse (batch, deep, strlen (deep), &context, NULL));
  g_assert_false (terrace_message_parse (batch, much, strlen (much), &context, NULL));
  g_assert_false (terrace_message_parse (batch, long_key, strlen (long_key), &context, NULL));
}

/* No byte changed, lost or added anywhere does more than make a message unreadable. */
static void
test_mutations (void)
{
  static const char text[] =
      "{\"Records\":[{\"eventTime\":\"2026-11-18T10:06:40Z\",\"eventName\":\"ObjectCreated:Put\","
      "\"s3\":{\"bucket\":{\"name\":\"p\"},\"object\":{\"key\":\"a%20\\u00e4\",\"size\":1e3}}}]}";
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  guint understood = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
      g_autofree char *mutant = g_strdup (text);
      gsize length = strlen (mutant);

      for (int n = g_rand_int_range (random, 1, 4); n > 0; n--)
        mutant[g_rand_int_range (random, 0, (int) length)] =
            (char) g_rand_int_range (random, 0, 256);
      if (g_rand_boolean (random))
        length = (gsize) g_rand_int_range (random, 0, (int) length + 1);
      understood += terrace_message_parse (batch, mutant, length, &context, NULL);
    }
  g_assert_cmpuint (understood, >, 100);
  g_assert_cmpuint (understood, <, 19000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/message/own", test_own);
  g_test_add_func ("/stream/message/times", test_times);
  g_test_add_func ("/stream/message/array", test_array);
  g_test_add_func ("/stream/message/named-by-content", test_named_by_content);
  g_test_add_func ("/stream/message/clouds", test_clouds);
  g_test_add_func ("/stream/message/no-use-of-an-object", test_no_use_of_an_object);
  g_test_add_func ("/stream/message/poison", test_poison);
  g_test_add_func ("/stream/message/deep-and-long", test_deep_and_long);
  g_test_add_func ("/stream/message/mutations", test_mutations);

  return g_test_run ();
}
