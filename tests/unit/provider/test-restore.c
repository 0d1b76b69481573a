/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What objects in archives say of their way out, and lifecycle rules that are none. */

#include "base/terrace-error.h"
#include "provider/azure/terrace-azure-object.h"
#include "provider/gcs/terrace-gcs-lifecycle.h"
#include "provider/s3/terrace-s3-lifecycle.h"
#include "provider/s3/terrace-s3-object.h"

#include <string.h>

static SoupMessageHeaders *
make_headers (const char *name, const char *value)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  soup_message_headers_append (headers, "Content-Length", "5");
  soup_message_headers_append (headers, "ETag", "\"abc\"");
  if (value != NULL)
    soup_message_headers_append (headers, name, value);

  return headers;
}

static void
assert_s3 (const char *value, TerraceRestore restore, gint64 until_s, const char *words)
{
  SoupMessageHeaders *headers = make_headers ("x-amz-restore", value);
  g_autoptr (GError) error = NULL;
  TerraceS3Object *object = terrace_s3_object_new ("key", headers, "aws", &error);
  g_autofree char *described = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (object->info->restore, ==, restore);
  g_assert_cmpint (object->info->restored_until_us, ==, until_s * G_USEC_PER_SEC);
  described = terrace_object_info_describe_restore (object->info);
  if (words == NULL)
    g_assert_cmpstr (described, ==, NULL);
  else
    g_assert_nonnull (strstr (described, words));
  terrace_s3_object_free (object);
  soup_message_headers_unref (headers);
}

static void
test_s3 (void)
{
  assert_s3 (NULL, TERRACE_RESTORE_NONE, 0, NULL);
  assert_s3 ("nonsense", TERRACE_RESTORE_NONE, 0, NULL);
  assert_s3 ("ongoing-request=\"true\"", TERRACE_RESTORE_PENDING, 0, "cannot be read yet");
  assert_s3 ("ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\"",
             TERRACE_RESTORE_READY, 1356048000, "until 12/21/12");
  assert_s3 ("ongoing-request=\"false\"", TERRACE_RESTORE_READY, 0, "for a while");
  assert_s3 ("ongoing-request=\"false\", expiry-date=\"never", TERRACE_RESTORE_READY, 0,
             "for a while");
}

static void
assert_azure (const char *value, TerraceRestore restore)
{
  SoupMessageHeaders *headers = make_headers ("x-ms-archive-status", value);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceAzureObject) object = terrace_azure_object_new ("key", headers, "az", &error);

  g_assert_no_error (error);
  g_assert_cmpint (object->info->restore, ==, restore);
  soup_message_headers_unref (headers);
}

static void
test_azure (void)
{
  assert_azure (NULL, TERRACE_RESTORE_NONE);
  assert_azure ("rehydrate-pending-to-hot", TERRACE_RESTORE_PENDING);
}

static void
assert_refused (GBytes *(*merge) (GBytes *rules, GBytes *rule, GError **error),
                const char *rules_text,
                const char *rule_text,
                TerraceErrorCode code)
{
  g_autoptr (GBytes) rules = g_bytes_new (rules_text, strlen (rules_text));
  g_autoptr (GBytes) rule = g_bytes_new (rule_text, strlen (rule_text));
  g_autoptr (GError) error = NULL;

  g_assert_null (merge (rules, rule, &error));
  g_assert_error (error, TERRACE_ERROR, (int) code);
}

/* What is not understood is left as it is. */
static void
test_merge (void)
{
  const char *rule = "<Rule><ID>a</ID></Rule>";
  const char *json = "{\"action\":{\"type\":\"Delete\"},\"condition\":{\"age\":1}}";

  assert_refused (terrace_s3_lifecycle_merge, "", "<Rule/>", TERRACE_ERROR_INVALID);
  assert_refused (terrace_s3_lifecycle_merge, "", "<Other><ID>a</ID></Other>",
                  TERRACE_ERROR_INVALID);
  assert_refused (terrace_s3_lifecycle_merge, "", "", TERRACE_ERROR_INVALID);
  assert_refused (terrace_s3_lifecycle_merge, "<html/>", rule, TERRACE_ERROR_CORRUPT);
  assert_refused (terrace_gcs_lifecycle_merge, "", "{}", TERRACE_ERROR_INVALID);
  assert_refused (terrace_gcs_lifecycle_merge, "", "[", TERRACE_ERROR_INVALID);
  assert_refused (terrace_gcs_lifecycle_merge, "nothing", json, TERRACE_ERROR_CORRUPT);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/restore/s3", test_s3);
  g_test_add_func ("/provider/restore/azure", test_azure);
  g_test_add_func ("/provider/restore/merge", test_merge);

  return g_test_run ();
}
