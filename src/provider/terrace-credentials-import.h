/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-location.h"
#include "provider/terrace-credentials.h"

/* Reads keys where people have them already, when they ask for it: text in, secret out. Nothing is
 * kept, and no file is opened here. Any thread. */

G_BEGIN_DECLS

/* What stands for the name of a key that has none. */
#define TERRACE_KEY_AZURE_SIGNATURE "sas"
#define TERRACE_KEY_AZURE_ACCOUNT_OF_ADDRESS "-"
#define TERRACE_KEY_GCS_SERVICE_ACCOUNT "service-account"

/**
 * terrace_credentials_import_get_path:
 * @from: "aws-profile:NAME", "env" or "file:PATH"
 * @environment: as from g_get_environ()
 * @path: (out) (transfer full) (nullable) (type filename): the file whose text has to be given to
 *   terrace_credentials_import(); %NULL if none is needed
 *
 * Returns: %FALSE and %TERRACE_ERROR_INVALID if @from is nothing like that
 */
gboolean terrace_credentials_import_get_path (const char *from,
                                              TerraceLocationKind kind,
                                              char **environment,
                                              char **path,
                                              GError **error);

/**
 * terrace_credentials_import:
 * @text: (nullable): of the file, of TERRACE_LIMIT_KEY_FILE_BYTES at most
 *
 * Returns: (transfer full) (nullable): the key; %TERRACE_ERROR_INVALID in words, without the
 * secret, if there is none
 */
TerraceSecret *terrace_credentials_import (const char *from,
                                           TerraceLocationKind kind,
                                           char **environment,
                                           const char *text,
                                           GError **error);

/* The formats by themselves; each (transfer full) (nullable). */

/* A profile of AWS's files, "[NAME]" or "[profile NAME]". */
TerraceSecret *
terrace_credentials_parse_aws_profile (const char *text, const char *profile, GError **error);
/* What AWS's console offers for download: a line of names and one of values. */
TerraceSecret *terrace_credentials_parse_aws_csv (const char *text);
/* "AccountName=…;AccountKey=…;…" */
TerraceSecret *terrace_credentials_parse_connection_string (const char *text);
/* The JSON file of a service account; as one line, since in JSON a line break is like a space. */
TerraceSecret *terrace_credentials_parse_service_account (const char *text);

G_END_DECLS
