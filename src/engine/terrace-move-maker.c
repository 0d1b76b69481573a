/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rows of new moves: what is copied, where to, under which key. Runs on the catalogue's writer
 * thread. */

#include "config.h"

#include "engine/terrace-move-maker.h"
#include "engine/terrace-engine-private.h"

#include <glib/gi18n-lib.h>

/* "a/b.txt" becomes "a/b (2).txt"; a dot at the start of a name is no extension. */
static char *
number_key (const char *key, guint number)
{
  const char *slash = strrchr (key, '/');
  const char *name = slash != NULL ? slash + 1 : key;
  const char *dot = strrchr (name, '.');
  gsize stem = dot != NULL && dot != name ? (gsize) (dot - key) : strlen (key);
  g_autoptr (GString) numbered = g_string_new_len (key, (gssize) stem);

  g_string_append_printf (numbered, " (%u)", number);
  g_string_append (numbered, key + stem);

  return g_string_free (g_steal_pointer (&numbered), FALSE);
}

/* (transfer full): %NULL only with @error. */
static char *
find_free_key (TerraceConnection *connection, TerraceItem *item, gint64 location_id, GError **error)
{
  g_autofree char *key = g_strdup (item->key);

  for (guint number = 2;; number++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (TerraceItem) there = NULL;

      there = terrace_item_table_find (connection, location_id, key, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (there == NULL || there->id == item->id)
        return g_steal_pointer (&key);
      g_free (key);
      key = number_key (item->key, number);
    }
}

TerraceMove *
terrace_move_maker_new_move (TerraceConnection *connection,
                             TerraceItem *item,
                             gint64 dest_location_id,
                             const char *dest_class_id,
                             gint64 now_us,
                             GError **error)
{
  g_autoptr (TerraceMove) move = terrace_move_new ();
  g_autofree char *key = find_free_key (connection, item, dest_location_id, error);

  if (key == NULL)
    return NULL;

  move->item_id = item->id;
  move->name = g_strdup (item->name);
  move->size_bytes = item->size_bytes;
  move->source_location_id = item->location_id;
  move->source_key = g_strdup (item->key);
  move->source_version = g_strdup (item->version);
  move->source_class_id = g_strdup (item->class_id);
  move->dest_location_id = dest_location_id;
  move->dest_key = g_steal_pointer (&key);
  move->dest_class_id = g_strdup (dest_class_id);
  move->state = TERRACE_MOVE_QUEUED;
  move->token = g_uuid_string_random ();
  move->created_us = now_us;
  move->updated_us = now_us;

  return g_steal_pointer (&move);
}

gboolean
terrace_move_maker_store (TerraceConnection *connection,
                          TerraceMove *move,
                          gboolean singly,
                          GError **error)
{
  g_autofree char *message = NULL;

  if (!terrace_move_table_insert (connection, move, error))
    return FALSE;
  if (!singly)
    return TRUE;
  message = g_strdup_printf (_ ("Migration of “%s” queued"), move->name);

  return terrace_engine_append_event (connection, TERRACE_EVENT_MOVE_QUEUED, move->created_us,
                                      move->item_id, move->id, message, error);
}

gboolean
terrace_move_maker_summarise (TerraceConnection *connection,
                              guint64 n_moves,
                              gint64 now_us,
                              GError **error)
{
  gulong n = (gulong) n_moves;
  g_autofree char *message = NULL;

  if (n == 0)
    return TRUE;
  message = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%lu migration queued",
                                          "%lu migrations queued", n),
                             n);

  return terrace_engine_append_event (connection, TERRACE_EVENT_MOVE_QUEUED, now_us, 0, 0, message,
                                      error);
}
