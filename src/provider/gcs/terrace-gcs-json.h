/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* JSON from a server that may be broken or hostile: whatever it says, a lookup gives a value of the
 * wanted kind or none. Any thread. */

G_BEGIN_DECLS

/* (transfer full) (nullable): %TERRACE_ERROR_CORRUPT if @bytes are no JSON object. */
JsonObject *terrace_gcs_json_parse (GBytes *bytes, GError **error);

/* (nullable): owned by @object, which may be %NULL. */
const char *terrace_gcs_json_get_string (JsonObject *object, const char *name);
JsonObject *terrace_gcs_json_get_object (JsonObject *object, const char *name);
JsonArray *terrace_gcs_json_get_array (JsonObject *object, const char *name);
gboolean terrace_gcs_json_get_boolean (JsonObject *object, const char *name);

/* (nullable): member @index of @array, which may be %NULL. */
JsonObject *terrace_gcs_json_get_element (JsonArray *array, guint index);

/* Google writes large numbers as strings; %FALSE if it is none. */
gboolean terrace_gcs_json_get_number (JsonObject *object, const char *name, guint64 *value);

/* Microseconds since 1970 of an RFC 3339 time; 0 if it is none. */
gint64 terrace_gcs_json_get_time_us (JsonObject *object, const char *name);

/* (transfer full) */
GBytes *terrace_gcs_json_to_bytes (JsonObject *object);

G_END_DECLS
