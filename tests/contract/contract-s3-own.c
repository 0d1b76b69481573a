/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only S3 has, against a real server: keys and clocks that are wrong, buckets that are not
 * there or keep versions, storage classes, lifecycle rules, copies in parts. */

#include "contract-s3-place.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "provider/s3/terrace-s3-provider.h"
#include "provider/s3/terrace-s3-xml.h"
#include "provider/terrace-lifecycle.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#include <string.h>

#define PART_BYTES 65536
#define HOUR_US (3600 * TERRACE_US_PER_SECOND)

static const char *const byte_keys[] = {
  "a//b",  "../x",      "/leading", "a/../b",   "./dot", "a/./b", "a%2Fb",
  "a+b c", "trailing/", "//",       "?query#x", "a&b=c", "%",     "\U0001F600/\u00e9",
  "~*'()", "new\nline",
};

static void
test_byte_keys (ContractFixture *fixture, gconstpointer data)
{
  guint n_keys = G_N_ELEMENTS (byte_keys);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_keys; i++)
    {
      g_autoptr (GBytes) bytes = contract_make_bytes (20 + i, i);
      g_autofree char *token = g_strdup_printf ("t%u", i);
      g_autoptr (TerraceObjectInfo) info =
          contract_put (fixture->provider, byte_keys[i], token, bytes, PART_BYTES);

      g_assert_cmpuint (info->size_bytes, ==, 20 + i);
    }

  /* What the server says it has. */
  listing = contract_list (fixture->provider, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, n_keys);
  for (guint i = 0; i < n_keys; i++)
    g_hash_table_add (listed, ((TerraceObjectInfo *) listing->objects->pdata[i])->key);
  for (guint i = 0; i < n_keys; i++)
    {
      g_autoptr (GBytes) bytes = contract_make_bytes (20 + i, i);

      g_assert_true (g_hash_table_contains (listed, byte_keys[i]));
      contract_assert_holds (fixture->provider, byte_keys[i], bytes);
    }
}

static void
test_refused_keys (ContractFixture *fixture, gconstpointer data)
{
  static const char *const keys[] = { "not\xff\xfeutf8", ".terrace-uploads/mine" };
  TerraceWriteOptions options = { "token", 1, PART_BYTES, NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (contract_begin (fixture->provider, keys[i], &options, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

static void
assert_key_refused (ContractFixture *fixture,
                    const char *access_key,
                    const char *secret_key,
                    const char *words)
{
  ContractS3Place *place = fixture->place;
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = terrace_secret_new (access_key, secret_key, NULL);
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GError) probe_error = NULL;
  g_autoptr (GError) list_error = NULL;
  g_autoptr (GError) stat_error = NULL;

  terrace_credentials_store_async (credentials, place->root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  provider = contract_s3_make_other (place, NULL, credentials, NULL);

  g_assert_null (contract_probe (provider, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (probe_error->message, words));
  g_assert_null (strstr (probe_error->message, secret_key));
  g_assert_null (contract_list (provider, "", NULL, &list_error));
  g_assert_error (list_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_null (contract_stat (provider, "key", &stat_error));
  g_assert_error (stat_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (stat_error->message, words));
}

static void
test_wrong_key (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSecret) right = contract_s3_get_secret ();

  assert_key_refused (fixture, right->access_key, "notthesecretatall", "secret key");
  assert_key_refused (fixture, "NOSUCHACCESSKEY", right->secret_key, "access key");
}

static void
test_no_bucket (ContractFixture *fixture, gconstpointer data)
{
  ContractS3Place *place = fixture->place;
  g_autofree char *root = g_strconcat (contract_s3_get_endpoint (), "/no-such-bucket", NULL);
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret = contract_s3_get_secret ();
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GError) probe_error = NULL;
  g_autoptr (GError) list_error = NULL;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  provider = contract_s3_make_other (place, root, credentials, NULL);

  g_assert_null (contract_probe (provider, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (probe_error->message, "no-such-bucket"));
  g_assert_null (contract_list (provider, "", NULL, &list_error));
  g_assert_error (list_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

/* Our clock is an hour off: the server's corrects it, with and without a body that says so. */
static void
test_clock (ContractFixture *fixture, gconstpointer data)
{
  ContractS3Place *place = fixture->place;
  gint64 now_us = terrace_clock_get_now_us (place->clock);
  g_autoptr (TerraceClock) fast = terrace_fake_clock_new (now_us + HOUR_US);
  g_autoptr (TerraceClock) slow = terrace_fake_clock_new (now_us - HOUR_US);
  g_autoptr (TerraceProvider) first = contract_s3_make_other (place, NULL, NULL, fast);
  g_autoptr (TerraceProvider) second = contract_s3_make_other (place, NULL, NULL, slow);
  g_autoptr (GBytes) bytes = contract_make_bytes (300, 1);
  g_autoptr (TerraceObjectInfo) info = contract_put (first, "key", "t", bytes, 100);
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  contract_assert_holds (first, "key", bytes);
  listing = contract_list (second, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, 1);
  contract_assert_holds (second, "key", bytes);
}

static void
test_abort_leaves_nothing (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 3 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = contract_make_bytes (PART_BYTES, 1);
  g_autoptr (TerraceProvider) later = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);
  g_autofree char *receipt = NULL;

  g_assert_no_error (error);
  receipt = contract_write (fixture->provider, "key", upload, 0, 0, part, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (contract_s3_count_uploads (fixture->place), ==, 1);

  later = contract_s3_make_provider (fixture->place);
  g_assert_true (contract_abort (later, "key", upload, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (contract_s3_count_traces (fixture->place), ==, 0);
}

/* An upload that some other program left behind: we did not mark it, and can remove it. */
static void
test_others_upload (ContractFixture *fixture, gconstpointer data)
{
  TerraceS3Request *request = terrace_s3_request_new ("POST", "their key");
  g_autoptr (TerraceS3Response) response = NULL;
  g_autoptr (TerraceUploadListing) listing = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const TerraceUpload *upload;

  terrace_s3_request_add_query (request, "uploads", "");
  response = contract_s3_ask (fixture->place, request);
  g_assert_cmpuint (response->status, ==, 200);

  terrace_provider_list_uploads_async (fixture->provider, NULL, NULL, terrace_test_store_result,
                                       &result);
  terrace_test_await (&result);
  listing = terrace_provider_list_uploads_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->uploads->len, ==, 1);
  upload = listing->uploads->pdata[0];
  g_assert_cmpstr (upload->key, ==, "their key");
  g_assert_cmpint (upload->started_us, >, 0);
  g_assert_cmpuint (upload->size_bytes, ==, 0);

  g_assert_true (contract_abort (fixture->provider, upload->key, upload->upload, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (contract_s3_count_uploads (fixture->place), ==, 0);
}

static TerraceObjectInfo *
set_class (TerraceProvider *provider, const char *version, const char *class_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_set_class_async (provider, "key", version, class_id, NULL,
                                    terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_set_class_finish (provider, result, error);
}

static TerraceObjectInfo *
put_with_metadata (TerraceProvider *provider, GBytes *bytes, const char *class_id)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", g_bytes_get_size (bytes), 1024 * 1024, class_id,
                                  source };
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;
  TerraceObjectInfo *info;

  source->modified_us = G_GINT64_CONSTANT (1234567890123456);
  source->mode = 0640;
  source->attributes =
      g_variant_ref_sink (g_variant_new_parsed ("{'user.color': [byte 0x00, 0xff, 0x0a]}"));
  upload = contract_begin (provider, "key", &options, &error);
  g_assert_no_error (error);
  contract_add_part (parts, 0, 0, options.size_bytes,
                     contract_write (provider, "key", upload, 0, 0, bytes, &error));
  info = contract_finish (provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);

  return info;
}

static void
assert_metadata (const TerraceObjectInfo *info)
{
  g_assert_cmpint (info->modified_us, ==, G_GINT64_CONSTANT (1234567890123456));
  g_assert_cmpuint (info->mode, ==, 0640);
  g_assert_nonnull (info->attributes);
}

static void
test_classes (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (500, 1);
  g_autoptr (TerraceObjectInfo) put =
      put_with_metadata (fixture->provider, bytes, "aws/STANDARD_IA");
  g_autoptr (TerraceObjectInfo) colder = NULL;
  g_autoptr (TerraceObjectInfo) warmer = NULL;
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) changed_error = NULL;

  g_assert_cmpstr (put->class_id, ==, "aws/STANDARD_IA");
  listing = contract_list (fixture->provider, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((TerraceObjectInfo *) listing->objects->pdata[0])->class_id, ==,
                   "aws/STANDARD_IA");

  colder = set_class (fixture->provider, put->version, "aws/GLACIER", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (colder->class_id, ==, "aws/GLACIER");
  assert_metadata (colder);
  warmer = set_class (fixture->provider, colder->version, "aws/STANDARD", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (warmer->class_id, ==, "aws/STANDARD");
  assert_metadata (warmer);
  contract_assert_holds (fixture->provider, "key", bytes);

  g_assert_null (set_class (fixture->provider, "other", "aws/GLACIER", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
}

/* As objects beyond 5 GiB are, with a smaller limit. */
static void
test_copy_in_parts (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "copy", 350007, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (fixture->provider, bytes, NULL);
  g_autoptr (TerraceObjectInfo) copy = NULL;
  g_autoptr (TerraceObjectInfo) colder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) changed_error = NULL;

  terrace_s3_provider_set_copy_limit (TERRACE_S3_PROVIDER (fixture->provider), 100000);
  copy = contract_copy (fixture->provider, "to/a copy+%", &options, fixture->provider, "key",
                        put->version, &error);
  g_assert_no_error (error);
  assert_metadata (copy);
  contract_assert_holds (fixture->provider, "to/a copy+%", bytes);

  colder = set_class (fixture->provider, put->version, "aws/GLACIER", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (colder->class_id, ==, "aws/GLACIER");
  assert_metadata (colder);
  contract_assert_holds (fixture->provider, "key", bytes);

  options.token = "other";
  g_assert_null (contract_copy (fixture->provider, "third", &options, fixture->provider, "key",
                                "not this one", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_assert_cmpuint (contract_s3_count_traces (fixture->place), ==, 2);
}

static void
tag (ContractS3Place *place, const char *key)
{
  static const char tags[] = "<Tagging><TagSet><Tag><Key>lab &amp; co</Key><Value>a=b+c</Value>"
                             "</Tag><Tag><Key>keep</Key><Value/></Tag></TagSet></Tagging>";
  TerraceS3Request *request = terrace_s3_request_new ("PUT", key);
  g_autoptr (TerraceS3Response) response = NULL;

  terrace_s3_request_add_query (request, "tagging", "");
  request->body = g_bytes_new_static (tags, strlen (tags));
  response = contract_s3_ask (place, request);
  g_assert_true (terrace_s3_response_is_ok (response));
}

static void
assert_tagged (ContractS3Place *place, const char *key)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", key);
  g_autoptr (TerraceS3Response) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *tags = NULL;

  terrace_s3_request_add_query (request, "tagging", "");
  response = contract_s3_ask (place, request);
  tags = terrace_s3_xml_parse_tags (response->body, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tags, ==, "keep=&lab%20%26%20co=a%3Db%2Bc");
}

/* Copies and changes of class keep the tags, in one request and in parts. */
static void
test_tags (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (300000, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (fixture->provider, bytes, NULL);
  TerraceWriteOptions options = { "t1", 300000, 100000, NULL, NULL };
  g_autoptr (TerraceObjectInfo) whole = NULL;
  g_autoptr (TerraceObjectInfo) in_parts = NULL;
  g_autoptr (TerraceObjectInfo) colder = NULL;
  g_autoptr (GError) error = NULL;

  tag (fixture->place, "key");
  whole = contract_copy (fixture->provider, "whole", &options, fixture->provider, "key",
                         put->version, &error);
  g_assert_no_error (error);
  assert_tagged (fixture->place, "whole");

  terrace_s3_provider_set_copy_limit (TERRACE_S3_PROVIDER (fixture->provider), 100000);
  options.token = "t2";
  in_parts = contract_copy (fixture->provider, "in parts", &options, fixture->provider, "key",
                            put->version, &error);
  g_assert_no_error (error);
  assert_tagged (fixture->place, "in parts");

  colder = set_class (fixture->provider, put->version, "aws/STANDARD_IA", &error);
  g_assert_no_error (error);
  assert_tagged (fixture->place, "key");
}

static void
keep_versions (ContractS3Place *place)
{
  static const char rules[] =
      "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Status>Enabled</Status></VersioningConfiguration>";
  TerraceS3Request *request = terrace_s3_request_new ("PUT", NULL);
  g_autoptr (TerraceS3Response) response = NULL;

  terrace_s3_request_add_query (request, "versioning", "");
  request->body = g_bytes_new_static (rules, strlen (rules));
  response = contract_s3_ask (place, request);
  g_assert_cmpuint (response->status, ==, 200);
}

static guint
count_versions (ContractS3Place *place, const char *element)
{
  TerraceS3Request *request = terrace_s3_request_new ("GET", NULL);
  g_autoptr (TerraceS3Response) response = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  terrace_s3_request_add_query (request, "versions", "");
  response = contract_s3_ask (place, request);
  text = g_strndup (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body));
  for (const char *p = strstr (text, element); p != NULL; p = strstr (p + 1, element))
    n++;

  return n;
}

/* The version that was seen goes; the older one stays where it was, out of sight. */
static void
test_versions (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) old_bytes = contract_make_bytes (100, 1);
  g_autoptr (GBytes) new_bytes = contract_make_bytes (100, 2);
  g_autoptr (TerraceObjectInfo) old_info = NULL;
  g_autoptr (TerraceObjectInfo) new_info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) changed_error = NULL;

  keep_versions (fixture->place);
  contract_s3_overwrite (fixture->place, "key", old_bytes);
  old_info = contract_stat (fixture->provider, "key", &error);
  g_assert_no_error (error);
  contract_s3_overwrite (fixture->place, "key", new_bytes);
  new_info = contract_stat (fixture->provider, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_versions (fixture->place, "<Version>"), ==, 2);

  g_assert_false (
      contract_remove (fixture->provider, "key", old_info->version, "rm", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_assert_true (contract_remove (fixture->provider, "key", new_info->version, "rm", &error));
  g_assert_no_error (error);
  contract_assert_absent (fixture->provider, "key");
  g_assert_cmpuint (count_versions (fixture->place, "<Version>"), ==, 1);
}

static GBytes *
get_lifecycle (TerraceProvider *provider)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *rules;

  terrace_provider_get_lifecycle_async (provider, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  rules = terrace_provider_get_lifecycle_finish (provider, result, &error);
  g_assert_no_error (error);

  return rules;
}

static void
set_lifecycle (TerraceProvider *provider, GBytes *rules)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_set_lifecycle_async (provider, rules, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_set_lifecycle_finish (provider, result, &error));
  g_assert_no_error (error);
}

static void
test_lifecycle (ContractFixture *fixture, gconstpointer data)
{
  static const char text[] =
      "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>"
      "<ID>terrace-1</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status>"
      "<Expiration><Days>3650</Days></Expiration></Rule></LifecycleConfiguration>";
  g_autoptr (GBytes) rules = g_bytes_new_static (text, strlen (text));
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) before = get_lifecycle (fixture->provider);
  g_autoptr (GBytes) set = NULL;
  g_autoptr (GBytes) after = NULL;

  g_assert_cmpuint (g_bytes_get_size (before), ==, 0);
  set_lifecycle (fixture->provider, rules);
  set = get_lifecycle (fixture->provider);
  g_assert_nonnull (
      g_strstr_len (g_bytes_get_data (set, NULL), g_bytes_get_size (set), "terrace-1"));
  set_lifecycle (fixture->provider, none);
  after = get_lifecycle (fixture->provider);
  g_assert_cmpuint (g_bytes_get_size (after), ==, 0);
}

static void
put_rule (TerraceProvider *provider, const char *text)
{
  g_autoptr (GBytes) rule = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_lifecycle_put_rule_async (provider, rule, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_lifecycle_put_rule_finish (provider, result, &error));
  g_assert_no_error (error);
}

static guint
count_in_rules (TerraceProvider *provider, const char *part)
{
  g_autoptr (GBytes) rules = get_lifecycle (provider);
  g_autofree char *text = g_strndup (g_bytes_get_data (rules, NULL), g_bytes_get_size (rules));
  g_auto (GStrv) pieces = g_strsplit (text, part, -1);

  return MAX (g_strv_length (pieces), 1) - 1;
}

#define RULE(id, prefix, days)                                                                \
  "<Rule><ID>" id "</ID><Filter><Prefix>" prefix "</Prefix></Filter><Status>Enabled</Status>" \
  "<Expiration><Days>" days "</Days></Expiration></Rule>"

/* A rule comes beside those of others, and replaces nothing but its own older form. */
static void
test_lifecycle_merge (ContractFixture *fixture, gconstpointer data)
{
  TerraceProvider *provider = fixture->provider;

  put_rule (provider, RULE ("others", "logs/", "3650"));
  put_rule (provider, RULE ("terrace-1", "photos/", "100"));
  put_rule (provider, RULE ("terrace-1", "photos/", "200"));

  g_assert_cmpuint (count_in_rules (provider, "<Rule>"), ==, 2);
  g_assert_cmpuint (count_in_rules (provider, "<ID>others</ID>"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "<Days>3650</Days>"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "<ID>terrace-1</ID>"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "<Days>200</Days>"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "<Days>100</Days>"), ==, 0);
}

/* More than S3 keeps is refused before a byte moves. */
static void
test_large_attributes (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", 4, PART_BYTES, NULL, source };
  g_autofree char *much = g_strnfill (3000, 'x');
  GVariantBuilder builder;
  g_autoptr (GError) error = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{say}"));
  g_variant_builder_add (&builder, "{s^ay}", "user.much", much);
  source->attributes = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_null (contract_begin (fixture->provider, "key", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

void
contract_s3_add_own (const ContractFactory *factory)
{
  contract_add (factory, "byte-keys", test_byte_keys);
  contract_add (factory, "refused-keys", test_refused_keys);
  contract_add (factory, "wrong-key", test_wrong_key);
  contract_add (factory, "no-bucket", test_no_bucket);
  contract_add (factory, "clock", test_clock);
  contract_add (factory, "abort-leaves-nothing", test_abort_leaves_nothing);
  contract_add (factory, "others-upload", test_others_upload);
  contract_add (factory, "tags", test_tags);
  contract_add (factory, "classes", test_classes);
  contract_add (factory, "copy-in-parts", test_copy_in_parts);
  contract_add (factory, "versions", test_versions);
  contract_add (factory, "lifecycle", test_lifecycle);
  contract_add (factory, "lifecycle-merge", test_lifecycle_merge);
  contract_add (factory, "large-attributes", test_large_attributes);
}
