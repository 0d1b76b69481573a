/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs requests with an account's key, and makes signatures that let others read a blob. Any
 * thread. */

#include "provider/azure/terrace-azure-sign.h"

#include <gnutls/crypto.h>
#include <libsoup/soup.h>
#include <string.h>

#define SHA256_BYTES 32
#define PRIVATE "x-ms-"

static const char *
value_of (GPtrArray *headers, const char *name)
{
  const char *value = terrace_http_pairs_find (headers, name);

  return value != NULL ? value : "";
}

/* Azure sorts as a dictionary does, where "_" comes before digits; in ASCII it comes after. */
static int
rank (char c)
{
  return c == '_' ? '0' - 1 : c;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *first = (*(TerraceHttpPair *const *) a)->name;
  const char *second = (*(TerraceHttpPair *const *) b)->name;

  while (*first != '\0' && *first == *second)
    {
      first++;
      second++;
    }

  return rank (*first) - rank (*second);
}

/* (transfer container): those pairs whose names begin with @prefix, sorted. */
static GPtrArray *
sorted (GPtrArray *pairs, const char *prefix)
{
  GPtrArray *result = g_ptr_array_new ();

  for (guint i = 0; i < pairs->len; i++)
    if (g_str_has_prefix (((TerraceHttpPair *) pairs->pdata[i])->name, prefix))
      g_ptr_array_add (result, pairs->pdata[i]);
  g_ptr_array_sort (result, compare_names);

  return result;
}

char *
terrace_azure_string_to_sign (const char *method,
                              const char *account,
                              const char *path,
                              GPtrArray *query,
                              GPtrArray *headers,
                              gsize body_bytes)
{
  static const char *const before_length[] = { "content-encoding", "content-language" };
  static const char *const after_length[] = {
    "content-md5",   "content-type",        "date", "if-modified-since", "if-match",
    "if-none-match", "if-unmodified-since", "range"
  };
  g_autoptr (GPtrArray) private_headers = sorted (headers, PRIVATE);
  g_autoptr (GPtrArray) parameters = sorted (query, "");
  GString *text = g_string_new (method);

  g_string_append_c (text, '\n');
  for (gsize i = 0; i < G_N_ELEMENTS (before_length); i++)
    g_string_append_printf (text, "%s\n", value_of (headers, before_length[i]));
  if (body_bytes > 0)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT, body_bytes);
  g_string_append_c (text, '\n');
  for (gsize i = 0; i < G_N_ELEMENTS (after_length); i++)
    g_string_append_printf (text, "%s\n", value_of (headers, after_length[i]));
  for (guint i = 0; i < private_headers->len; i++)
    {
      const TerraceHttpPair *header = private_headers->pdata[i];

      g_string_append_printf (text, "%s:%s\n", header->name, header->value);
    }

  g_string_append_printf (text, "/%s%s", account, path);
  for (guint i = 0; i < parameters->len; i++)
    {
      const TerraceHttpPair *parameter = parameters->pdata[i];

      g_string_append_printf (text, "\n%s:%s", parameter->name, parameter->value);
    }

  return g_string_free (text, FALSE);
}

char *
terrace_azure_sign (const char *text, const char *account_key)
{
  guint8 digest[SHA256_BYTES];
  gsize length;
  guchar *key = g_base64_decode (account_key, &length);
  g_autofree char *again = g_base64_encode (key, length);
  gboolean valid = length > 0 && strcmp (again, account_key) == 0;

  if (valid)
    {
      int failed = gnutls_hmac_fast (GNUTLS_MAC_SHA256, key, length, text, strlen (text), digest);

      g_assert (failed == 0);
    }
  explicit_bzero (key, length);
  explicit_bzero (again, strlen (again));
  g_free (key);

  return valid ? g_base64_encode (digest, sizeof digest) : NULL;
}

static void
append_parameter (GString *query, const char *name, const char *value)
{
  g_autofree char *encoded = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (query, "%s%s=%s", query->len > 0 ? "&" : "", name, encoded);
}

char *
terrace_azure_make_signature (const char *account,
                              const char *container,
                              const char *name,
                              const char *until,
                              const char *protocols,
                              const char *account_key)
{
  /* permissions, start, expiry, resource, identifier, addresses, protocols, version, kind of
   * resource, snapshot, encryption scope, and five headers of the answer. */
  g_autofree char *text = g_strdup_printf ("r\n\n%s\n/blob/%s/%s/%s\n\n\n%s\n" TERRACE_AZURE_VERSION
                                           "\nb\n\n\n\n\n\n\n",
                                           until, account, container, name, protocols);
  g_autofree char *signature = terrace_azure_sign (text, account_key);
  GString *query;

  if (signature == NULL)
    return NULL;

  query = g_string_new (NULL);
  append_parameter (query, "sv", TERRACE_AZURE_VERSION);
  append_parameter (query, "sr", "b");
  append_parameter (query, "sp", "r");
  append_parameter (query, "se", until);
  append_parameter (query, "spr", protocols);
  append_parameter (query, "sig", signature);

  return g_string_free (query, FALSE);
}

gboolean
terrace_azure_is_signature (const char *secret)
{
  return strstr (secret, "sig=") != NULL;
}

const char *
terrace_azure_signature_query (const char *secret)
{
  const char *mark = strrchr (secret, '?');

  return mark != NULL ? mark + 1 : secret;
}

char *
terrace_azure_signature_get (const char *query, const char *name)
{
  g_auto (GStrv) fields = g_strsplit (query, "&", -1);
  gsize length = strlen (name);

  for (char **field = fields; *field != NULL; field++)
    if (g_str_has_prefix (*field, name) && (*field)[length] == '=')
      return g_uri_unescape_string (*field + length + 1, NULL);

  return NULL;
}

char *
terrace_azure_date (gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);

  g_assert (now != NULL);
  return soup_date_time_to_string (now, SOUP_DATE_HTTP);
}

char *
terrace_azure_timestamp (gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);

  g_assert (now != NULL);
  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}
