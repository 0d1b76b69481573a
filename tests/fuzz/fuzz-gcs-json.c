/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Google's servers answer in JSON, and the file of a service account. */

#include "fuzz-target.h"

#include "provider/gcs/terrace-gcs-account.h"
#include "provider/gcs/terrace-gcs-json.h"

static const char *const members[] = { "name",  "size",   "generation", "timeCreated",
                                       "items", "crc32c", "metadata",   "error" };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (JsonObject) object = terrace_gcs_json_parse (bytes, NULL);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (TerraceGcsAccount) account = terrace_gcs_account_parse (text, NULL);

  for (guint i = 0; object != NULL && i < G_N_ELEMENTS (members); i++)
    {
      JsonArray *array = terrace_gcs_json_get_array (object, members[i]);
      JsonObject *element = terrace_gcs_json_get_element (array, 0);
      guint64 number;

      terrace_gcs_json_get_string (element, "name");
      terrace_gcs_json_get_string (object, members[i]);
      terrace_gcs_json_get_object (object, members[i]);
      terrace_gcs_json_get_boolean (object, members[i]);
      terrace_gcs_json_get_number (object, members[i], &number);
      terrace_gcs_json_get_time_us (object, members[i]);
    }

  return 0;
}
