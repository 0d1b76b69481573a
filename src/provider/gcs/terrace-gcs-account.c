/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Service accounts: parsing, signing, sealing. Any thread. */

#include "config.h"

#include "provider/gcs/terrace-gcs-account.h"

#include "base/terrace-error.h"
#include "provider/gcs/terrace-gcs-json.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <string.h>

#define LIFE_SECONDS 3600
#define SEAL_LABEL "terrace upload session"
#define SEAL_KEY_BYTES 32
#define SEAL_NONCE_BYTES 12
#define SEAL_TAG_BYTES 16

void
terrace_gcs_account_free (TerraceGcsAccount *self)
{
  if (self->private_key != NULL)
    gnutls_memset (self->private_key, 0, strlen (self->private_key));
  g_free (self->email);
  g_free (self->key_id);
  g_free (self->private_key);
  g_free (self->token_uri);
  g_free (self);
}

/* What is signed is sent there: a forged file must not send it in the clear. */
static gboolean
is_token_uri (const char *text)
{
  g_autoptr (GUri) uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || host[0] == '\0' || g_uri_get_userinfo (uri) != NULL)
    return FALSE;

  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (strcmp (g_uri_get_scheme (uri), "http") == 0 && terrace_http_is_loopback (host));
}

TerraceGcsAccount *
terrace_gcs_account_parse (const char *json, GError **error)
{
  g_autoptr (TerraceGcsAccount) self = g_new0 (TerraceGcsAccount, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static (json, strlen (json));
  g_autoptr (JsonObject) file = terrace_gcs_json_parse (bytes, NULL);
  const char *type = terrace_gcs_json_get_string (file, "type");

  self->email = g_strdup (terrace_gcs_json_get_string (file, "client_email"));
  self->key_id = g_strdup (terrace_gcs_json_get_string (file, "private_key_id"));
  self->private_key = g_strdup (terrace_gcs_json_get_string (file, "private_key"));
  self->token_uri = g_strdup (terrace_gcs_json_get_string (file, "token_uri"));
  if (g_strcmp0 (type, "service_account") != 0 || self->email == NULL || self->private_key == NULL)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                           _ ("This is not the JSON file of a service account's key: download one "
                              "from the Google Cloud console, under IAM, Service accounts, Keys"));
      return NULL;
    }
  if (!is_token_uri (self->token_uri))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                           _ ("The service account's file names no safe place to log in at "
                              "(token_uri): download it again"));
      return NULL;
    }

  return g_steal_pointer (&self);
}

/* --- Signing --------------------------------------------------------------------------------- */

/* (transfer full): base64 for addresses, without padding. */
static char *
encode (gconstpointer data, gsize length)
{
  char *text = g_base64_encode (data, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

static char *
encode_json (JsonObject *object)
{
  g_autoptr (GBytes) bytes = terrace_gcs_json_to_bytes (object);

  return encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* (transfer full): "header.claims", what is signed. */
static char *
make_claims (const TerraceGcsAccount *self, const char *scope, gint64 now_s)
{
  g_autoptr (JsonObject) header = json_object_new ();
  g_autoptr (JsonObject) claims = json_object_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  json_object_set_string_member (header, "alg", "RS256");
  json_object_set_string_member (header, "typ", "JWT");
  if (self->key_id != NULL)
    json_object_set_string_member (header, "kid", self->key_id);
  json_object_set_string_member (claims, "iss", self->email);
  json_object_set_string_member (claims, "scope", scope);
  json_object_set_string_member (claims, "aud", self->token_uri);
  json_object_set_int_member (claims, "iat", now_s);
  json_object_set_int_member (claims, "exp", now_s + LIFE_SECONDS);
  first = encode_json (header);
  second = encode_json (claims);

  return g_strconcat (first, ".", second, NULL);
}

char *
terrace_gcs_sign_rs256 (const char *pem, const char *text)
{
  gnutls_datum_t key = { (guchar *) pem, (guint) strlen (pem) };
  gnutls_datum_t data = { (guchar *) text, (guint) strlen (text) };
  gnutls_datum_t signature = { NULL, 0 };
  gnutls_privkey_t private_key;
  char *encoded = NULL;

  if (gnutls_privkey_init (&private_key) != 0)
    return NULL;
  if (gnutls_privkey_import_x509_raw (private_key, &key, GNUTLS_X509_FMT_PEM, NULL, 0) == 0 &&
      gnutls_privkey_get_pk_algorithm (private_key, NULL) == GNUTLS_PK_RSA &&
      gnutls_privkey_sign_data2 (private_key, GNUTLS_SIGN_RSA_SHA256, 0, &data, &signature) == 0)
    encoded = encode (signature.data, signature.size);
  gnutls_free (signature.data);
  gnutls_privkey_deinit (private_key);

  return encoded;
}

char *
terrace_gcs_account_sign (const TerraceGcsAccount *self,
                          const char *scope,
                          gint64 now_s,
                          GError **error)
{
  g_autofree char *claims = make_claims (self, scope, now_s);
  g_autofree char *signature = terrace_gcs_sign_rs256 (self->private_key, claims);

  if (signature == NULL)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                           _ ("The private key in the service account's file is damaged: download "
                              "the file again"));
      return NULL;
    }

  return g_strconcat (claims, ".", signature, NULL);
}

/* --- Sealing --------------------------------------------------------------------------------- */

/* A key of its own, from which the private one cannot be told. */
static void
derive (const TerraceGcsAccount *self, guint8 *key)
{
  int failed = gnutls_hmac_fast (GNUTLS_MAC_SHA256, self->private_key, strlen (self->private_key),
                                 SEAL_LABEL, strlen (SEAL_LABEL), key);

  g_assert (failed == 0);
}

static gnutls_aead_cipher_hd_t
open_cipher (const TerraceGcsAccount *self)
{
  gnutls_aead_cipher_hd_t cipher;
  guint8 bytes[SEAL_KEY_BYTES];
  gnutls_datum_t key = { bytes, sizeof bytes };
  int failed;

  derive (self, bytes);
  failed = gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_AES_256_GCM, &key);
  gnutls_memset (bytes, 0, sizeof bytes);
  g_assert (failed == 0);

  return cipher;
}

GBytes *
terrace_gcs_account_seal (const TerraceGcsAccount *self, const char *text)
{
  gnutls_aead_cipher_hd_t cipher = open_cipher (self);
  gsize length = strlen (text);
  gsize sealed_length = length + SEAL_TAG_BYTES;
  guint8 *sealed = g_malloc (SEAL_NONCE_BYTES + sealed_length);
  int failed = gnutls_rnd (GNUTLS_RND_NONCE, sealed, SEAL_NONCE_BYTES);

  g_assert (failed == 0);
  failed = gnutls_aead_cipher_encrypt (cipher, sealed, SEAL_NONCE_BYTES, NULL, 0, SEAL_TAG_BYTES,
                                       text, length, sealed + SEAL_NONCE_BYTES, &sealed_length);
  g_assert (failed == 0);
  gnutls_aead_cipher_deinit (cipher);

  return g_bytes_new_take (sealed, SEAL_NONCE_BYTES + sealed_length);
}

char *
terrace_gcs_account_unseal (const TerraceGcsAccount *self, GBytes *sealed)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  g_autofree char *text = g_malloc0 (length + 1);
  gsize text_length = length;
  gnutls_aead_cipher_hd_t cipher;
  int failed;

  if (length <= SEAL_NONCE_BYTES + SEAL_TAG_BYTES)
    return NULL;

  cipher = open_cipher (self);
  failed = gnutls_aead_cipher_decrypt (cipher, data, SEAL_NONCE_BYTES, NULL, 0, SEAL_TAG_BYTES,
                                       data + SEAL_NONCE_BYTES, length - SEAL_NONCE_BYTES, text,
                                       &text_length);
  gnutls_aead_cipher_deinit (cipher);
  if (failed != 0)
    return NULL;

  text[text_length] = '\0';
  return g_steal_pointer (&text);
}
