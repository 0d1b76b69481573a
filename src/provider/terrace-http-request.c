/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests as plain values, whatever cloud they go to and whatever signs them. Any thread. */

#include "provider/terrace-http-request.h"

#include <string.h>

/* Answers that carry nothing but an error or a few words. */
#define DEFAULT_LIMIT_BYTES (256 * 1024)

TerraceHttpPair *
terrace_http_pair_new (const char *name, const char *value)
{
  TerraceHttpPair *self = g_new0 (TerraceHttpPair, 1);

  self->name = g_strdup (name);
  self->value = g_strdup (value);

  return self;
}

void
terrace_http_pair_free (TerraceHttpPair *self)
{
  g_free (self->name);
  g_free (self->value);
  g_free (self);
}

GPtrArray *
terrace_http_pairs_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_http_pair_free);
}

const char *
terrace_http_pairs_find (GPtrArray *pairs, const char *name)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      const TerraceHttpPair *pair = pairs->pdata[i];

      if (strcmp (pair->name, name) == 0)
        return pair->value;
    }

  return NULL;
}

TerraceHttpRequest *
terrace_http_request_new (const char *method, const char *key)
{
  TerraceHttpRequest *self = g_new0 (TerraceHttpRequest, 1);

  self->method = g_strdup (method);
  self->key = g_strdup (key);
  self->query = terrace_http_pairs_new ();
  self->headers = terrace_http_pairs_new ();
  self->limit_bytes = DEFAULT_LIMIT_BYTES;

  return self;
}

void
terrace_http_request_free (TerraceHttpRequest *self)
{
  g_free (self->method);
  g_free (self->key);
  g_ptr_array_unref (self->query);
  g_ptr_array_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

void
terrace_http_request_add_query (TerraceHttpRequest *self, const char *name, const char *value)
{
  g_ptr_array_add (self->query, terrace_http_pair_new (name, value));
}

void
terrace_http_request_add_header (TerraceHttpRequest *self, const char *name, const char *value)
{
  g_ptr_array_add (self->headers, terrace_http_pair_new (name, value));
}
