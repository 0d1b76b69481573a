/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a location's root apart and builds addresses from it. Any thread. */

#include "config.h"

#include "provider/s3/terrace-s3-address.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-sign.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define AMAZON ".amazonaws.com"
#define DEFAULT_REGION "us-east-1"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

void
terrace_s3_address_free (TerraceS3Address *self)
{
  g_free (self->scheme);
  g_free (self->endpoint);
  g_free (self->bucket);
  g_free (self->region);
  g_free (self);
}

static gboolean
is_region (const char *region)
{
  return region[0] != '\0' && strspn (region, LETTERS DIGITS "-") == strlen (region);
}

static gboolean
is_amazon (const char *endpoint)
{
  return g_str_has_prefix (endpoint, "s3") &&
         (g_str_has_suffix (endpoint, AMAZON) || g_str_has_suffix (endpoint, AMAZON ".cn"));
}

/* (transfer full): the "eu-west-1" of "s3.eu-west-1.amazonaws.com". */
static char *
region_of_endpoint (const char *endpoint)
{
  const char *end = strstr (endpoint, AMAZON);

  if (is_amazon (endpoint) && g_str_has_prefix (endpoint, "s3.") && end > endpoint + 3)
    {
      g_autofree char *region = g_strndup (endpoint + 3, end - endpoint - 3);

      if (is_region (region))
        return g_steal_pointer (&region);
    }

  return g_strdup (DEFAULT_REGION);
}

static gboolean
is_bucket (const char *bucket)
{
  gsize length = strlen (bucket);

  return length >= 3 && length <= 255 && g_ascii_isalnum (bucket[0]) &&
         strspn (bucket, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-") == length;
}

static gboolean
read_options (TerraceS3Address *self, const char *query, gboolean *insecure, GError **error)
{
  GUriParamsIter iter;
  char *name;
  char *value;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_NONE);
  while (g_uri_params_iter_next (&iter, &name, &value, error))
    {
      g_autofree char *owned_name = name;
      g_autofree char *owned_value = value;

      if (strcmp (name, "region") == 0 && is_region (value))
        {
          g_free (self->region);
          self->region = g_strdup (value);
        }
      else if (strcmp (name, "style") == 0 && strcmp (value, "path") == 0)
        self->virtual_host = FALSE;
      else if (strcmp (name, "style") == 0 && strcmp (value, "virtual") == 0)
        self->virtual_host = TRUE;
      else if (strcmp (name, "insecure") == 0 && strcmp (value, "1") == 0)
        *insecure = TRUE;
      else
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("“%s=%s” is not known in the address of a bucket: there are region=NAME, "
                          "style=path, style=virtual and insecure=1"),
                       name, value);
          return FALSE;
        }
    }

  return *error == NULL;
}

static gboolean
check (const TerraceS3Address *self, const char *root, gboolean insecure, GError **error)
{
  if (!is_bucket (self->bucket))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” does not name a bucket: write https://endpoint/bucket"), root);
      return FALSE;
    }
  if (strcmp (self->scheme, "https") == 0)
    return TRUE;
  if (strcmp (self->scheme, "http") != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” is not the address of a bucket: write https://endpoint/bucket"), root);
      return FALSE;
    }
  if (!insecure && !terrace_http_is_loopback (self->endpoint))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Without https everybody on the way to %s can read the data: use https, or "
                      "end the address with ?insecure=1 if that is meant"),
                   self->endpoint);
      return FALSE;
    }

  return TRUE;
}

TerraceS3Address *
terrace_s3_address_parse (const char *root, GError **error)
{
  g_autoptr (TerraceS3Address) self = g_new0 (TerraceS3Address, 1);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GUri) uri = root != NULL ? g_uri_parse (root, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  gboolean insecure = FALSE;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0' ||
      g_uri_get_userinfo (uri) != NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("“%s” is not the address of a bucket: write https://endpoint/bucket"),
                   uri == NULL && root != NULL ? root : "");
      return NULL;
    }

  self->scheme = g_strdup (g_uri_get_scheme (uri));
  self->endpoint = g_ascii_strdown (g_uri_get_host (uri), -1);
  self->port = g_uri_get_port (uri);
  self->bucket = g_strdup (path[0] == '/' ? path + 1 : path);
  if (g_str_has_suffix (self->bucket, "/"))
    self->bucket[strlen (self->bucket) - 1] = '\0';
  self->region = region_of_endpoint (self->endpoint);
  /* Amazon's certificate is good for one name before the endpoint, not for a name with dots. */
  self->virtual_host = is_amazon (self->endpoint) && strchr (self->bucket, '.') == NULL;

  if ((g_uri_get_query (uri) != NULL &&
       !read_options (self, g_uri_get_query (uri), &insecure, &local_error)) ||
      !check (self, root, insecure, &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&self);
}

char *
terrace_s3_address_get_host (const TerraceS3Address *self)
{
  return self->virtual_host ? g_strconcat (self->bucket, ".", self->endpoint, NULL) :
                              g_strdup (self->endpoint);
}

char *
terrace_s3_address_get_authority (const TerraceS3Address *self)
{
  g_autofree char *host = terrace_s3_address_get_host (self);
  gboolean plain = strcmp (self->scheme, "http") == 0;
  const char *begin = strchr (host, ':') != NULL ? "[" : "";
  const char *end = begin[0] != '\0' ? "]" : "";

  if (self->port == -1 || self->port == (plain ? 80 : 443))
    return g_strconcat (begin, host, end, NULL);

  return g_strdup_printf ("%s%s%s:%d", begin, host, end, self->port);
}

char *
terrace_s3_address_get_path (const TerraceS3Address *self, const char *key)
{
  g_autofree char *encoded = key != NULL ? terrace_s3_encode (key, TRUE) : NULL;

  if (self->virtual_host)
    return g_strconcat ("/", encoded, NULL);

  return encoded != NULL ? g_strconcat ("/", self->bucket, "/", encoded, NULL) :
                           g_strconcat ("/", self->bucket, NULL);
}

gboolean
terrace_s3_address_move (TerraceS3Address *self, const char *region)
{
  if (!is_region (region) || strcmp (region, self->region) == 0)
    return FALSE;

  g_free (self->region);
  self->region = g_strdup (region);
  if (is_amazon (self->endpoint))
    {
      const char *suffix = strstr (self->endpoint, AMAZON);
      char *endpoint = g_strconcat ("s3.", region, suffix, NULL);

      g_free (self->endpoint);
      self->endpoint = endpoint;
    }

  return TRUE;
}

gboolean
terrace_s3_address_is_amazon (const TerraceS3Address *self)
{
  return is_amazon (self->endpoint);
}

gboolean
terrace_s3_address_is_same_service (const TerraceS3Address *a, const TerraceS3Address *b)
{
  return strcmp (a->scheme, b->scheme) == 0 && strcmp (a->endpoint, b->endpoint) == 0 &&
         a->port == b->port;
}
