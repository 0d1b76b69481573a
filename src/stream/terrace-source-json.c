/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A source's settings as JSON, to be stored: everything but the password. Pure. */

#include "config.h"

#include "stream/terrace-source.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

typedef struct
{
  const char *name;
  gsize offset;
} TextMember;

#define TEXT(member)                                        \
  {                                                         \
#member, G_STRUCT_OFFSET(TerraceSourceSettings, member) \
  }

static const TextMember texts[] = { TEXT (address), TEXT (topic),     TEXT (client_id), TEXT (user),
                                    TEXT (ca_file), TEXT (cert_file), TEXT (key_file) };

static char **
text_of (TerraceSourceSettings *settings, const TextMember *member)
{
  return G_STRUCT_MEMBER_P (settings, member->offset);
}

char *
terrace_source_settings_to_json (const TerraceSourceSettings *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text = *text_of ((TerraceSourceSettings *) self, &texts[i]);

      if (text == NULL)
        continue;
      json_builder_set_member_name (builder, texts[i].name);
      json_builder_add_string_value (builder, text);
    }
  json_builder_set_member_name (builder, "tls");
  json_builder_add_boolean_value (builder, self->tls);
  json_builder_set_member_name (builder, "qos");
  json_builder_add_int_value (builder, self->qos);
  json_builder_set_member_name (builder, "mqtt_version");
  json_builder_add_int_value (builder, self->mqtt_version);
  json_builder_set_member_name (builder, "rate");
  json_builder_add_double_value (builder, self->rate);
  json_builder_set_member_name (builder, "seed");
  json_builder_add_int_value (builder, (gint64) self->seed);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, self->seconds);
  if (self->options != NULL)
    {
      json_builder_set_member_name (builder, "options");
      json_builder_begin_array (builder);
      for (guint i = 0; self->options[i] != NULL; i++)
        json_builder_add_string_value (builder, self->options[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

static void
read_options (JsonObject *object, TerraceSourceSettings *settings)
{
  JsonArray *array = json_object_has_member (object, "options") ?
                         json_object_get_array_member (object, "options") :
                         NULL;
  g_autoptr (GStrvBuilder) options = g_strv_builder_new ();

  if (array == NULL)
    return;
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (options, json_array_get_string_element (array, i));
  settings->options = g_strv_builder_end (options);
}

TerraceSourceSettings *
terrace_source_settings_from_json (TerraceSourceKind kind,
                                   const char *name,
                                   const char *json,
                                   GError **error)
{
  g_autoptr (TerraceSourceSettings) settings = terrace_source_settings_new (kind, name);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The settings of the source “%s” cannot be read"), name);
      return NULL;
    }

  object = json_node_get_object (root);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *text_of (settings, &texts[i]) =
        g_strdup (json_object_get_string_member_with_default (object, texts[i].name, NULL));
  settings->tls = json_object_get_boolean_member_with_default (object, "tls", FALSE);
  settings->qos = (guint) json_object_get_int_member_with_default (object, "qos", settings->qos);
  settings->mqtt_version = (guint) json_object_get_int_member_with_default (object, "mqtt_version",
                                                                            settings->mqtt_version);
  settings->rate = json_object_get_double_member_with_default (object, "rate", settings->rate);
  settings->seed = (guint64) json_object_get_int_member_with_default (object, "seed", 1);
  settings->seconds = json_object_get_double_member_with_default (object, "seconds", 0);
  read_options (object, settings);

  return g_steal_pointer (&settings);
}
