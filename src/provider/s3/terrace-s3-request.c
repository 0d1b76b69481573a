/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests and responses as plain values. Any thread. */

#include "provider/s3/terrace-s3-client.h"

#include <string.h>

/* Answers that carry nothing but an error or a few words. */
#define DEFAULT_LIMIT_BYTES (256 * 1024)

TerraceS3Request *
terrace_s3_request_new (const char *method, const char *key)
{
  TerraceS3Request *self = g_new0 (TerraceS3Request, 1);

  self->method = g_strdup (method);
  self->key = g_strdup (key);
  self->query = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  self->headers = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_s3_pair_free);
  self->limit_bytes = DEFAULT_LIMIT_BYTES;

  return self;
}

void
terrace_s3_request_free (TerraceS3Request *self)
{
  g_free (self->method);
  g_free (self->key);
  g_ptr_array_unref (self->query);
  g_ptr_array_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

void
terrace_s3_request_add_query (TerraceS3Request *self, const char *name, const char *value)
{
  g_ptr_array_add (self->query, terrace_s3_pair_new (name, value));
}

void
terrace_s3_request_add_header (TerraceS3Request *self, const char *name, const char *value)
{
  g_ptr_array_add (self->headers, terrace_s3_pair_new (name, value));
}

void
terrace_s3_request_remove_header (TerraceS3Request *self, const char *name)
{
  for (guint i = self->headers->len; i-- > 0;)
    if (strcmp (((TerraceS3Pair *) self->headers->pdata[i])->name, name) == 0)
      g_ptr_array_remove_index (self->headers, i);
}

void
terrace_s3_response_free (TerraceS3Response *self)
{
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->code);
  g_free (self->message);
  g_free (self->region);
  g_free (self);
}

gboolean
terrace_s3_response_is_ok (const TerraceS3Response *self)
{
  return self->status >= 200 && self->status < 300;
}

gboolean
terrace_s3_response_has_code (const TerraceS3Response *self, const char *code)
{
  return g_strcmp0 (self->code, code) == 0;
}

const char *
terrace_s3_response_get_header (const TerraceS3Response *self, const char *name)
{
  return soup_message_headers_get_one (self->headers, name);
}
