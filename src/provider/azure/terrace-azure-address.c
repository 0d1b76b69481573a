/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a location's root apart and builds addresses from it. Any thread. */

#include "config.h"

#include "provider/azure/terrace-azure-address.h"

#include "base/terrace-error.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LOWER_ALPHANUMERIC "abcdefghijklmnopqrstuvwxyz0123456789"
#define MIN_ACCOUNT 3
#define MAX_ACCOUNT 24
#define MIN_CONTAINER 3
#define MAX_CONTAINER 63

void
terrace_azure_address_free (TerraceAzureAddress *self)
{
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->account);
  g_free (self->container);
  g_free (self);
}

static gboolean
is_account (const char *account)
{
  gsize length = strlen (account);

  return length >= MIN_ACCOUNT && length <= MAX_ACCOUNT &&
         strspn (account, LOWER_ALPHANUMERIC) == length;
}

static gboolean
is_container (const char *container)
{
  gsize length = strlen (container);

  if (strcmp (container, "$root") == 0 || strcmp (container, "$web") == 0)
    return TRUE;

  return length >= MIN_CONTAINER && length <= MAX_CONTAINER &&
         strspn (container, LOWER_ALPHANUMERIC "-") == length && g_ascii_isalnum (container[0]) &&
         g_ascii_isalnum (container[length - 1]) && strstr (container, "--") == NULL;
}

/* A signature in the address would be stored with it, so its value is not even quoted. */
static gboolean
read_options (TerraceAzureAddress *self, const char *query, gboolean *insecure, GError **error)
{
  GUriParamsIter iter;
  char *name;
  char *value;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_NONE);
  while (g_uri_params_iter_next (&iter, &name, &value, error))
    {
      g_autofree char *owned_name = name;
      g_autofree char *owned_value = value;

      if (strcmp (name, "rehydrate") == 0 &&
          (strcmp (value, "high") == 0 || strcmp (value, "standard") == 0))
        self->is_urgent = strcmp (value, "high") == 0;
      else if (strcmp (name, "insecure") == 0 && strcmp (value, "1") == 0)
        *insecure = TRUE;
      else if (strcmp (name, "sig") == 0 || strcmp (name, "sv") == 0)
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                               _ ("The address must not hold the shared access signature: give "
                                  "the part after “?” as the secret"));
          return FALSE;
        }
      else
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("“%s” is not known in the address of a container: there are "
                          "rehydrate=high and insecure=1"),
                       name);
          return FALSE;
        }
    }

  return *error == NULL;
}

static gboolean
set_not_an_address (GError **error)
{
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("This is not the address of a container: write "
                          "https://ACCOUNT.blob.core.windows.net/CONTAINER"));
  return FALSE;
}

/* "/container", or "/account/container". */
static gboolean
read_path (TerraceAzureAddress *self, const char *path, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path[0] == '/' ? path + 1 : path, "/", 4);
  guint n_parts = g_strv_length (parts);
  const char *dot = strchr (self->host, '.');

  if (n_parts > 1 && parts[n_parts - 1][0] == '\0')
    n_parts--;
  if (n_parts < 1 || n_parts > 2 || !is_container (parts[n_parts - 1]))
    return set_not_an_address (error);

  self->container = g_strdup (parts[n_parts - 1]);
  self->account_in_path = n_parts == 2;
  if (self->account_in_path)
    self->account = g_strdup (parts[0]);
  else if (dot != NULL && g_str_has_prefix (dot, ".blob."))
    self->account = g_strndup (self->host, dot - self->host);

  return self->account == NULL || is_account (self->account) || set_not_an_address (error);
}

static gboolean
check_scheme (const TerraceAzureAddress *self, gboolean insecure, GError **error)
{
  if (strcmp (self->scheme, "https") == 0)
    return TRUE;
  if (strcmp (self->scheme, "http") != 0)
    return set_not_an_address (error);
  if (!insecure && !terrace_http_is_loopback (self->host))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Without https everybody on the way to %s can read the data: use https, or "
                      "end the address with ?insecure=1 if that is meant"),
                   self->host);
      return FALSE;
    }

  return TRUE;
}

TerraceAzureAddress *
terrace_azure_address_parse (const char *root, GError **error)
{
  g_autoptr (TerraceAzureAddress) self = g_new0 (TerraceAzureAddress, 1);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GUri) uri = root != NULL ? g_uri_parse (root, G_URI_FLAGS_NONE, NULL) : NULL;
  gboolean insecure = FALSE;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0' ||
      g_uri_get_userinfo (uri) != NULL)
    {
      set_not_an_address (error);
      return NULL;
    }

  self->scheme = g_strdup (g_uri_get_scheme (uri));
  self->host = g_ascii_strdown (g_uri_get_host (uri), -1);
  self->port = g_uri_get_port (uri);
  if ((g_uri_get_query (uri) != NULL &&
       !read_options (self, g_uri_get_query (uri), &insecure, &local_error)) ||
      !read_path (self, g_uri_get_path (uri), &local_error) ||
      !check_scheme (self, insecure, &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&self);
}

char *
terrace_azure_address_get_path (const TerraceAzureAddress *self, const char *name)
{
  g_autofree char *encoded = name != NULL ? g_uri_escape_string (name, "/", FALSE) : NULL;

  return g_strconcat ("/", self->account_in_path ? self->account : "",
                      self->account_in_path ? "/" : "", self->container, name != NULL ? "/" : "",
                      encoded, NULL);
}

char *
terrace_azure_address_get_url (const TerraceAzureAddress *self, const char *name)
{
  g_autofree char *path = terrace_azure_address_get_path (self, name);
  gboolean is_ipv6 = strchr (self->host, ':') != NULL;
  g_autofree char *port = self->port != -1 ? g_strdup_printf (":%d", self->port) : NULL;

  return g_strconcat (self->scheme, "://", is_ipv6 ? "[" : "", self->host, is_ipv6 ? "]" : "",
                      port != NULL ? port : "", path, NULL);
}
