/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where a container is: what a location's root says, taken apart. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceAzureAddress:
 * @scheme: "https"; "http" only for this machine or with insecure=1
 * @port: -1 for the scheme's own
 * @account: (nullable): %NULL where a host of one's own does not tell it
 * @account_in_path: the account is the path's first part, not the host's first label
 * @is_urgent: archived objects come back at the high priority, which costs more
 */
typedef struct
{
  char *scheme;
  char *host;
  int port;
  char *account;
  char *container;
  gboolean account_in_path;
  gboolean is_urgent;
} TerraceAzureAddress;

/**
 * terrace_azure_address_parse:
 * @root: "https://ACCOUNT.blob.core.windows.net/CONTAINER[?options]", or
 *   "http://127.0.0.1:10000/ACCOUNT/CONTAINER" for an emulator or Azure Stack; the options joined
 *   by "&": rehydrate=high, insecure=1
 *
 * Returns: (transfer full) (nullable): %TERRACE_ERROR_INVALID in words
 */
TerraceAzureAddress *terrace_azure_address_parse (const char *root, GError **error);
void terrace_azure_address_free (TerraceAzureAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAzureAddress, terrace_azure_address_free)

/* (transfer full): the encoded path of the blob @name, or of the container if it is %NULL. */
char *terrace_azure_address_get_path (const TerraceAzureAddress *self, const char *name);

/* (transfer full): the whole address of the blob @name without a query. */
char *terrace_azure_address_get_url (const TerraceAzureAddress *self, const char *name);

G_END_DECLS
