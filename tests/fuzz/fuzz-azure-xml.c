/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that Azure may answer in XML. */

#include "fuzz-target.h"

#include "provider/azure/terrace-azure-xml.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (TerraceListing) listing = terrace_azure_xml_parse_listing (body, "azure", "a", NULL);
  g_autoptr (GPtrArray) blocks = terrace_azure_xml_parse_blocks (body, NULL);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *next = NULL;

  names = terrace_azure_xml_parse_empty_names (body, &next, NULL);

  return 0;
}
