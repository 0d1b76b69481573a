/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures against the examples that Amazon has published. */

#include "provider/s3/terrace-s3-sign.h"

#include <string.h>

#define ACCESS_KEY "AKIAIOSFODNN7EXAMPLE"
#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define TIMESTAMP "20130524T000000Z"

typedef struct
{
  const char *name;
  const char *method;
  const char *path;
  const char *query[5];   /* name, value, ... NULL */
  const char *headers[7]; /* the same, beside host, date and hash */
  const char *body;
  const char *request_hash;
  const char *signature;
} Vector;

static const Vector vectors[] = {
  { .name = "get",
    .method = "GET",
    .path = "/test.txt",
    .headers = { "range", "bytes=0-9" },
    .body = "",
    .request_hash = "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972",
    .signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
  { .name = "put",
    .method = "PUT",
    .path = "/test%24file.text",
    .headers = { "date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class",
                 "REDUCED_REDUNDANCY" },
    .body = "Welcome to Amazon S3.",
    .request_hash = "9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d",
    .signature = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
  { .name = "lifecycle",
    .method = "GET",
    .path = "/",
    .query = { "lifecycle", "" },
    .body = "",
    .request_hash = "9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca",
    .signature = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
  { .name = "list",
    .method = "GET",
    .path = "/",
    .query = { "prefix", "J", "max-keys", "2" },
    .body = "",
    .request_hash = "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7",
    .signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static GPtrArray *
new_pairs (const char *const *names_and_values)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);

  for (guint i = 0; names_and_values[i] != NULL; i += 2)
    g_ptr_array_add (pairs, terrace_s3_pair_new (names_and_values[i], names_and_values[i + 1]));

  return pairs;
}

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  g_autoptr (GPtrArray) query_pairs = new_pairs (vector->query);
  g_autoptr (GPtrArray) headers = new_pairs (vector->headers);
  g_autofree char *query = terrace_s3_canonical_query (query_pairs);
  g_autofree char *body_hash = terrace_s3_sha256_hex (vector->body, strlen (vector->body));
  g_autofree char *names = NULL;
  g_autofree char *request = NULL;
  g_autofree char *request_hash = NULL;
  g_autofree char *authorization = NULL;

  g_ptr_array_add (headers, terrace_s3_pair_new ("host", "examplebucket.s3.amazonaws.com"));
  g_ptr_array_add (headers, terrace_s3_pair_new ("x-amz-date", TIMESTAMP));
  g_ptr_array_add (headers, terrace_s3_pair_new ("x-amz-content-sha256", body_hash));
  request = terrace_s3_canonical_request (vector->method, vector->path, query, headers, body_hash,
                                          &names);
  request_hash = terrace_s3_sha256_hex (request, strlen (request));
  g_assert_cmpstr (request_hash, ==, vector->request_hash);

  authorization =
      terrace_s3_authorization (request, names, TIMESTAMP, "us-east-1", ACCESS_KEY, SECRET_KEY);
  g_assert_true (g_str_has_suffix (authorization, vector->signature));
  g_assert_true (g_str_has_prefix (authorization, "AWS4-HMAC-SHA256 Credential=" ACCESS_KEY
                                                  "/20130524/us-east-1/s3/aws4_request,"));
  g_assert_null (strstr (authorization, SECRET_KEY));
}

static void
test_encode (void)
{
  static const struct
  {
    const char *text;
    gboolean keep_slash;
    const char *encoded;
  } cases[] = {
    { "a b+c/\u00fc~*.txt", TRUE, "a%20b%2Bc/%C3%BC~%2A.txt" },
    { "a/b", FALSE, "a%2Fb" },
    { "a//b/../c/./", TRUE, "a//b/../c/./" },
    { "%2F?#&=", TRUE, "%252F%3F%23%26%3D" },
    { "\n\xff", TRUE, "%0A%FF" },
    { "", TRUE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *encoded = terrace_s3_encode (cases[i].text, cases[i].keep_slash);

      g_assert_cmpstr (encoded, ==, cases[i].encoded);
    }
}

static void
test_query (void)
{
  static const char *const names[] = { "b", "2", "a", "z/", "a", " ", "uploads", "", NULL };
  g_autoptr (GPtrArray) pairs = new_pairs (names);
  g_autofree char *query = terrace_s3_canonical_query (pairs);
  g_autofree char *none = terrace_s3_canonical_query (NULL);

  g_assert_cmpstr (query, ==, "a=%20&a=z%2F&b=2&uploads=");
  g_assert_cmpstr (none, ==, "");
}

/* Blanks in a header's value are not signed as they stand. */
static void
test_blanks (void)
{
  static const char *const headers[] = { "x-amz-b", "  two   words ", "host", "h", NULL };
  g_autoptr (GPtrArray) pairs = new_pairs (headers);
  g_autofree char *names = NULL;
  g_autofree char *request =
      terrace_s3_canonical_request ("GET", "/", "", pairs, TERRACE_S3_UNSIGNED_PAYLOAD, &names);

  g_assert_cmpstr (names, ==, "host;x-amz-b");
  g_assert_cmpstr (request, ==,
                   "GET\n/\n\nhost:h\nx-amz-b:two words\n\nhost;x-amz-b\nUNSIGNED-PAYLOAD");
}

static void
test_small (void)
{
  g_autofree char *empty = terrace_s3_sha256_hex ("", 0);
  g_autofree char *timestamp = terrace_s3_timestamp (G_GINT64_CONSTANT (1369353600999999));

  g_assert_cmpstr (empty, ==, TERRACE_S3_EMPTY_PAYLOAD);
  g_assert_cmpstr (timestamp, ==, TIMESTAMP);
}

static void
test_presigned (void)
{
  TerraceS3Key key = { ACCESS_KEY, SECRET_KEY, NULL };
  TerraceS3Key temporary = { ACCESS_KEY, SECRET_KEY, "to/ken==" };
  g_autofree char *query = terrace_s3_presign ("GET", "examplebucket.s3.amazonaws.com", "/test.txt",
                                               TIMESTAMP, 86400, "us-east-1", &key);
  g_autofree char *longest =
      terrace_s3_presign ("GET", "examplebucket.s3.amazonaws.com", "/test.txt", TIMESTAMP,
                          G_MAXUINT, "us-east-1", &temporary);

  g_assert_cmpstr (query, ==,
                   "X-Amz-Algorithm=AWS4-HMAC-SHA256"
                   "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
                   "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
                   "&X-Amz-SignedHeaders=host&X-Amz-Signature="
                   "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  g_assert_nonnull (strstr (longest, "&X-Amz-Expires=604800&X-Amz-Security-Token=to%2Fken%3D%3D&"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/provider/s3-sign/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/provider/s3-sign/encode", test_encode);
  g_test_add_func ("/provider/s3-sign/query", test_query);
  g_test_add_func ("/provider/s3-sign/blanks", test_blanks);
  g_test_add_func ("/provider/s3-sign/small", test_small);
  g_test_add_func ("/provider/s3-sign/presigned", test_presigned);

  return g_test_run ();
}
