/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads keys where people have them already. Any thread.
 *
 * Copies made on the way are overwritten before they are freed. */

#include "config.h"

#include "provider/terrace-credentials-import.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FROM_PROFILE "aws-profile:"
#define FROM_ENVIRONMENT "env"
#define FROM_FILE "file:"

/* --- Text ------------------------------------------------------------------------------------ */

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
wipe_all (char **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    wipe (texts[i]);
  g_free (texts);
}

static TerraceSecret *
make_secret (const char *access_key, const char *secret_key, const char *token)
{
  if (access_key == NULL || secret_key == NULL || access_key[0] == '\0' || secret_key[0] == '\0')
    return NULL;

  return terrace_secret_new (access_key, secret_key,
                             token != NULL && token[0] != '\0' ? token : NULL);
}

/* --- AWS ------------------------------------------------------------------------------------- */

/* Whether @line, without blanks around it, begins the section of @profile. */
static gboolean
is_section_of (const char *line, const char *profile)
{
  g_autofree char *plain = g_strdup_printf ("[%s]", profile);
  g_autofree char *prefixed = g_strdup_printf ("[profile %s]", profile);

  return strcmp (line, plain) == 0 || strcmp (line, prefixed) == 0;
}

TerraceSecret *
terrace_credentials_parse_aws_profile (const char *text, const char *profile, GError **error)
{
  char **lines = g_strsplit (text, "\n", -1);
  const char *access_key = NULL;
  const char *secret_key = NULL;
  const char *token = NULL;
  gboolean inside = FALSE;
  gboolean found = FALSE;
  TerraceSecret *secret;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *value = strchr (line, '=');

      if (line[0] == '[')
        {
          inside = is_section_of (line, profile);
          found = found || inside;
        }
      if (!inside || line[0] == '[' || line[0] == '#' || line[0] == ';' || value == NULL)
        continue;

      *value++ = '\0';
      g_strchomp (line);
      value = g_strchug (value);
      if (g_ascii_strcasecmp (line, "aws_access_key_id") == 0)
        access_key = value;
      else if (g_ascii_strcasecmp (line, "aws_secret_access_key") == 0)
        secret_key = value;
      else if (g_ascii_strcasecmp (line, "aws_session_token") == 0)
        token = value;
    }

  secret = make_secret (access_key, secret_key, token);
  if (secret == NULL && found)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("The profile “%s” has no key of its own, but a role or a login: ask for a "
                    "temporary key, put it into the environment and use “env”"),
                 profile);
  else if (secret == NULL)
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("There is no profile “%s” in the file"), profile);
  wipe_all (lines);

  return secret;
}

TerraceSecret *
terrace_credentials_parse_aws_csv (const char *text)
{
  char **lines = g_strsplit_set (text, "\r\n", -1);
  char **values = NULL;
  TerraceSecret *secret = NULL;
  guint n = 1;

  /* Some editors put a mark at the beginning. */
  if (lines[0] != NULL && strstr (lines[0], "Access key ID,Secret access key") != NULL)
    {
      while (lines[n] != NULL && lines[n][0] == '\0')
        n++;
      values = lines[n] != NULL ? g_strsplit (lines[n], ",", 3) : NULL;
      if (values != NULL && g_strv_length (values) >= 2)
        secret = make_secret (values[0], values[1], NULL);
    }
  wipe_all (values);
  wipe_all (lines);

  return secret;
}

/* --- Azure ----------------------------------------------------------------------------------- */

TerraceSecret *
terrace_credentials_parse_connection_string (const char *text)
{
  char **fields = g_strsplit_set (text, ";\r\n", -1);
  const char *account = NULL;
  const char *key = NULL;
  const char *signature = NULL;
  TerraceSecret *secret;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      char *name = g_strstrip (fields[i]);
      char *value = strchr (name, '=');

      if (value == NULL)
        continue;
      *value++ = '\0';
      if (g_ascii_strcasecmp (name, "AccountName") == 0)
        account = value;
      else if (g_ascii_strcasecmp (name, "AccountKey") == 0)
        key = value;
      else if (g_ascii_strcasecmp (name, "SharedAccessSignature") == 0)
        signature = value;
    }

  secret = make_secret (account, key, NULL);
  if (secret == NULL)
    secret = make_secret (TERRACE_KEY_AZURE_SIGNATURE, signature, NULL);
  wipe_all (fields);

  return secret;
}

/* --- Google ---------------------------------------------------------------------------------- */

TerraceSecret *
terrace_credentials_parse_service_account (const char *text)
{
  char *line = g_strstrip (g_strdelimit (g_strdup (text), "\r\n", ' '));
  TerraceSecret *secret = NULL;

  if (line[0] == '{' && strstr (line, "\"private_key\"") != NULL &&
      strstr (line, "\"client_email\"") != NULL)
    secret = make_secret (TERRACE_KEY_GCS_SERVICE_ACCOUNT, line, NULL);
  wipe (line);

  return secret;
}

/* --- Where from ------------------------------------------------------------------------------ */

static const char *
get (char **environment, const char *name)
{
  const char *value = g_environ_getenv (environment, name);

  return value != NULL && value[0] != '\0' ? value : NULL;
}

static char *
aws_file (char **environment)
{
  const char *path = get (environment, "AWS_SHARED_CREDENTIALS_FILE");
  const char *home = get (environment, "HOME");

  return path != NULL ? g_strdup (path) :
                        g_build_filename (home != NULL ? home : g_get_home_dir (), ".aws",
                                          "credentials", NULL);
}

gboolean
terrace_credentials_import_get_path (const char *from,
                                     TerraceLocationKind kind,
                                     char **environment,
                                     char **path,
                                     GError **error)
{
  gboolean profile = g_str_has_prefix (from, FROM_PROFILE) && from[strlen (FROM_PROFILE)] != '\0';

  *path = NULL;
  if (profile && kind == TERRACE_LOCATION_S3)
    *path = aws_file (environment);
  else if (g_str_has_prefix (from, FROM_FILE) && from[strlen (FROM_FILE)] != '\0')
    *path = g_strdup (from + strlen (FROM_FILE));
  else if (strcmp (from, FROM_ENVIRONMENT) == 0 && kind == TERRACE_LOCATION_GCS)
    *path = g_strdup (get (environment, "GOOGLE_APPLICATION_CREDENTIALS"));
  else if (strcmp (from, FROM_ENVIRONMENT) != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("Keys can be taken from aws-profile:NAME (for S3), env and file:PATH, not "
                      "from “%s”"),
                   from);
      return FALSE;
    }

  return TRUE;
}

static TerraceSecret *
from_environment (TerraceLocationKind kind, char **environment, const char *text, GError **error)
{
  const char *connection = get (environment, "AZURE_STORAGE_CONNECTION_STRING");
  TerraceSecret *secret = NULL;

  if (kind == TERRACE_LOCATION_S3)
    secret = make_secret (get (environment, "AWS_ACCESS_KEY_ID"),
                          get (environment, "AWS_SECRET_ACCESS_KEY"),
                          get (environment, "AWS_SESSION_TOKEN"));
  else if (kind == TERRACE_LOCATION_GCS && text != NULL)
    secret = terrace_credentials_parse_service_account (text);
  else if (kind == TERRACE_LOCATION_AZURE && connection != NULL)
    secret = terrace_credentials_parse_connection_string (connection);
  else if (kind == TERRACE_LOCATION_AZURE)
    {
      secret = make_secret (get (environment, "AZURE_STORAGE_ACCOUNT"),
                            get (environment, "AZURE_STORAGE_KEY"), NULL);
      if (secret == NULL)
        secret = make_secret (TERRACE_KEY_AZURE_SIGNATURE,
                              get (environment, "AZURE_STORAGE_SAS_TOKEN"), NULL);
    }

  if (secret == NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         kind == TERRACE_LOCATION_S3 ?
                             _ ("The environment has no key: set AWS_ACCESS_KEY_ID and "
                                "AWS_SECRET_ACCESS_KEY") :
                         kind == TERRACE_LOCATION_AZURE ?
                             _ ("The environment has no key: set AZURE_STORAGE_CONNECTION_STRING, "
                                "or AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY") :
                             _ ("The environment has no key: set GOOGLE_APPLICATION_CREDENTIALS "
                                "to the path of a service account’s JSON file"));
  return secret;
}

static TerraceSecret *
from_file (TerraceLocationKind kind, char **environment, const char *text, GError **error)
{
  const char *profile = get (environment, "AWS_PROFILE");
  TerraceSecret *secret = NULL;

  if (kind == TERRACE_LOCATION_S3)
    {
      secret = terrace_credentials_parse_aws_csv (text);
      return secret != NULL ?
                 secret :
                 terrace_credentials_parse_aws_profile (text, profile != NULL ? profile : "default",
                                                        error);
    }

  secret = kind == TERRACE_LOCATION_AZURE ? terrace_credentials_parse_connection_string (text) :
                                            terrace_credentials_parse_service_account (text);
  if (secret == NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         kind == TERRACE_LOCATION_AZURE ?
                             _ ("The file has no connection string with a key in it") :
                             _ ("The file is not that of a service account"));
  return secret;
}

TerraceSecret *
terrace_credentials_import (const char *from,
                            TerraceLocationKind kind,
                            char **environment,
                            const char *text,
                            GError **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (from != NULL, NULL);
  g_return_val_if_fail (kind == TERRACE_LOCATION_S3 || kind == TERRACE_LOCATION_AZURE ||
                            kind == TERRACE_LOCATION_GCS,
                        NULL);

  if (!terrace_credentials_import_get_path (from, kind, environment, &path, error))
    return NULL;
  if (text != NULL && strlen (text) > TERRACE_LIMIT_KEY_FILE_BYTES)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                           _ ("The file is too large to be one with a key in it"));
      return NULL;
    }
  if (strcmp (from, FROM_ENVIRONMENT) == 0)
    return from_environment (kind, environment, text, error);

  g_return_val_if_fail (text != NULL, NULL);
  if (g_str_has_prefix (from, FROM_PROFILE))
    return terrace_credentials_parse_aws_profile (text, from + strlen (FROM_PROFILE), error);

  return from_file (kind, environment, text, error);
}
