/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes JSON to standard output: whole, or a list element by element. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-output.h"

static char *
node_to_text (JsonNode *node, gboolean pretty)
{
  g_autoptr (JsonNode) own = node;

  return json_to_string (own, pretty);
}

void
terrace_cli_json_print (JsonNode *node)
{
  g_autofree char *text = node_to_text (node, TRUE);

  terrace_cli_print ("%s\n", text);
}

void
terrace_cli_json_list_begin (TerraceCliJsonList *self, JsonNode *head, const char *name)
{
  self->begun = FALSE;
  self->in_object = head != NULL;
  if (head != NULL)
    {
      g_autofree char *text = node_to_text (head, FALSE);

      /* The list becomes one more member: the object is left open. */
      g_assert (g_str_has_suffix (text, "}"));
      text[strlen (text) - 1] = '\0';
      terrace_cli_print ("%s%s\"%s\":[", text, text[1] != '\0' ? "," : "", name);
    }
  else
    {
      terrace_cli_print ("[");
    }
}

void
terrace_cli_json_list_add (TerraceCliJsonList *self, JsonNode *node)
{
  g_autofree char *text = node_to_text (node, FALSE);

  terrace_cli_print ("%s\n%s", self->begun ? "," : "", text);
  self->begun = TRUE;
}

void
terrace_cli_json_list_end (TerraceCliJsonList *self)
{
  terrace_cli_print ("\n]%s\n", self->in_object ? "}" : "");
}
