/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests and responses as plain values. Any thread. */

#include "provider/gcs/terrace-gcs-client.h"

#include <string.h>

/* Answers that carry nothing but an error or an object. */
#define DEFAULT_LIMIT_BYTES (256 * 1024)

TerraceGcsRequest *
terrace_gcs_request_new (const char *method, const char *path)
{
  TerraceGcsRequest *self = g_new0 (TerraceGcsRequest, 1);

  self->method = g_strdup (method);
  self->path = g_strdup (path);
  self->query = g_string_new (NULL);
  self->headers = g_ptr_array_new_with_free_func (g_free);
  self->body = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->limit_bytes = DEFAULT_LIMIT_BYTES;

  return self;
}

void
terrace_gcs_request_free (TerraceGcsRequest *self)
{
  g_free (self->method);
  g_free (self->path);
  g_string_free (self->query, TRUE);
  g_ptr_array_unref (self->headers);
  g_ptr_array_unref (self->body);
  g_free (self);
}

void
terrace_gcs_request_add_query (TerraceGcsRequest *self, const char *name, const char *value)
{
  g_autofree char *encoded = terrace_gcs_encode (value);

  g_string_append_printf (self->query, "%s%s=%s", self->query->len > 0 ? "&" : "", name, encoded);
}

void
terrace_gcs_request_add_header (TerraceGcsRequest *self, const char *name, const char *value)
{
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

void
terrace_gcs_request_set_json (TerraceGcsRequest *self, JsonObject *object)
{
  terrace_gcs_request_add_header (self, "Content-Type", "application/json; charset=UTF-8");
  g_ptr_array_add (self->body, terrace_gcs_json_to_bytes (object));
}

void
terrace_gcs_response_free (TerraceGcsResponse *self)
{
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->reason);
  g_free (self->message);
  g_free (self);
}

void
terrace_gcs_response_blame_bucket (TerraceGcsResponse *self)
{
  if (self->status != SOUP_STATUS_NOT_FOUND)
    return;

  g_free (self->reason);
  self->reason = g_strdup ("noBucket");
}

gboolean
terrace_gcs_response_is_ok (const TerraceGcsResponse *self)
{
  return self->status >= 200 && self->status < 300;
}

const char *
terrace_gcs_response_get_header (const TerraceGcsResponse *self, const char *name)
{
  return soup_message_headers_get_one (self->headers, name);
}

void
terrace_gcs_request_make_multipart (TerraceGcsRequest *self, JsonObject *resource)
{
  g_autofree char *boundary = g_uuid_string_random ();
  g_autofree char *type = g_strconcat ("multipart/related; boundary=", boundary, NULL);
  g_autofree char *middle =
      g_strdup_printf ("\r\n--%s\r\nContent-Type: application/octet-stream\r\n\r\n", boundary);
  char *head =
      g_strdup_printf ("--%s\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n", boundary);
  char *tail = g_strdup_printf ("\r\n--%s--\r\n", boundary);

  terrace_gcs_request_add_query (self, "uploadType", "multipart");
  terrace_gcs_request_add_header (self, "Content-Type", type);
  g_ptr_array_insert (self->body, 0, g_bytes_new (middle, strlen (middle)));
  g_ptr_array_insert (self->body, 0, terrace_gcs_json_to_bytes (resource));
  g_ptr_array_insert (self->body, 0, g_bytes_new_take (head, strlen (head)));
  g_ptr_array_add (self->body, g_bytes_new_take (tail, strlen (tail)));
}
