/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signature Version 4 as pure functions. S3 differs from AWS's other services in one point: the
 * path is taken as it is, since "a//b" and "a/../b" are names of objects. Any thread. */

#include "provider/s3/terrace-s3-sign.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SHA256_BYTES 32
#define DATE_CHARACTERS 8

TerraceS3Pair *
terrace_s3_pair_new (const char *name, const char *value)
{
  TerraceS3Pair *self = g_new0 (TerraceS3Pair, 1);

  self->name = g_strdup (name);
  self->value = g_strdup (value);

  return self;
}

void
terrace_s3_pair_free (TerraceS3Pair *self)
{
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

static char *
to_hex (const guint8 *bytes, gsize length)
{
  GString *text = g_string_sized_new (2 * length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);

  return g_string_free (text, FALSE);
}

char *
terrace_s3_sha256_hex (gconstpointer data, gsize length_bytes)
{
  guint8 digest[SHA256_BYTES];
  int result = gnutls_hash_fast (GNUTLS_DIG_SHA256, data, length_bytes, digest);

  g_assert (result == 0);
  return to_hex (digest, sizeof digest);
}

char *
terrace_s3_encode (const char *bytes, gboolean keep_slash)
{
  GString *text = g_string_sized_new (strlen (bytes) + 16);

  for (const char *p = bytes; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || strchr ("-_.~", *p) != NULL || (keep_slash && *p == '/'))
      g_string_append_c (text, *p);
    else
      g_string_append_printf (text, "%%%02X", (guint8) *p);

  return g_string_free (text, FALSE);
}

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const TerraceS3Pair *first = *(TerraceS3Pair *const *) a;
  const TerraceS3Pair *second = *(TerraceS3Pair *const *) b;
  int order = strcmp (first->name, second->name);

  return order != 0 ? order : strcmp (first->value, second->value);
}

char *
terrace_s3_canonical_query (GPtrArray *query)
{
  g_autoptr (GPtrArray) encoded =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  GString *text = g_string_new (NULL);

  for (guint i = 0; query != NULL && i < query->len; i++)
    {
      const TerraceS3Pair *pair = query->pdata[i];
      g_autofree char *name = terrace_s3_encode (pair->name, FALSE);
      g_autofree char *value = terrace_s3_encode (pair->value, FALSE);

      g_ptr_array_add (encoded, terrace_s3_pair_new (name, value));
    }
  g_ptr_array_sort (encoded, compare_pairs);
  for (guint i = 0; i < encoded->len; i++)
    {
      const TerraceS3Pair *pair = encoded->pdata[i];

      g_string_append_printf (text, "%s%s=%s", i > 0 ? "&" : "", pair->name, pair->value);
    }

  return g_string_free (text, FALSE);
}

/* Without blanks around it, and one for each run of them inside. */
static void
append_trimmed (GString *text, const char *value)
{
  gboolean begun = FALSE;
  gboolean blank = FALSE;

  for (const char *p = value; *p != '\0'; p++)
    if (*p == ' ' || *p == '\t')
      {
        blank = TRUE;
      }
    else
      {
        if (blank && begun)
          g_string_append_c (text, ' ');
        g_string_append_c (text, *p);
        begun = TRUE;
        blank = FALSE;
      }
}

char *
terrace_s3_canonical_request (const char *method,
                              const char *path,
                              const char *query,
                              GPtrArray *headers,
                              const char *payload_hash,
                              char **signed_headers)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);

  g_ptr_array_sort (headers, compare_pairs);
  g_string_append_printf (text, "%s\n%s\n%s\n", method, path, query);
  for (guint i = 0; i < headers->len; i++)
    {
      const TerraceS3Pair *header = headers->pdata[i];

      g_string_append_printf (text, "%s:", header->name);
      append_trimmed (text, header->value);
      g_string_append_c (text, '\n');
      g_string_append_printf (names, "%s%s", i > 0 ? ";" : "", header->name);
    }
  g_string_append_printf (text, "\n%s\n%s", names->str, payload_hash);
  *signed_headers = g_strdup (names->str);

  return g_string_free (text, FALSE);
}

static void
hmac (const void *key, gsize key_length, const char *text, guint8 *result)
{
  int failed = gnutls_hmac_fast (GNUTLS_MAC_SHA256, key, key_length, text, strlen (text), result);

  g_assert (failed == 0);
}

static char *
make_scope (const char *timestamp, const char *region)
{
  return g_strdup_printf ("%.*s/%s/s3/aws4_request", DATE_CHARACTERS, timestamp, region);
}

/* (transfer full): the signature in hexadecimal digits. */
static char *
sign (const char *canonical_request,
      const char *timestamp,
      const char *region,
      const char *secret_key)
{
  g_autofree char *date = g_strndup (timestamp, DATE_CHARACTERS);
  g_autofree char *scope = make_scope (timestamp, region);
  g_autofree char *hash = terrace_s3_sha256_hex (canonical_request, strlen (canonical_request));
  g_autofree char *to_sign =
      g_strdup_printf ("AWS4-HMAC-SHA256\n%s\n%s\n%s", timestamp, scope, hash);
  g_autofree char *secret = g_strconcat ("AWS4", secret_key, NULL);
  guint8 key[SHA256_BYTES];
  guint8 next[SHA256_BYTES];

  hmac (secret, strlen (secret), date, key);
  hmac (key, sizeof key, region, next);
  hmac (next, sizeof next, "s3", key);
  hmac (key, sizeof key, "aws4_request", next);
  hmac (next, sizeof next, to_sign, key);
  explicit_bzero (secret, strlen (secret));
  explicit_bzero (next, sizeof next);

  return to_hex (key, sizeof key);
}

char *
terrace_s3_authorization (const char *canonical_request,
                          const char *signed_headers,
                          const char *timestamp,
                          const char *region,
                          const char *access_key,
                          const char *secret_key)
{
  g_autofree char *scope = make_scope (timestamp, region);
  g_autofree char *signature = sign (canonical_request, timestamp, region, secret_key);

  return g_strdup_printf ("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s",
                          access_key, scope, signed_headers, signature);
}

char *
terrace_s3_presign (const char *method,
                    const char *authority,
                    const char *path,
                    const char *timestamp,
                    guint expires_s,
                    const char *region,
                    const TerraceS3Key *key)
{
  g_autoptr (GPtrArray) query =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  g_autoptr (GPtrArray) headers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  g_autofree char *scope = make_scope (timestamp, region);
  g_autofree char *credential = g_strconcat (key->access_key, "/", scope, NULL);
  g_autofree char *expires = g_strdup_printf ("%u", MIN (expires_s, TERRACE_S3_PRESIGN_MAX_S));
  g_autofree char *names = NULL;
  g_autofree char *text = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *signature = NULL;

  g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"));
  g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-Credential", credential));
  g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-Date", timestamp));
  g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-Expires", expires));
  g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-SignedHeaders", "host"));
  if (key->session_token != NULL)
    g_ptr_array_add (query, terrace_s3_pair_new ("X-Amz-Security-Token", key->session_token));
  g_ptr_array_add (headers, terrace_s3_pair_new ("host", authority));

  encoded = terrace_s3_canonical_query (query);
  text = terrace_s3_canonical_request (method, path, encoded, headers, TERRACE_S3_UNSIGNED_PAYLOAD,
                                       &names);
  signature = sign (text, timestamp, region, key->secret_key);

  return g_strconcat (encoded, "&X-Amz-Signature=", signature, NULL);
}

char *
terrace_s3_timestamp (gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);

  g_assert (now != NULL);
  return g_date_time_format (now, "%Y%m%dT%H%M%SZ");
}
