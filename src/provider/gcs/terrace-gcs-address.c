/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a location's root apart and builds paths from it. Any thread. */

#include "config.h"

#include "provider/gcs/terrace-gcs-address.h"

#include "base/terrace-error.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MIN_BUCKET_BYTES 3
#define MAX_BUCKET_BYTES 222
#define CHALLENGES ".well-known/acme-challenge/"

void
terrace_gcs_address_free (TerraceGcsAddress *self)
{
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->bucket);
  g_free (self);
}

static gboolean
is_bucket (const char *bucket)
{
  gsize length = strlen (bucket);

  return length >= MIN_BUCKET_BYTES && length <= MAX_BUCKET_BYTES && g_ascii_isalnum (bucket[0]) &&
         strspn (bucket, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static gboolean
check (const TerraceGcsAddress *self, const char *root, const char *query, GError **error)
{
  if (query != NULL && strcmp (query, "insecure=1") != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” is not known in the address of a Google Cloud bucket: there is only "
                      "insecure=1"),
                   query);
      return FALSE;
    }
  if (!is_bucket (self->bucket) ||
      (strcmp (self->scheme, "https") != 0 && strcmp (self->scheme, "http") != 0))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” does not name a bucket: write https://storage.googleapis.com/bucket"),
                   root);
      return FALSE;
    }
  if (strcmp (self->scheme, "http") == 0 && query == NULL && !terrace_http_is_loopback (self->host))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Without https everybody on the way to %s can read the data: use https, or "
                      "end the address with ?insecure=1 if that is meant"),
                   self->host);
      return FALSE;
    }

  return TRUE;
}

TerraceGcsAddress *
terrace_gcs_address_parse (const char *root, GError **error)
{
  g_autoptr (TerraceGcsAddress) self = g_new0 (TerraceGcsAddress, 1);
  g_autoptr (GUri) uri = root != NULL ? g_uri_parse (root, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0' ||
      g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” is not the address of a bucket: write "
                      "https://storage.googleapis.com/bucket"),
                   uri == NULL && root != NULL ? root : "");
      return NULL;
    }

  self->scheme = g_strdup (g_uri_get_scheme (uri));
  self->host = g_ascii_strdown (g_uri_get_host (uri), -1);
  self->port = g_uri_get_port (uri);
  self->bucket = g_strdup (path[0] == '/' ? path + 1 : path);
  if (g_str_has_suffix (self->bucket, "/"))
    self->bucket[strlen (self->bucket) - 1] = '\0';

  return check (self, root, g_uri_get_query (uri), error) ? g_steal_pointer (&self) : NULL;
}

gboolean
terrace_gcs_address_is_same_service (const TerraceGcsAddress *a, const TerraceGcsAddress *b)
{
  return strcmp (a->scheme, b->scheme) == 0 && strcmp (a->host, b->host) == 0 && a->port == b->port;
}

char *
terrace_gcs_encode (const char *text)
{
  static const char digits[] = "0123456789ABCDEF";
  GString *encoded = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      guint8 byte = (guint8) *text;

      if (g_ascii_isalnum (byte) || strchr ("-_.~", byte) != NULL)
        g_string_append_c (encoded, *text);
      else
        {
          g_string_append_c (encoded, '%');
          g_string_append_c (encoded, digits[byte >> 4]);
          g_string_append_c (encoded, digits[byte & 15]);
        }
    }

  return g_string_free (encoded, FALSE);
}

char *
terrace_gcs_address_get_path (const TerraceGcsAddress *self, const char *key)
{
  g_autofree char *encoded = key != NULL ? terrace_gcs_encode (key) : NULL;

  /* A key is one segment of the path: its own slashes are encoded. */
  return encoded != NULL ? g_strconcat ("/storage/v1/b/", self->bucket, "/o/", encoded, NULL) :
                           g_strconcat ("/storage/v1/b/", self->bucket, NULL);
}

char *
terrace_gcs_address_get_upload_path (const TerraceGcsAddress *self)
{
  return g_strconcat ("/upload/storage/v1/b/", self->bucket, "/o", NULL);
}

gboolean
terrace_gcs_check_key (const char *key, GError **error)
{
  if (!g_utf8_validate (key, -1, NULL))
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         _ ("Google Cloud takes only names that are valid UTF-8: rename it first"));
  else if (strpbrk (key, "\r\n") != NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         _ ("Google Cloud takes no names with line breaks: rename it first"));
  else if (strcmp (key, ".") == 0 || strcmp (key, "..") == 0 || g_str_has_prefix (key, CHALLENGES))
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("Google Cloud does not allow the name “%s”: rename it first"), key);
  else if (g_str_has_prefix (key, TERRACE_GCS_RESERVED))
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("Names that begin with %s are kept for unfinished uploads"),
                 TERRACE_GCS_RESERVED);
  else
    return TRUE;

  return FALSE;
}
