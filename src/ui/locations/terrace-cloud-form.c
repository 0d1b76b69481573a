/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From entries to an address and a secret. Pure; main thread. */

#include "config.h"

#include "ui/locations/terrace-cloud-form.h"

#include <string.h>

#include "provider/terrace-credentials-import.h"

#define DEFAULT_REGION "us-east-1"

/* (transfer full): without spaces around it and slashes behind it; with "https://" if it says
 * nothing. */
static char *
clean_address (const char *address)
{
  g_autofree char *text = g_strstrip (g_strdup (address));
  gsize length = strlen (text);

  while (length > 0 && text[length - 1] == '/')
    text[--length] = '\0';
  if (*text == '\0' || strstr (text, "://") != NULL)
    return g_steal_pointer (&text);
  return g_strconcat ("https://", text, NULL);
}

/* (transfer full) (nullable): what a connection string, "AccountName=…;AccountKey=…;…", holds. */
static TerraceSecret *
parse_connection_string (const TerraceCloudForm *self)
{
  if (self->kind != TERRACE_LOCATION_AZURE || strchr (self->secret_key, ';') == NULL)
    return NULL;
  return terrace_credentials_parse_connection_string (self->secret_key);
}

static char *
get_azure_service (const TerraceCloudForm *self)
{
  g_autoptr (TerraceSecret) parsed = parse_connection_string (self);
  const char *account = self->account;

  if (*self->address != '\0')
    return clean_address (self->address);
  /* A connection string tells the account, unless it has a signature only. */
  if (*account == '\0' && parsed != NULL &&
      !g_str_equal (parsed->access_key, TERRACE_KEY_AZURE_SIGNATURE))
    account = parsed->access_key;
  if (*account == '\0')
    return NULL;
  return g_strdup_printf ("https://%s.blob.core.windows.net", account);
}

static char *
get_s3_service (const TerraceCloudForm *self)
{
  if (!self->amazon)
    return *self->address != '\0' ? clean_address (self->address) : NULL;
  return g_strdup_printf ("https://s3.%s.amazonaws.com",
                          *self->region != '\0' ? self->region : DEFAULT_REGION);
}

char *
terrace_cloud_form_get_root (const TerraceCloudForm *self)
{
  g_autofree char *service = NULL;
  g_autofree char *bucket = NULL;
  GString *root;
  char separator = '?';

  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind == TERRACE_LOCATION_S3)
    service = get_s3_service (self);
  else if (self->kind == TERRACE_LOCATION_AZURE)
    service = get_azure_service (self);
  else if (*self->address != '\0')
    service = clean_address (self->address);
  else
    service = g_strdup ("https://storage.googleapis.com");

  bucket = g_strstrip (g_strdup (self->bucket));
  if (service == NULL || *service == '\0' || *bucket == '\0')
    return NULL;
  root = g_string_new (service);
  g_string_append_printf (root, "/%s", bucket);
  if (self->kind == TERRACE_LOCATION_S3 && !self->amazon && *self->region != '\0')
    {
      g_string_append_printf (root, "?region=%s", self->region);
      separator = '&';
    }
  if (self->unencrypted && g_str_has_prefix (service, "http://"))
    g_string_append_printf (root, "%cinsecure=1", separator);
  return g_string_free (root, FALSE);
}

static TerraceSecret *
get_azure_secret (const TerraceCloudForm *self)
{
  TerraceSecret *secret = parse_connection_string (self);

  if (secret != NULL)
    return secret;
  if (strstr (self->secret_key, "sig=") != NULL)
    return terrace_secret_new (TERRACE_KEY_AZURE_SIGNATURE, self->secret_key, NULL);
  return terrace_secret_new (*self->account != '\0' ? self->account :
                                                      TERRACE_KEY_AZURE_ACCOUNT_OF_ADDRESS,
                             self->secret_key, NULL);
}

TerraceSecret *
terrace_cloud_form_get_secret (const TerraceCloudForm *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (*self->secret_key == '\0')
    return NULL;
  if (self->kind == TERRACE_LOCATION_AZURE)
    return get_azure_secret (self);
  if (self->kind == TERRACE_LOCATION_GCS)
    return terrace_secret_new (TERRACE_KEY_GCS_SERVICE_ACCOUNT, self->secret_key, NULL);
  if (*self->access_key == '\0')
    return NULL;
  return terrace_secret_new (self->access_key, self->secret_key,
                             *self->session_token != '\0' ? self->session_token : NULL);
}

gboolean
terrace_cloud_form_is_plain (const TerraceCloudForm *self)
{
  static const char *const own[] = { "http://localhost", "http://127.", "http://[::1]" };
  g_autofree char *address = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->kind == TERRACE_LOCATION_S3 && self->amazon)
    return FALSE;
  address = clean_address (self->address);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (g_str_has_prefix (address, own[i]))
      return FALSE;
  return g_str_has_prefix (address, "http://");
}

const char *
terrace_cloud_form_get_sheet (TerraceLocationKind kind)
{
  switch (kind)
    {
    case TERRACE_LOCATION_S3:
      return "aws";
    case TERRACE_LOCATION_AZURE:
      return "azure";
    case TERRACE_LOCATION_GCS:
      return "gcs";
    case TERRACE_LOCATION_LOCAL:
    case TERRACE_LOCATION_SANDBOX:
    default:
      return "local";
    }
}
