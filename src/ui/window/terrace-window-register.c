/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registering of files that were dropped, chosen or opened: one run at a time, with progress and a
 * way to stop; what arrives meanwhile waits. Main thread. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/window/terrace-window-private.h"

static void
progress_cb (guint64 done, guint64 total, const char *current, gpointer user_data)
{
  TerraceWindow *self = user_data;
  g_autofree char *count = terrace_ui_format_count (done);
  g_autofree char *text = NULL;

  if (self->register_label == NULL)
    return;
  if (current != NULL)
    /* Translators: a number of files, then the name of the file that is looked at */
    text = g_strdup_printf (_ ("%s added: %s"), count, current);
  else
    text = g_strdup_printf (_ ("%s added"), count);
  gtk_label_set_text (self->register_label, text);
  if (total > 0)
    gtk_progress_bar_set_fraction (self->register_bar, MIN ((double) done / (double) total, 1.0));
  else
    gtk_progress_bar_pulse (self->register_bar);
}

static void
tell_problems (TerraceWindow *self, const TerraceRegisterReport *report)
{
  g_autofree char *count = terrace_ui_format_count (report->n_problems);
  g_autofree char *first = NULL;
  g_autofree char *text = NULL;

  first = report->problems->len > 0 ? g_strdup (g_ptr_array_index (report->problems, 0)) :
                                      g_strdup ("");
  text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s file could not be added. First: %s",
                                    "%s files could not be added. First: %s", report->n_problems),
                       count, first);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-problem", "s", text);
}

static void
tell_result (TerraceWindow *self, const TerraceRegisterReport *report)
{
  guint64 n_known = report->updated + report->unchanged;
  g_autofree char *added = terrace_ui_format_count (report->added);
  g_autofree char *known = terrace_ui_format_count (n_known);
  g_autofree char *size = terrace_ui_format_size (report->bytes);
  g_autofree char *text = NULL;

  if (report->n_problems > 0)
    tell_problems (self, report);
  if (report->added == 0 && n_known == 0)
    {
      if (report->n_problems == 0)
        terrace_ui_toast (GTK_WIDGET (self), _ ("No files found there"));
      return;
    }
  if (report->added == 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object was known already",
                                         "%s objects were known already", n_known),
                            known);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object added, %s",
                                         "%s objects added, %s", report->added),
                            added, size);
  terrace_ui_toast (GTK_WIDGET (self), text);
}

static void
registered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;

  report = terrace_engine_register_finish (TERRACE_ENGINE (object), result, &error);
  g_clear_object (&self->registering);
  if (self->engine == NULL)
    return;

  gtk_revealer_set_reveal_child (self->register_revealer, FALSE);
  if (report != NULL)
    tell_result (self, report);
  else
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not add the files"), error);
  terrace_window_choose_page (self);
  terrace_window_register_waiting (self);
}

void
terrace_window_register_waiting (TerraceWindow *self)
{
  g_autoptr (GPtrArray) files = NULL;

  if (self->engine == NULL || self->registering != NULL || self->waiting->len == 0)
    return;

  files = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->registering = g_cancellable_new ();
  /* Whoever adds files has found the way in. */
  self->welcome_skipped = TRUE;
  terrace_window_choose_page (self);
  gtk_label_set_text (self->register_label, _ ("Looking for files…"));
  gtk_progress_bar_set_fraction (self->register_bar, 0);
  gtk_revealer_set_reveal_child (self->register_revealer, TRUE);
  terrace_engine_register_async (self->engine, files, progress_cb, self, self->registering,
                                 registered_cb, g_object_ref (self));
}

void
terrace_window_register (TerraceWindow *self, GPtrArray *files)
{
  g_return_if_fail (TERRACE_IS_WINDOW (self));
  g_return_if_fail (files != NULL);

  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (self->waiting, g_object_ref (g_ptr_array_index (files, i)));
  terrace_window_register_waiting (self);
}

void
terrace_window_stop_registering (TerraceWindow *self)
{
  g_ptr_array_set_size (self->waiting, 0);
  g_cancellable_cancel (self->registering);
}
