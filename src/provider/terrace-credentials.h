/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Where the keys of a cloud account come from. The keyring holds one item per location, found by
 * the location's root; nothing else of the program ever stores a secret. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceSecret:
 * @access_key: names the key; not secret by itself
 * @secret_key: never logged, shown or stored outside the keyring
 * @session_token: (nullable): for temporary keys
 */
typedef struct
{
  char *access_key;
  char *secret_key;
  char *session_token;
} TerraceSecret;

TerraceSecret *
terrace_secret_new (const char *access_key, const char *secret_key, const char *session_token);
TerraceSecret *terrace_secret_copy (const TerraceSecret *self);
/* Overwrites the secret before it lets go of the memory. */
void terrace_secret_free (TerraceSecret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceSecret, terrace_secret_free)

#define TERRACE_TYPE_CREDENTIALS (terrace_credentials_get_type ())
G_DECLARE_INTERFACE (TerraceCredentials, terrace_credentials, TERRACE, CREDENTIALS, GObject)

struct _TerraceCredentialsInterface
{
  GTypeInterface g_iface;

  void (*lookup_async) (TerraceCredentials *self,
                        const char *root,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  TerraceSecret *(*lookup_finish) (TerraceCredentials *self, GAsyncResult *result, GError **error);

  void (*store_async) (TerraceCredentials *self,
                       const char *root,
                       const char *label,
                       const TerraceSecret *secret,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*store_finish) (TerraceCredentials *self, GAsyncResult *result, GError **error);

  void (*clear_async) (TerraceCredentials *self,
                       const char *root,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*clear_finish) (TerraceCredentials *self, GAsyncResult *result, GError **error);
};

/* (transfer full): the person's keyring, by way of the Secret Service or the portal. */
TerraceCredentials *terrace_credentials_new_keyring (void);

/* (transfer full): kept in memory and gone with the object: for tests, and where there is no
 * keyring. */
TerraceCredentials *terrace_credentials_new_memory (void);

/* %TERRACE_ERROR_PERMISSION if nothing is stored for @root. */
void terrace_credentials_lookup_async (TerraceCredentials *self,
                                       const char *root,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
TerraceSecret *
terrace_credentials_lookup_finish (TerraceCredentials *self, GAsyncResult *result, GError **error);

/**
 * terrace_credentials_store_async:
 * @root: of the location
 * @label: what a person sees in the keyring's own window
 * @secret: copied
 *
 * Replaces what was stored for @root.
 */
void terrace_credentials_store_async (TerraceCredentials *self,
                                      const char *root,
                                      const char *label,
                                      const TerraceSecret *secret,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
terrace_credentials_store_finish (TerraceCredentials *self, GAsyncResult *result, GError **error);

/* Success if there was nothing. */
void terrace_credentials_clear_async (TerraceCredentials *self,
                                      const char *root,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean
terrace_credentials_clear_finish (TerraceCredentials *self, GAsyncResult *result, GError **error);

G_END_DECLS
