/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that keys are taken from. */

#include "fuzz-target.h"

#include "provider/terrace-credentials-import.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (TerraceSecret) profile = terrace_credentials_parse_aws_profile (text, "lab", NULL);
  g_autoptr (TerraceSecret) csv = terrace_credentials_parse_aws_csv (text);
  g_autoptr (TerraceSecret) azure = terrace_credentials_parse_connection_string (text);
  g_autoptr (TerraceSecret) google = terrace_credentials_parse_service_account (text);

  return 0;
}
