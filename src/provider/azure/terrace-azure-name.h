/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Between keys and the names that Azure gives blobs. Any thread. */

G_BEGIN_DECLS

/* (transfer full) (nullable): the name of the blob that holds @key; %TERRACE_ERROR_INVALID if no
 * name can. */
char *terrace_azure_name_from_key (const char *key, GError **error);

/* (transfer full) (nullable): %NULL for a name that terrace_azure_name_from_key() does not give. */
char *terrace_azure_name_to_key (const char *name);

/* (transfer full): what the names of all keys that begin with @prefix begin with. Others may begin
 * so too. */
char *terrace_azure_name_from_prefix (const char *prefix);

G_END_DECLS
