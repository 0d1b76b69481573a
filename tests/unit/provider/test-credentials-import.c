/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys from the places where people have them. */

#include "provider/terrace-credentials-import.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <string.h>

#define PROFILES                                                               \
  "# of the lab\n[default]\naws_access_key_id = "                              \
  "AKDEFAULT\naws_secret_access_key=s3cr3t/de+fault=\n"                        \
  "\n[ other]\n[lab]\r\nregion = eu-west-1\r\n  aws_access_key_id=AKLAB  \r\n" \
  "AWS_SECRET_ACCESS_KEY =  labsecret\r\naws_session_token= to=ken\r\n; end\n" \
  "[profile role]\nrole_arn = arn:aws:iam::1:role/x\n"
#define ACCOUNT_FILE                                                                              \
  "{\n \"type\": \"service_account\",\n \"private_key\": \"-----BEGIN\\nX\",\n \"client_email\":" \
  " \"a@b\"\n}\n"
#define CONNECTION \
  "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=a2V5==;EndpointSuffix=x"

static void
assert_secret (const TerraceSecret *secret,
               const char *access_key,
               const char *secret_key,
               const char *token)
{
  g_assert_nonnull (secret);
  g_assert_cmpstr (secret->access_key, ==, access_key);
  g_assert_cmpstr (secret->secret_key, ==, secret_key);
  g_assert_cmpstr (secret->session_token, ==, token);
}

static void
test_profiles (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) role_error = NULL;
  g_autoptr (GError) missing_error = NULL;
  g_autoptr (TerraceSecret) first =
      terrace_credentials_parse_aws_profile (PROFILES, "default", &error);
  g_autoptr (TerraceSecret) lab = terrace_credentials_parse_aws_profile (PROFILES, "lab", &error);

  g_assert_no_error (error);
  assert_secret (first, "AKDEFAULT", "s3cr3t/de+fault=", NULL);
  assert_secret (lab, "AKLAB", "labsecret", "to=ken");
  g_assert_null (terrace_credentials_parse_aws_profile (PROFILES, "role", &role_error));
  g_assert_error (role_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_nonnull (strstr (role_error->message, "temporary"));
  g_assert_null (terrace_credentials_parse_aws_profile (PROFILES, "none", &missing_error));
  g_assert_error (missing_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_nonnull (strstr (missing_error->message, "none"));
}

static void
test_formats (void)
{
  g_autoptr (TerraceSecret) csv =
      terrace_credentials_parse_aws_csv ("\xef\xbb\xbf"
                                         "Access key ID,Secret access key\r\nAK1,sec/ret\r\n");
  g_autoptr (TerraceSecret) connection = terrace_credentials_parse_connection_string (CONNECTION);
  g_autoptr (TerraceSecret) signature = terrace_credentials_parse_connection_string (
      "BlobEndpoint=https://x;SharedAccessSignature=sv=1&sig=abc%3D\n");
  g_autoptr (TerraceSecret) account = terrace_credentials_parse_service_account (ACCOUNT_FILE);

  assert_secret (csv, "AK1", "sec/ret", NULL);
  assert_secret (connection, "shop", "a2V5==", NULL);
  assert_secret (signature, TERRACE_KEY_AZURE_SIGNATURE, "sv=1&sig=abc%3D", NULL);
  g_assert_cmpstr (account->access_key, ==, TERRACE_KEY_GCS_SERVICE_ACCOUNT);
  g_assert_null (strchr (account->secret_key, '\n'));
  g_assert_nonnull (strstr (account->secret_key, "-----BEGIN\\nX"));

  g_assert_null (terrace_credentials_parse_aws_csv ("Access key ID,Secret access key\n"));
  g_assert_null (terrace_credentials_parse_aws_csv ("Access key ID,Secret access key\nAK1\n"));
  g_assert_null (terrace_credentials_parse_connection_string ("AccountName=shop"));
  g_assert_null (terrace_credentials_parse_service_account ("{\"type\": \"authorized_user\"}"));
}

static TerraceSecret *
import (const char *from, TerraceLocationKind kind, const char *text, GError **error)
{
  static const char *const variables[] = {
    "AWS_ACCESS_KEY_ID=AKENV",
    "AWS_SECRET_ACCESS_KEY=envsecret",
    "AZURE_STORAGE_ACCOUNT=shop",
    "AZURE_STORAGE_KEY=a2V5",
    "AWS_PROFILE=lab",
    NULL,
  };

  return terrace_credentials_import (from, kind, (char **) variables, text, error);
}

static void
test_places (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceSecret) s3 = import ("env", TERRACE_LOCATION_S3, NULL, &error);
  g_autoptr (TerraceSecret) azure = import ("env", TERRACE_LOCATION_AZURE, NULL, &error);
  g_autoptr (TerraceSecret) gcs = import ("env", TERRACE_LOCATION_GCS, ACCOUNT_FILE, &error);
  g_autoptr (TerraceSecret) profile =
      import ("aws-profile:default", TERRACE_LOCATION_S3, PROFILES, &error);
  g_autoptr (TerraceSecret) file = import ("file:/x", TERRACE_LOCATION_S3, PROFILES, &error);

  g_assert_no_error (error);
  assert_secret (s3, "AKENV", "envsecret", NULL);
  assert_secret (azure, "shop", "a2V5", NULL);
  g_assert_cmpstr (gcs->access_key, ==, TERRACE_KEY_GCS_SERVICE_ACCOUNT);
  assert_secret (profile, "AKDEFAULT", "s3cr3t/de+fault=", NULL);
  assert_secret (file, "AKLAB", "labsecret", "to=ken");
}

static void
test_refused (void)
{
  static const struct
  {
    const char *from;
    TerraceLocationKind kind;
    const char *text;
  } cases[] = {
    { "env", TERRACE_LOCATION_GCS, NULL },
    { "file:/x", TERRACE_LOCATION_AZURE, "AccountName=shop;AccountKey=\nhushhush" },
    { "file:/x", TERRACE_LOCATION_GCS, "hushhush" },
    { "file:/x", TERRACE_LOCATION_S3, "[default]\naws_secret_access_key=hushhush" },
    { "aws-profile:", TERRACE_LOCATION_S3, "" },
    { "aws-profile:x", TERRACE_LOCATION_AZURE, "" },
    { "elsewhere", TERRACE_LOCATION_S3, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (import (cases[i].from, cases[i].kind, cases[i].text, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_null (strstr (error->message, "hushhush"));
    }
}

static void
test_paths (void)
{
  static const char *const named[] = { "AWS_SHARED_CREDENTIALS_FILE=/keys/aws", "HOME=/h/a",
                                       "GOOGLE_APPLICATION_CREDENTIALS=/keys/google", NULL };
  static const char *const plain[] = { "HOME=/h/a", NULL };
  static const struct
  {
    const char *from;
    TerraceLocationKind kind;
    const char *const *environment;
    const char *path;
  } cases[] = {
    { "aws-profile:x", TERRACE_LOCATION_S3, named, "/keys/aws" },
    { "aws-profile:x", TERRACE_LOCATION_S3, plain, "/h/a/.aws/credentials" },
    { "env", TERRACE_LOCATION_S3, named, NULL },
    { "env", TERRACE_LOCATION_GCS, named, "/keys/google" },
    { "env", TERRACE_LOCATION_GCS, plain, NULL },
    { "file:/a file", TERRACE_LOCATION_AZURE, plain, "/a file" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (terrace_credentials_import_get_path (cases[i].from, cases[i].kind,
                                                          (char **) cases[i].environment, &path,
                                                          &error));
      g_assert_no_error (error);
      g_assert_cmpstr (path, ==, cases[i].path);
    }
}

static void
test_large (void)
{
  g_autofree char *text = g_strnfill (TERRACE_LIMIT_KEY_FILE_BYTES + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_null (import ("file:/x", TERRACE_LOCATION_S3, text, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/credentials-import/profiles", test_profiles);
  g_test_add_func ("/provider/credentials-import/formats", test_formats);
  g_test_add_func ("/provider/credentials-import/places", test_places);
  g_test_add_func ("/provider/credentials-import/refused", test_refused);
  g_test_add_func ("/provider/credentials-import/paths", test_paths);
  g_test_add_func ("/provider/credentials-import/large", test_large);

  return g_test_run ();
}
