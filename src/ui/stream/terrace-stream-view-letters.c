/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages that could not be read: asked for when the page is shown, and again when there are more
 * of them. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "ui/stream/terrace-stream-view-private.h"
#include "ui/terrace-format.h"

#define MAX_SHOWN 100
#define MAX_SAMPLE_CHARS 300

char *
terrace_stream_view_name_source (TerraceStreamView *self, gint64 source_id)
{
  GListModel *sources = terrace_engine_stream_get_sources (self->stream);
  guint n = g_list_model_get_n_items (sources);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceStreamStatus) status = g_list_model_get_item (sources, i);

      if (status->id == source_id)
        return g_strdup (status->name);
    }
  return g_strdup (_ ("Removed source"));
}

static char *
format_sample (const TerraceDeadLetter *letter)
{
  gsize length = 0;
  const char *data = letter->sample != NULL ? g_bytes_get_data (letter->sample, &length) : NULL;
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);
  g_autofree char *valid = terrace_display_name (text);

  return g_utf8_strlen (valid, -1) > MAX_SAMPLE_CHARS ?
             g_utf8_substring (valid, 0, MAX_SAMPLE_CHARS) :
             g_steal_pointer (&valid);
}

static GtkWidget *
create_letter_row (TerraceStreamView *self, const TerraceDeadLetter *letter)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (self->engine));
  g_autofree char *when = terrace_format_time (letter->time_us, now_us);
  g_autofree char *source = terrace_stream_view_name_source (self, letter->source_id);
  g_autofree char *size = terrace_ui_format_size (letter->size_bytes);
  g_autofree char *sample = format_sample (letter);
  g_autofree char *text = g_strdup_printf ("%s · %s · %s\n%s", when, source, size, sample);

  return terrace_stream_view_create_row (letter->reason != NULL ? letter->reason : "", text);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceStreamView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) letters =
      terrace_engine_stream_dead_letters_finish (TERRACE_ENGINE_STREAM (object), result, &error);
  GtkListBoxRow *row;

  self->reading_letters = FALSE;
  if (letters == NULL && !terrace_error_is_cancelled (error))
    g_message ("Unreadable messages could not be listed: %s", error->message);
  if (letters == NULL || self->stream == NULL)
    return;
  while ((row = gtk_list_box_get_row_at_index (self->letters_list, 0)) != NULL)
    gtk_list_box_remove (self->letters_list, GTK_WIDGET (row));
  for (guint i = 0; i < letters->len; i++)
    gtk_list_box_append (self->letters_list,
                         create_letter_row (self, g_ptr_array_index (letters, i)));
  gtk_stack_set_visible_child_name (self->letters_stack, letters->len > 0 ? "list" : "empty");
  g_clear_pointer (&self->letters, g_ptr_array_unref);
  self->letters = g_steal_pointer (&letters);
}

static guint64
count_malformed (TerraceStreamView *self)
{
  GListModel *sources = terrace_engine_stream_get_sources (self->stream);
  guint n = g_list_model_get_n_items (sources);
  guint64 sum = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TerraceStreamStatus) status = g_list_model_get_item (sources, i);

      sum += status->malformed;
    }
  return sum;
}

void
terrace_stream_view_read_letters (TerraceStreamView *self)
{
  if (self->reading_letters)
    return;
  self->reading_letters = TRUE;
  self->n_malformed = count_malformed (self);
  terrace_engine_stream_dead_letters_async (self->stream, MAX_SHOWN, self->cancellable, read_cb,
                                            g_object_ref (self));
}

void
terrace_stream_view_follow_letters (TerraceStreamView *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self->letters_stack)) &&
      count_malformed (self) != self->n_malformed)
    terrace_stream_view_read_letters (self);
}
