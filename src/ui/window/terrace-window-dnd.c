/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files and folders dropped anywhere on the window are registered where they lie. Main thread. */

#include "config.h"

#include "ui/window/terrace-window-private.h"

static void
terrace_window_show_drop_hint (TerraceWindow *self, gboolean shown)
{
  /* A hidden hint costs no frame, and a revealer that hides at once would not fade. */
  if (shown)
    gtk_widget_set_visible (GTK_WIDGET (self->drop_hint), TRUE);
  gtk_revealer_set_reveal_child (self->drop_hint, shown);
}

static void
hint_hidden_cb (TerraceWindow *self)
{
  if (self->drop_hint != NULL && !gtk_revealer_get_child_revealed (self->drop_hint))
    gtk_widget_set_visible (GTK_WIDGET (self->drop_hint), FALSE);
}

static GdkDragAction
enter_cb (TerraceWindow *self, double x, double y)
{
  terrace_window_show_drop_hint (self, TRUE);
  return GDK_ACTION_COPY;
}

static void
leave_cb (TerraceWindow *self)
{
  terrace_window_show_drop_hint (self, FALSE);
}

static gboolean
drop_cb (TerraceWindow *self, const GValue *value, double x, double y)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  GSList *dropped = g_value_get_boxed (value);

  terrace_window_show_drop_hint (self, FALSE);
  for (GSList *link = dropped; link != NULL; link = link->next)
    g_ptr_array_add (files, g_object_ref (link->data));
  if (files->len == 0)
    return FALSE;
  terrace_window_register (self, files);
  return TRUE;
}

void
terrace_window_add_drop_target (TerraceWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "enter", G_CALLBACK (enter_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->drop_hint, "notify::child-revealed", G_CALLBACK (hint_hidden_cb),
                           self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
