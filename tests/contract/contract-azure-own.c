/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only Azure has, against an emulator of the service: keys and signatures that are wrong,
 * containers that are not there, tiers, snapshots, copies in the service's own time. */

#include "contract-azure-place.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "provider/azure/terrace-azure-object.h"
#include "provider/azure/terrace-azure-provider.h"
#include "provider/azure/terrace-azure-sign.h"
#include "terrace-test-support.h"

#include <string.h>

#define PART_BYTES 65536
#define HOUR_US (3600 * TERRACE_US_PER_SECOND)
#define WRONG_KEY "d3JvbmcgYnV0IGxvbmcgZW5vdWdoIHRvIGJlIGEga2V5IG9mIGFuIGFjY291bnQsIGFsbW9zdA=="

static const char *const byte_keys[] = {
  "a//b",
  "../x",
  "/leading",
  "a/../b",
  "./dot",
  "a/./b",
  "a%2Fb",
  "a+b c",
  "trailing/",
  "//",
  "?query#x",
  "a&b=c",
  "%",
  "\U0001F600/\u00e9",
  "~*'()",
  "new\nline",
  "dots...",
  "dot./x",
  "back\\slash",
  "bell\a",
  "\u201b\u2407\uff3c",
  "wide\uff0e/\uff0e",
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
  g_autofree char *deep = g_strnfill (600, '/');
  g_autofree char *dots = g_strnfill (1022, 'x');
  g_autofree char *long_name = g_strconcat (dots, "\\\uff3c", NULL);
  const char *const keys[] = { "not\xff\xfeutf8", "\uffff", deep, long_name };
  TerraceWriteOptions options = { "token", 1, PART_BYTES, NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (contract_begin (fixture->provider, keys[i], &options, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
  g_assert_cmpuint (contract_azure_count_traces (fixture->place), ==, 0);
}

static void
assert_refused (ContractFixture *fixture,
                const char *root,
                const char *access_key,
                const char *secret_key,
                TerraceErrorCode code,
                const char *words)
{
  g_autoptr (TerraceProvider) provider =
      contract_azure_make_other (fixture->place, root, access_key, secret_key);
  g_autoptr (GError) probe_error = NULL;
  g_autoptr (GError) stat_error = NULL;

  g_assert_null (contract_probe (provider, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, (int) code);
  g_assert_nonnull (strstr (probe_error->message, words));
  g_assert_null (strstr (probe_error->message, secret_key));
  g_assert_null (contract_stat (provider, "key", &stat_error));
  g_assert_error (stat_error, TERRACE_ERROR, (int) code);
}

static void
test_wrong_key (ContractFixture *fixture, gconstpointer data)
{
  const char *account = contract_azure_get_account ();
  g_autofree char *key = g_strdup (contract_azure_get_key ());

  assert_refused (fixture, NULL, account, WRONG_KEY, TERRACE_ERROR_PERMISSION, "account key");
  assert_refused (fixture, NULL, "otheraccount", key, TERRACE_ERROR_PERMISSION, "otheraccount");
  key[strlen (key) - 3] = '\0';
  assert_refused (fixture, NULL, account, key, TERRACE_ERROR_PERMISSION, "copied whole");
}

static void
test_no_container (ContractFixture *fixture, gconstpointer data)
{
  g_autofree char *root = g_strconcat (contract_azure_get_endpoint (), "/no-such-container", NULL);

  assert_refused (fixture, root, contract_azure_get_account (), contract_azure_get_key (),
                  TERRACE_ERROR_NOT_FOUND, "no-such-container");
}

/* The account's own key, whose name the address tells. */
static void
test_account_of_address (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceProvider) provider =
      contract_azure_make_other (fixture->place, NULL, "-", contract_azure_get_key ());
  g_autoptr (GError) error = NULL;
  g_autofree TerraceProbe *probe = contract_probe (provider, &error);

  g_assert_no_error (error);
  g_assert_true (probe->writable);
}

/* (transfer full): a signature for the whole container. */
static char *
make_signature (ContractFixture *fixture, const char *permissions, gint64 from_now_us)
{
  ContractAzurePlace *place = fixture->place;
  const char *container = strrchr (place->root, '/') + 1;
  g_autofree char *until =
      terrace_azure_timestamp (terrace_clock_get_now_us (place->clock) + from_now_us);
  g_autofree char *text =
      g_strdup_printf ("%s\n\n%s\n/blob/%s/%s\n\n\nhttps,http\n%s\nc\n\n\n\n\n\n\n", permissions,
                       until, contract_azure_get_account (), container, TERRACE_AZURE_VERSION);
  g_autofree char *signature = terrace_azure_sign (text, contract_azure_get_key ());
  g_autofree char *encoded = g_uri_escape_string (signature, NULL, FALSE);

  return g_strdup_printf ("?sv=%s&sr=c&sp=%s&se=%s&spr=https%%2Chttp&sig=%s", TERRACE_AZURE_VERSION,
                          permissions, until, encoded);
}

static void
test_signature (ContractFixture *fixture, gconstpointer data)
{
  g_autofree char *all = make_signature (fixture, "rcwdl", HOUR_US);
  g_autofree char *reading = make_signature (fixture, "rl", HOUR_US);
  g_autofree char *expired = make_signature (fixture, "rl", -HOUR_US);
  g_autoptr (TerraceProvider) writer = NULL;
  g_autoptr (TerraceProvider) reader = NULL;
  g_autoptr (GBytes) bytes = contract_make_bytes (3 * PART_BYTES, 1);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refused_error = NULL;

  writer = contract_azure_make_other (fixture->place, NULL, "sas", all);
  info = contract_put (writer, "a key", "token", bytes, PART_BYTES);
  contract_assert_holds (writer, "a key", bytes);

  /* An empty name of the key, as the window may leave it. */
  reader = contract_azure_make_other (fixture->place, NULL, "", reading);
  probe = contract_probe (reader, &error);
  g_assert_no_error (error);
  g_assert_false (probe->writable);
  contract_assert_holds (reader, "a key", bytes);
  g_assert_false (contract_remove (reader, "a key", info->version, "rm", &refused_error));
  g_assert_error (refused_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);

  assert_refused (fixture, NULL, "sas", expired, TERRACE_ERROR_PERMISSION, "expired");
  all[strlen (all) - 8] = all[strlen (all) - 8] == 'A' ? 'B' : 'A';
  assert_refused (fixture, NULL, "sas", all, TERRACE_ERROR_PERMISSION, "not accepted");
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

static void
restore (TerraceProvider *provider)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_restore_async (provider, "key", 7, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_restore_finish (provider, result, &error));
  g_assert_no_error (error);
}

static TerraceObjectInfo *
put_with_metadata (TerraceProvider *provider, GBytes *bytes, guint64 part_bytes)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", g_bytes_get_size (bytes), part_bytes, "azure/Cool",
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
  for (guint64 offset = 0; offset < options.size_bytes; offset += part_bytes)
    {
      gsize length = MIN (part_bytes, options.size_bytes - offset);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, offset, length);

      contract_add_part (parts, parts->len, offset, length,
                         contract_write (provider, "key", upload, parts->len, offset, part,
                                         &error));
      g_assert_no_error (error);
    }
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

/* What finish() tells, by the answer alone, is what there is. */
static void
test_written (ContractFixture *fixture, gconstpointer data)
{
  static const guint64 part_bytes[] = { PART_BYTES, 4 * PART_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (part_bytes); i++)
    {
      g_autoptr (GBytes) bytes = contract_make_bytes (3 * PART_BYTES, 1);
      g_autoptr (TerraceObjectInfo) put =
          put_with_metadata (fixture->provider, bytes, part_bytes[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info = contract_stat (fixture->provider, "key", &error);

      g_assert_no_error (error);
      g_assert_cmpstr (put->version, ==, info->version);
      g_assert_cmpuint (put->size_bytes, ==, info->size_bytes);
      g_assert_cmpint (put->created_us, ==, info->created_us);
      g_assert_cmpint (put->modified_us, ==, info->modified_us);
      g_assert_cmpint (put->accessed_us, ==, info->accessed_us);
      g_assert_cmpstr (put->class_id, ==, info->class_id);
      g_assert_cmpuint (put->mode, ==, info->mode);
      g_assert_true (g_variant_equal (put->attributes, info->attributes));
      g_assert_cmpint (put->checksum.kind, ==, info->checksum.kind);
      g_assert_cmpint (info->checksum.kind, ==,
                       i == 0 ? TERRACE_CHECKSUM_NONE : TERRACE_CHECKSUM_MD5);
      g_assert_true (contract_remove (fixture->provider, "key", info->version, "rm", &error));
      g_assert_no_error (error);
    }
}

/* Down to the archive, where it cannot be read, and back up. */
static void
test_tiers (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (3 * PART_BYTES, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (fixture->provider, bytes, PART_BYTES);
  g_autoptr (TerraceObjectInfo) archived = NULL;
  g_autoptr (TerraceObjectInfo) restored = NULL;
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) changed_error = NULL;
  g_autoptr (GError) unknown_error = NULL;

  g_assert_cmpstr (put->class_id, ==, "azure/Cool");
  assert_metadata (put);
  archived = set_class (fixture->provider, put->version, "azure/Archive", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (archived->class_id, ==, "azure/Archive");
  g_assert_cmpstr (archived->version, ==, put->version);
  assert_metadata (archived);
  listing = contract_list (fixture->provider, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((TerraceObjectInfo *) listing->objects->pdata[0])->class_id, ==,
                   "azure/Archive");
  assert_metadata (listing->objects->pdata[0]);
  g_assert_null (contract_read (fixture->provider, "key", put->version, 0, 10, &read_error));
  g_assert_error (read_error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_assert_nonnull (strstr (read_error->message, "archive"));

  restore (fixture->provider);
  restore (fixture->provider);
  restored = contract_stat (fixture->provider, "key", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (restored->class_id, ==, "azure/Hot");
  contract_assert_holds (fixture->provider, "key", bytes);

  g_assert_null (set_class (fixture->provider, "other", "azure/Cool", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_assert_null (set_class (fixture->provider, put->version, "azure/Lukewarm", &unknown_error));
  g_assert_error (unknown_error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
}

static void
test_snapshots (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "token", bytes, PART_BYTES);
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", "key");
  g_autoptr (TerraceAzureResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  terrace_http_request_add_query (request, "comp", "snapshot");
  response = contract_azure_ask (fixture->place, request);
  g_assert_cmpuint (response->status, ==, 201);

  g_assert_false (contract_remove (fixture->provider, "key", info->version, "rm", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "snapshots"));
  contract_assert_holds (fixture->provider, "key", bytes);
}

/* The checksum that the service has computed of what came in one piece; what others claim is none.
 */
static void
test_checksum (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (TerraceObjectInfo) put =
      contract_put (fixture->provider, "key", "token", bytes, PART_BYTES);
  g_autoptr (TerraceObjectInfo) foreign = NULL;
  g_autoptr (GError) error = NULL;
  TerraceDigest digest;

  terrace_digest_of (TERRACE_CHECKSUM_MD5, g_bytes_get_data (bytes, NULL), 100, &digest);
  g_assert_true (terrace_digest_equal (&put->checksum, &digest));

  contract_azure_overwrite (fixture->place, "foreign", bytes);
  foreign = contract_stat (fixture->provider, "foreign", &error);
  g_assert_no_error (error);
  g_assert_cmpint (foreign->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
}

/* As objects beyond 256 MiB are, with a smaller limit. */
static void
test_long_copy (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "copy", 350007, PART_BYTES, "azure/Hot", NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 1);
  g_autoptr (TerraceObjectInfo) put = put_with_metadata (fixture->provider, bytes, PART_BYTES);
  g_autoptr (TerraceObjectInfo) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) changed_error = NULL;

  terrace_azure_provider_set_copy_limit (TERRACE_AZURE_PROVIDER (fixture->provider), 100000);
  copy = contract_copy (fixture->provider, "to/a copy+%", &options, fixture->provider, "key",
                        put->version, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->class_id, ==, "azure/Hot");
  assert_metadata (copy);
  contract_assert_holds (fixture->provider, "to/a copy+%", bytes);

  options.token = "other";
  g_assert_null (contract_copy (fixture->provider, "third", &options, fixture->provider, "key",
                                "not this one", &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_assert_cmpuint (contract_azure_count_traces (fixture->place), ==, 2);
}

/* An address of more than 2,048 characters is too long for a source: the bytes go through us. */
static void
test_long_source (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) key = g_string_new (NULL);
  TerraceWriteOptions options = { "copy", 10, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (10, 1);
  g_autoptr (TerraceObjectInfo) put = NULL;
  g_autoptr (GError) error = NULL;

  while (key->len < 900)
    g_string_append (key, "\u00e9");
  put = contract_put (fixture->provider, key->str, "token", bytes, PART_BYTES);
  g_assert_null (contract_copy (fixture->provider, "to", &options, fixture->provider, key->str,
                                put->version, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
}

/* Blocks that somebody else's program has left are found and removed like ours. */
static void
test_foreign_blocks (ContractFixture *fixture, gconstpointer data)
{
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", "key");
  TerraceWriteOptions options = { "token", 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (TerraceAzureResponse) response = NULL;
  g_autoptr (TerraceUploadListing) listing = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const TerraceUpload *upload;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) begin_error = NULL;
  g_autofree char *begun = NULL;

  terrace_http_request_add_query (request, "comp", "block");
  terrace_http_request_add_query (request, "blockid", "c2hvcnQ=");
  request->body = g_bytes_new_static ("12345", 5);
  response = contract_azure_ask (fixture->place, request);
  g_assert_cmpuint (response->status, ==, 201);

  g_assert_null (contract_begin (fixture->provider, "key", &options, &begin_error));
  g_assert_error (begin_error, TERRACE_ERROR, TERRACE_ERROR_FAILED);
  g_assert_nonnull (strstr (begin_error->message, "another program"));

  terrace_provider_list_uploads_async (fixture->provider, NULL, NULL, terrace_test_store_result,
                                       &result);
  terrace_test_await (&result);
  listing = terrace_provider_list_uploads_finish (fixture->provider, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->uploads->len, ==, 1);
  upload = listing->uploads->pdata[0];
  g_assert_cmpstr (upload->key, ==, "key");
  g_assert_cmpuint (upload->size_bytes, ==, 5);
  g_assert_true (contract_abort (fixture->provider, upload->key, upload->upload, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (contract_azure_count_traces (fixture->place), ==, 0);

  begun = contract_begin (fixture->provider, "key", &options, &error);
  g_assert_no_error (error);
}

/* What is left when an abort is interrupted: nobody sees it, and the next look takes it away. */
static void
test_placeholder (ContractFixture *fixture, gconstpointer data)
{
  TerraceHttpRequest *request = terrace_http_request_new ("PUT", "key");
  g_autoptr (TerraceAzureResponse) response = NULL;
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  terrace_http_request_add_header (request, "x-ms-blob-type", "BlockBlob");
  terrace_azure_add_placeholder (request);
  request->body = g_bytes_new (NULL, 0);
  response = contract_azure_ask (fixture->place, request);
  g_assert_cmpuint (response->status, ==, 201);

  listing = contract_list (fixture->provider, "", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listing->objects->len, ==, 0);
  contract_assert_absent (fixture->provider, "key");
  g_assert_cmpuint (contract_azure_count_traces (fixture->place), ==, 0);
  info = contract_put (fixture->provider, "key", "token", bytes, PART_BYTES);
  g_assert_cmpuint (info->size_bytes, ==, 100);
}

/* More than Azure keeps is refused before a byte moves. */
static void
test_large_attributes (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", 4, PART_BYTES, NULL, source };
  g_autofree char *much = g_strnfill (7000, 'x');
  GVariantBuilder builder;
  g_autoptr (GError) error = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{say}"));
  g_variant_builder_add (&builder, "{s^ay}", "user.much", much);
  source->attributes = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_null (contract_begin (fixture->provider, "key", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

void
contract_azure_add_own (const ContractFactory *factory)
{
  contract_add (factory, "byte-keys", test_byte_keys);
  contract_add (factory, "refused-keys", test_refused_keys);
  contract_add (factory, "wrong-key", test_wrong_key);
  contract_add (factory, "no-container", test_no_container);
  contract_add (factory, "account-of-address", test_account_of_address);
  contract_add (factory, "signature", test_signature);
  contract_add (factory, "written", test_written);
  contract_add (factory, "tiers", test_tiers);
  contract_add (factory, "snapshots", test_snapshots);
  contract_add (factory, "checksum", test_checksum);
  contract_add (factory, "long-copy", test_long_copy);
  contract_add (factory, "long-source", test_long_source);
  contract_add (factory, "foreign-blocks", test_foreign_blocks);
  contract_add (factory, "placeholder", test_placeholder);
  contract_add (factory, "large-attributes", test_large_attributes);
}
