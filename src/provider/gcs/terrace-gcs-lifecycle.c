/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts one rule among those that a bucket has. Any thread. */

#include "config.h"

#include "provider/gcs/terrace-gcs-lifecycle.h"

#include "base/terrace-error.h"
#include "provider/gcs/terrace-gcs-json.h"

#include <glib/gi18n-lib.h>

/* Conditions that say when, not what. */
static const char *const times[] = { "age", "daysSinceNoncurrentTime", "daysSinceCustomTime",
                                     "numNewerVersions" };

static gboolean
is_time (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (g_str_equal (name, times[i]))
      return TRUE;

  return FALSE;
}

/* How many conditions of @one say what is meant, or -1 if @other says otherwise. */
static int
count_common (JsonObject *one, JsonObject *other)
{
  g_autoptr (GList) names = json_object_get_members (one);
  int count = 0;

  for (GList *name = names; name != NULL; name = name->next)
    {
      if (is_time (name->data))
        continue;
      if (!json_object_has_member (other, name->data) ||
          !json_node_equal (json_object_get_member (one, name->data),
                            json_object_get_member (other, name->data)))
        return -1;
      count++;
    }

  return count;
}

static gboolean
does_the_same (JsonObject *one, JsonObject *other)
{
  JsonObject *action = terrace_gcs_json_get_object (one, "action");
  JsonObject *other_action = terrace_gcs_json_get_object (other, "action");
  JsonObject *condition = terrace_gcs_json_get_object (one, "condition");
  JsonObject *other_condition = terrace_gcs_json_get_object (other, "condition");
  int common;

  if (action == NULL || other_action == NULL || condition == NULL || other_condition == NULL ||
      !json_node_equal (json_object_get_member (one, "action"),
                        json_object_get_member (other, "action")))
    return FALSE;

  common = count_common (condition, other_condition);
  return common >= 0 && common == count_common (other_condition, condition);
}

GBytes *
terrace_gcs_lifecycle_merge (GBytes *rules, GBytes *rule, GError **error)
{
  g_autoptr (JsonObject) added = terrace_gcs_json_parse (rule, NULL);
  g_autoptr (JsonObject) merged = NULL;
  JsonArray *before;
  JsonArray *after;

  if (added == NULL || !does_the_same (added, added))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("This is no lifecycle rule of Google Cloud Storage"));
      return NULL;
    }
  merged =
      g_bytes_get_size (rules) > 0 ? terrace_gcs_json_parse (rules, error) : json_object_new ();
  if (merged == NULL)
    return NULL;

  before = terrace_gcs_json_get_array (merged, "rule");
  after = json_array_new ();
  for (guint i = 0; before != NULL && i < json_array_get_length (before); i++)
    {
      JsonObject *found = terrace_gcs_json_get_element (before, i);

      if (found == NULL || !does_the_same (found, added))
        json_array_add_element (after, json_node_copy (json_array_get_element (before, i)));
    }
  json_array_add_object_element (after, g_steal_pointer (&added));
  json_object_set_array_member (merged, "rule", after);

  return terrace_gcs_json_to_bytes (merged);
}
