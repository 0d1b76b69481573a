/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What becomes of what a person types about a cloud location. */

#include "config.h"

#include "ui/locations/terrace-cloud-form.h"

static TerraceCloudForm
make_form (TerraceLocationKind kind)
{
  return (TerraceCloudForm){
    .kind = kind,
    .address = "",
    .region = "",
    .account = "",
    .bucket = "",
    .access_key = "",
    .secret_key = "",
    .session_token = "",
  };
}

static void
assert_root (const TerraceCloudForm *form, const char *expected)
{
  g_autofree char *root = terrace_cloud_form_get_root (form);

  g_assert_cmpstr (root, ==, expected);
}

static void
assert_secret (const TerraceCloudForm *form, const char *access_key, const char *secret_key)
{
  g_autoptr (TerraceSecret) secret = terrace_cloud_form_get_secret (form);

  if (access_key == NULL)
    {
      g_assert_null (secret);
      return;
    }
  g_assert_nonnull (secret);
  g_assert_cmpstr (secret->access_key, ==, access_key);
  g_assert_cmpstr (secret->secret_key, ==, secret_key);
}

static void
test_s3 (void)
{
  TerraceCloudForm form = make_form (TERRACE_LOCATION_S3);

  assert_root (&form, NULL);
  assert_secret (&form, NULL, NULL);
  form.bucket = " photos ";
  assert_root (&form, NULL);
  form.amazon = TRUE;
  assert_root (&form, "https://s3.us-east-1.amazonaws.com/photos");
  form.region = "eu-central-1";
  assert_root (&form, "https://s3.eu-central-1.amazonaws.com/photos");

  form.amazon = FALSE;
  form.address = "ceph.example.org:8080/";
  assert_root (&form, "https://ceph.example.org:8080/photos?region=eu-central-1");
  form.region = "";
  form.address = "http://10.0.0.7";
  form.unencrypted = TRUE;
  g_assert_true (terrace_cloud_form_is_plain (&form));
  assert_root (&form, "http://10.0.0.7/photos?insecure=1");
  form.address = "http://127.0.0.1:8000";
  g_assert_false (terrace_cloud_form_is_plain (&form));

  form.secret_key = "s3cret";
  assert_secret (&form, NULL, NULL);
  form.access_key = "AKIA";
  assert_secret (&form, "AKIA", "s3cret");
}

static void
test_azure (void)
{
  TerraceCloudForm form = make_form (TERRACE_LOCATION_AZURE);

  form.bucket = "backup";
  assert_root (&form, NULL);
  form.account = "studio";
  assert_root (&form, "https://studio.blob.core.windows.net/backup");
  form.secret_key = "a2V5";
  assert_secret (&form, "studio", "a2V5");
  form.secret_key = "?sv=2021&sig=abc";
  assert_secret (&form, "sas", "?sv=2021&sig=abc");

  form.account = "";
  form.secret_key = "DefaultEndpointsProtocol=https;AccountName=lab;AccountKey=a2V5;EndpointSuffix="
                    "core.windows.net";
  assert_root (&form, "https://lab.blob.core.windows.net/backup");
  assert_secret (&form, "lab", "a2V5");
  form.address = "http://127.0.0.1:10000/devstoreaccount1";
  assert_root (&form, "http://127.0.0.1:10000/devstoreaccount1/backup");
}

static void
test_gcs (void)
{
  TerraceCloudForm form = make_form (TERRACE_LOCATION_GCS);

  form.bucket = "archive";
  assert_root (&form, "https://storage.googleapis.com/archive");
  assert_secret (&form, NULL, NULL);
  form.secret_key = "{\"private_key\": \"x\"}";
  assert_secret (&form, "service-account", "{\"private_key\": \"x\"}");
  form.address = "http://localhost:4443/";
  assert_root (&form, "http://localhost:4443/archive");
  g_assert_cmpstr (terrace_cloud_form_get_sheet (form.kind), ==, "gcs");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/cloud-form/s3", test_s3);
  g_test_add_func ("/ui/cloud-form/azure", test_azure);
  g_test_add_func ("/ui/cloud-form/gcs", test_gcs);
  return g_test_run ();
}
