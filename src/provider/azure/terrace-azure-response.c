/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as plain values. Any thread. */

#include "provider/azure/terrace-azure-client.h"

void
terrace_azure_response_free (TerraceAzureResponse *self)
{
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->code);
  g_free (self);
}

gboolean
terrace_azure_response_is_ok (const TerraceAzureResponse *self)
{
  return self->status >= 200 && self->status < 300;
}

gboolean
terrace_azure_response_has_code (const TerraceAzureResponse *self, const char *code)
{
  return g_strcmp0 (self->code, code) == 0;
}

const char *
terrace_azure_response_get_header (const TerraceAzureResponse *self, const char *name)
{
  return soup_message_headers_get_one (self->headers, name);
}
