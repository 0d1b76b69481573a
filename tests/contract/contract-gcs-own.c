/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only GCS has: service accounts and their roles, tokens that end, clocks that are wrong,
 * classes by rewrite, Autoclass, lifecycle rules, sessions that are interrupted, and HMAC keys. */

#include "contract-gcs-place.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "provider/terrace-lifecycle.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-fake-clock.h"
#include "terrace-test-support.h"

#include <string.h>

#define PART_BYTES (512 * 1024)
#define HOUR_US (3600 * TERRACE_US_PER_SECOND)

static const char *const byte_keys[] = {
  "a//b",  "../x",      "/leading", "a/../b",   "./dot", "a/./b", "a%2Fb",
  "a+b c", "trailing/", "//",       "?query#x", "a&b=c", "%",     "\U0001F600/\u00e9",
  "~*'()", "...",       "..a",
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
  static const char *const keys[] = {
    "not\xff\xfeutf8",       "line\nbreak", "re\rturn", ".", "..", ".well-known/acme-challenge/x",
    ".terrace-uploads/mine",
  };
  TerraceWriteOptions options = { "token", 1, PART_BYTES, NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (contract_begin (fixture->provider, keys[i], &options, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

static TerraceProvider *
make_with_account (ContractFixture *fixture, const char *variable)
{
  ContractGcsPlace *place = fixture->place;
  g_autoptr (TerraceCredentials) credentials =
      contract_gcs_make_credentials (place->root, variable);

  return contract_gcs_make_other (place, NULL, credentials, NULL);
}

static void
test_wrong_key (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceProvider) stranger = make_with_account (fixture, "TERRACE_TEST_GCS_STRANGER");
  g_autoptr (GError) probe_error = NULL;
  g_autoptr (GError) stat_error = NULL;

  g_assert_null (contract_probe (stranger, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (probe_error->message, "service account's key"));
  g_assert_nonnull (strstr (probe_error->message, "stranger@"));
  g_assert_null (strstr (probe_error->message, "PRIVATE"));
  g_assert_null (contract_stat (stranger, "key", &stat_error));
  g_assert_error (stat_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
}

/* The role that docs/clouds.md names is enough for all but lifecycle rules; that of a viewer is
 * enough to read. */
static void
test_roles (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceProvider) user = make_with_account (fixture, "TERRACE_TEST_GCS_USER");
  g_autoptr (TerraceProvider) viewer = make_with_account (fixture, "TERRACE_TEST_GCS_VIEWER");
  g_autoptr (GBytes) bytes = contract_make_bytes (3 * PART_BYTES, 1);
  TerraceWriteOptions options = { "other", 1, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) byte = contract_make_bytes (1, 2);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceObjectInfo) colder = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;
  g_autofree TerraceProbe *ours = contract_probe (user, &error);
  g_autofree TerraceProbe *theirs = contract_probe (viewer, &error);

  g_assert_no_error (error);
  g_assert_true (ours->writable);
  g_assert_false (theirs->writable);

  info = contract_put (user, "key", "t", bytes, PART_BYTES);
  contract_assert_holds (viewer, "key", bytes);
  terrace_provider_set_class_async (user, "key", info->version, "gcs/NEARLINE", NULL,
                                    terrace_test_store_result, &result);
  terrace_test_await (&result);
  colder = terrace_provider_set_class_finish (user, result, &error);
  g_assert_no_error (error);
  g_assert_true (contract_remove (user, "key", colder->version, "rm", &error));

  upload = contract_begin (viewer, "new", &options, &error);
  g_assert_no_error (error);
  contract_add_part (parts, 0, 0, 1, contract_write (viewer, "new", upload, 0, 0, byte, &error));
  g_assert_null (contract_finish (viewer, "new", upload, parts, &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "role"));
}

static void
test_no_bucket (ContractFixture *fixture, gconstpointer data)
{
  g_autofree char *root = g_strconcat (contract_gcs_get_endpoint (), "/no-such-bucket", NULL);
  g_autoptr (TerraceCredentials) credentials =
      contract_gcs_make_credentials (root, "TERRACE_TEST_GCS_ACCOUNT");
  g_autoptr (TerraceProvider) provider =
      contract_gcs_make_other (fixture->place, root, credentials, NULL);
  g_autoptr (GError) probe_error = NULL;
  g_autoptr (GError) list_error = NULL;

  g_assert_null (contract_probe (provider, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (probe_error->message, "no bucket of this name"));
  g_assert_nonnull (strstr (probe_error->message, "no-such-bucket"));
  g_assert_null (contract_list (provider, "", NULL, &list_error));
  g_assert_error (list_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (list_error->message, "no bucket of this name"));
}

/* Our clock is an hour off: the server's corrects it. */
static void
test_clock (ContractFixture *fixture, gconstpointer data)
{
  ContractGcsPlace *place = fixture->place;
  gint64 now_us = terrace_clock_get_now_us (place->clock);
  g_autoptr (TerraceClock) fast = terrace_fake_clock_new (now_us + 2 * HOUR_US);
  g_autoptr (TerraceClock) slow = terrace_fake_clock_new (now_us - 2 * HOUR_US);
  g_autoptr (TerraceProvider) first = contract_gcs_make_other (place, NULL, NULL, fast);
  g_autoptr (TerraceProvider) second = contract_gcs_make_other (place, NULL, NULL, slow);
  g_autoptr (GBytes) bytes = contract_make_bytes (300, 1);
  g_autoptr (TerraceObjectInfo) info = contract_put (first, "key", "t", bytes, 100);
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  contract_assert_holds (first, "key", bytes);
  listing = contract_list (second, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, 1);
}

/* A token that is not taken any more is replaced, also in the middle of an upload. */
static void
test_expired_token (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 1);
  g_autoptr (GBytes) first = g_bytes_new_from_bytes (bytes, 0, PART_BYTES);
  g_autoptr (GBytes) second = g_bytes_new_from_bytes (bytes, PART_BYTES, PART_BYTES);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);

  g_assert_no_error (error);
  contract_gcs_control (fixture->place, "{\"revoke_tokens\": true}");
  contract_add_part (parts, 0, 0, PART_BYTES,
                     contract_write (fixture->provider, "key", upload, 0, 0, first, &error));
  contract_add_part (parts, 1, PART_BYTES, PART_BYTES,
                     contract_write (fixture->provider, "key", upload, 1, PART_BYTES, second,
                                     &error));
  g_assert_no_error (error);
  info = contract_finish (fixture->provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  contract_assert_holds (fixture->provider, "key", bytes);
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
  TerraceWriteOptions options = { "token", g_bytes_get_size (bytes), 8 * 1024 * 1024, class_id,
                                  source };
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;
  TerraceObjectInfo *info;

  source->modified_us = G_GINT64_CONSTANT (1234567890123456);
  source->mode = 0640;
  upload = contract_begin (provider, "key", &options, &error);
  g_assert_no_error (error);
  contract_add_part (parts, 0, 0, options.size_bytes,
                     contract_write (provider, "key", upload, 0, 0, bytes, &error));
  g_assert_no_error (error);
  info = contract_finish (provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);

  return info;
}

/* Several megabytes of another class take several calls of rewrite here. */
static void
test_classes (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (3 * 1024 * 1024 + 5, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (fixture->provider, bytes, "gcs/NEARLINE");
  g_autoptr (TerraceObjectInfo) colder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) changed_error = NULL;
  TerraceDigest digest;

  g_assert_cmpstr (put->class_id, ==, "gcs/NEARLINE");
  terrace_digest_of (TERRACE_CHECKSUM_CRC32C, g_bytes_get_data (bytes, NULL),
                     g_bytes_get_size (bytes), &digest);
  g_assert_true (terrace_digest_equal (&put->checksum, &digest));

  colder = set_class (fixture->provider, put->version, "gcs/ARCHIVE", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (colder->class_id, ==, "gcs/ARCHIVE");
  g_assert_cmpstr (colder->version, !=, put->version);
  g_assert_cmpint (colder->modified_us, ==, put->modified_us);
  g_assert_cmpuint (colder->mode, ==, 0640);
  g_assert_true (terrace_digest_equal (&colder->checksum, &digest));
  contract_assert_holds (fixture->provider, "key", bytes);

  g_assert_null (set_class (fixture->provider, put->version, "gcs/STANDARD", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
}

static void
test_copy_between_buckets (ContractFixture *fixture, gconstpointer data)
{
  ContractGcsPlace *other = contract_gcs_set_up ();
  g_autoptr (TerraceProvider) source = contract_gcs_make_provider (other);
  g_autoptr (GBytes) bytes = contract_make_bytes (2 * 1024 * 1024 + 5, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (source, bytes, NULL);
  TerraceWriteOptions options = { "copy", g_bytes_get_size (bytes), 1, "gcs/COLDLINE", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) copy =
      contract_copy (fixture->provider, "a copy/+%", &options, source, "key", put->version, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (copy->class_id, ==, "gcs/COLDLINE");
  g_assert_cmpint (copy->modified_us, ==, put->modified_us);
  g_assert_cmpuint (copy->mode, ==, 0640);
  contract_assert_holds (fixture->provider, "a copy/+%", bytes);
  g_clear_object (&source);
  contract_gcs_tear_down (other);
}

static void
test_autoclass (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (TerraceProvider) user = make_with_account (fixture, "TERRACE_TEST_GCS_USER");
  g_autoptr (TerraceObjectInfo) put = NULL;
  g_autoptr (TerraceObjectInfo) now = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) user_error = NULL;

  contract_gcs_patch_bucket (fixture->place, "{\"autoclass\": {\"enabled\": true}}");
  put = put_with_metadata (fixture->provider, bytes, "gcs/NEARLINE");
  g_assert_cmpstr (put->class_id, ==, "gcs/STANDARD");
  g_assert_null (set_class (fixture->provider, put->version, "gcs/ARCHIVE", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "Autoclass"));

  /* Whoever may not look at the bucket sees it by what comes out. */
  g_assert_null (set_class (user, put->version, "gcs/ARCHIVE", &user_error));
  g_assert_error (user_error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
  contract_assert_holds (fixture->provider, "key", bytes);
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

static gboolean
set_lifecycle (TerraceProvider *provider, GBytes *rules, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_set_lifecycle_async (provider, rules, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  return terrace_provider_set_lifecycle_finish (provider, result, error);
}

static void
test_lifecycle (ContractFixture *fixture, gconstpointer data)
{
  static const char text[] =
      "{\"rule\":[{\"action\":{\"type\":\"SetStorageClass\",\"storageClass\":\"NEARLINE\"},"
      "\"condition\":{\"age\":30,\"matchesPrefix\":[\"logs/\"]}}]}";
  g_autoptr (GBytes) rules = g_bytes_new_static (text, strlen (text));
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) before = get_lifecycle (fixture->provider);
  g_autoptr (GBytes) set = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (before), ==, 0);
  g_assert_true (set_lifecycle (fixture->provider, rules, &error));
  g_assert_no_error (error);
  set = get_lifecycle (fixture->provider);
  g_assert_true (g_bytes_equal (set, rules));

  /* Somebody changes the bucket between the look and the change. */
  contract_gcs_patch_bucket (fixture->place, "{\"labels\": {\"a\": \"b\"}}");
  g_assert_false (set_lifecycle (fixture->provider, none, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);

  g_assert_true (set_lifecycle (fixture->provider, none, &error));
  g_assert_no_error (error);
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

#define RULE(class_name, prefix, days)                                       \
  "{\"action\":{\"type\":\"SetStorageClass\",\"storageClass\":\"" class_name \
  "\"},\"condition\":{\"age\":" days ",\"matchesPrefix\":[\"" prefix "\"]}}"

/* A rule comes beside those of others, and replaces nothing but its own older form. */
static void
test_lifecycle_merge (ContractFixture *fixture, gconstpointer data)
{
  TerraceProvider *provider = fixture->provider;

  put_rule (provider, RULE ("NEARLINE", "logs/", "30"));
  put_rule (provider, RULE ("ARCHIVE", "logs/", "400"));
  put_rule (provider, RULE ("NEARLINE", "photos/", "100"));
  put_rule (provider, RULE ("NEARLINE", "photos/", "200"));

  g_assert_cmpuint (count_in_rules (provider, "\"action\""), ==, 3);
  g_assert_cmpuint (count_in_rules (provider, "\"age\":30"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "\"age\":400"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "\"age\":200"), ==, 1);
  g_assert_cmpuint (count_in_rules (provider, "\"age\":100"), ==, 0);
}

/* (transfer full): part @number of @whole as it is written. */
static char *
write_part (TerraceProvider *provider,
            const char *upload,
            guint number,
            GBytes *whole,
            GError **error)
{
  guint64 offset = number * PART_BYTES;
  gsize length = MIN (PART_BYTES, g_bytes_get_size (whole) - offset);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, offset, length);

  return contract_write (provider, "key", upload, number, offset, part, error);
}

/* The connection ends in the middle of a part: what has arrived is not sent again, and the object
 * is whole. */
static void
test_interrupted (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 3 * PART_BYTES + 7, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 1);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) dropped_error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);

  g_assert_no_error (error);
  contract_gcs_control (fixture->place, "{\"drop_after\": [300000, 100]}");
  g_assert_null (write_part (fixture->provider, upload, 0, bytes, &dropped_error));
  g_assert_error (dropped_error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  for (guint i = 0; i < 4; i++)
    {
      contract_add_part (parts, i, i * PART_BYTES, i < 3 ? PART_BYTES : 7,
                         write_part (fixture->provider, upload, i, bytes, &error));
      g_assert_no_error (error);
    }

  /* And again where the object is made. */
  contract_gcs_control (fixture->place, "{\"drop_after\": [3, 3]}");
  g_assert_null (contract_finish (fixture->provider, "key", upload, parts, &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE);
  g_clear_error (&error);
  contract_assert_absent (fixture->provider, "key");
  info = contract_finish (fixture->provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  contract_assert_holds (fixture->provider, "key", bytes);
  g_assert_cmpuint (contract_gcs_count_traces (fixture->place), ==, 1);
}

/* What another process has sent need not be sent again. */
static void
test_stored_survives (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 4 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 1);
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *receipt = write_part (fixture->provider, upload, i, bytes, &error);

      g_assert_no_error (error);
    }
  /* No address of a session is in what is remembered of the upload. */
  g_assert_null (strstr (upload, "upload_id"));

  g_clear_object (&fixture->provider);
  fixture->provider = contract_gcs_make_provider (fixture->place);
  stored = contract_resume (fixture->provider, "key", upload, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored->len, ==, 3);
  g_free (write_part (fixture->provider, upload, 3, bytes, &error));
  g_assert_no_error (error);
  all = contract_resume (fixture->provider, "key", upload, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 4);
  info = contract_finish (fixture->provider, "key", upload, all, &options, &error);
  g_assert_no_error (error);
  contract_assert_holds (fixture->provider, "key", bytes);
  g_assert_cmpuint (contract_gcs_count_traces (fixture->place), ==, 1);
}

/* The location's registry makes the S3 provider of an address with a region. */
static void
test_hmac (ContractFixture *fixture, gconstpointer data)
{
  static const char *const classes[] = { "gcs/STANDARD", NULL };
  ContractGcsPlace *place = fixture->place;
  g_autofree char *root = g_strconcat (place->root, "?region=auto", NULL);
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_GCS, "test", root, classes);
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceSecret) secret =
      terrace_secret_new (contract_gcs_get_variable ("TERRACE_TEST_GCS_ACCESS_KEY"),
                          contract_gcs_get_variable ("TERRACE_TEST_GCS_SECRET_KEY"), NULL);
  g_autoptr (GBytes) bytes = contract_make_bytes (1000, 1);
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (TerraceListing) listing = NULL;
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GError) error = NULL;

  terrace_credentials_store_async (credentials, root, "test", secret, NULL,
                                   terrace_test_store_result, &stored);
  terrace_test_await (&stored);
  terrace_provider_registry_set_credentials (registry, credentials);
  provider = terrace_provider_registry_get (registry, location, &error);
  g_assert_no_error (error);

  probe = contract_probe (provider, &error);
  g_assert_no_error (error);
  info = contract_put (provider, "a key/ü", "t", bytes, PART_BYTES);
  g_assert_cmpstr (info->class_id, ==, "gcs/STANDARD");
  contract_assert_holds (provider, "a key/ü", bytes);
  contract_assert_holds (fixture->provider, "a key/ü", bytes);
  listing = contract_list (provider, "a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, 1);
  g_assert_true (contract_remove (provider, "a key/ü", info->version, "rm", &error));
  g_assert_no_error (error);
  contract_assert_absent (fixture->provider, "a key/ü");

  g_clear_object (&provider);
  terrace_provider_registry_shutdown_async (registry, NULL, terrace_test_store_result, &ended);
  terrace_test_await (&ended);
  g_assert_true (terrace_provider_registry_shutdown_finish (registry, ended, NULL));
  terrace_test_settle ();
}

/* More than Google keeps is refused before a byte moves. */
static void
test_large_attributes (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", 4, PART_BYTES, NULL, source };
  g_autofree char *much = g_strnfill (8000, 'x');
  GVariantBuilder builder;
  g_autoptr (GError) error = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{say}"));
  g_variant_builder_add (&builder, "{s^ay}", "user.much", much);
  source->attributes = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_null (contract_begin (fixture->provider, "key", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

void
contract_gcs_add_own (const ContractFactory *factory)
{
  contract_add (factory, "byte-keys", test_byte_keys);
  contract_add (factory, "refused-keys", test_refused_keys);
  contract_add (factory, "wrong-key", test_wrong_key);
  contract_add (factory, "roles", test_roles);
  contract_add (factory, "no-bucket", test_no_bucket);
  contract_add (factory, "clock", test_clock);
  contract_add (factory, "expired-token", test_expired_token);
  contract_add (factory, "classes", test_classes);
  contract_add (factory, "copy-between-buckets", test_copy_between_buckets);
  contract_add (factory, "autoclass", test_autoclass);
  contract_add (factory, "lifecycle", test_lifecycle);
  contract_add (factory, "lifecycle-merge", test_lifecycle_merge);
  contract_add (factory, "interrupted", test_interrupted);
  contract_add (factory, "stored-survives", test_stored_survives);
  contract_add (factory, "hmac", test_hmac);
  contract_add (factory, "large-attributes", test_large_attributes);
}
