/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Commands on chosen objects and moves: one engine call each, or one after another where the engine
 * takes one at a time, and a sentence about the outcome. Main thread, except the one function that
 * reads the catalogue. */

#include "config.h"

#include "ui/terrace-commands.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "catalog/terrace-move-table.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/terrace-preflight.h"

/* inputs: widget, engine, ids, dest_location_id. In progress: next. Results: the rest. */
typedef struct
{
  GtkWidget *widget;
  TerraceEngine *engine;
  GArray *ids;
  gint64 dest_location_id;
  guint next;
  GArray *moves;
  guint n_good;
  guint n_bad;
  GError *first_error;
} Command;

static void
command_free (Command *command)
{
  g_clear_object (&command->widget);
  g_clear_object (&command->engine);
  g_clear_pointer (&command->ids, g_array_unref);
  g_clear_pointer (&command->moves, g_array_unref);
  g_clear_error (&command->first_error);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

static Command *
command_new (GtkWidget *widget, TerraceEngine *engine, GArray *ids)
{
  Command *command = g_new0 (Command, 1);

  command->widget = g_object_ref (widget);
  command->engine = g_object_ref (engine);
  command->ids = g_array_ref (ids);
  command->moves = g_array_new (FALSE, FALSE, sizeof (gint64));
  return command;
}

static void
command_count_error (Command *command, GError *error)
{
  command->n_bad++;
  if (command->first_error == NULL)
    command->first_error = error;
  else
    g_error_free (error);
}

/* --- Accept -------------------------------------------------------------------------------- */

/* On a catalogue thread: the move that was queued for each object, so that it can be taken back. */
static gboolean
accept_read_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Command *command = data;

  g_array_set_size (command->moves, 0);
  for (guint i = 0; i < command->ids->len; i++)
    {
      gint64 item_id = g_array_index (command->ids, gint64, i);
      g_autoptr (GPtrArray) moves = terrace_move_table_of_item (connection, item_id, error);

      if (moves == NULL)
        return FALSE;
      if (moves->len > 0)
        {
          TerraceMove *newest = g_ptr_array_index (moves, 0);

          if (!terrace_move_state_is_final (newest->state))
            g_array_append_val (command->moves, newest->id);
        }
    }
  return TRUE;
}

static void
accept_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration started",
                                       "%u migrations started", command->n_good),
                          command->n_good);
  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error) &&
      command->moves->len > 0)
    terrace_ui_toast_undo (command->widget, text, command->moves);
  else
    terrace_ui_toast (command->widget, text);
}

static void
accept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  guint64 n_queued = 0;

  if (!terrace_engine_accept_finish (TERRACE_ENGINE (object), result, &n_queued, &error))
    {
      terrace_ui_report (command->widget, _ ("Could not start the migrations"), error);
      return;
    }
  if (n_queued == 0)
    {
      terrace_ui_toast (command->widget,
                        _ ("Nothing to move: these objects are where they belong"));
      return;
    }

  command->n_good = (guint) n_queued;
  terrace_catalog_read_async (terrace_engine_get_catalog (command->engine), accept_read_moves,
                              command, NULL, accept_read_cb, command);
  command = NULL;
}

void
terrace_ui_accept (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  /* To the engine, no ids at all would mean every object. */
  if (item_ids->len > 0)
    terrace_engine_accept_async (engine, (const gint64 *) (gpointer) item_ids->data, item_ids->len,
                                 NULL, accept_cb, command_new (widget, engine, item_ids));
}

/* --- Migrate ------------------------------------------------------------------------------- */

static void
migrate_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) moves = NULL;
  g_autofree char *text = NULL;

  moves = terrace_engine_move_finish (TERRACE_ENGINE (object), result, &error);
  if (moves == NULL)
    {
      terrace_ui_report (command->widget, _ ("Could not start the migrations"), error);
      return;
    }
  if (moves->len == 0)
    {
      terrace_ui_toast (command->widget, _ ("Nothing to move: these objects are there already"));
      return;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration started",
                                       "%u migrations started", moves->len),
                          moves->len);
  terrace_ui_toast_undo (command->widget, text, moves);
}

static void
migrate_now (Command *command)
{
  TerraceMoveOptions options = { .dest_location_id = command->dest_location_id };

  terrace_engine_move_async (command->engine, (const gint64 *) (gpointer) command->ids->data,
                             command->ids->len, &options, NULL, migrate_cb, command);
}

static void
migrate_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Command *command = g_object_steal_data (G_OBJECT (dialog), "command");

  if (g_strcmp0 (response, "move") == 0)
    migrate_now (command);
  else
    command_free (command);
}

/* @command: (transfer full) */
static void
migrate_ask (Command *command, const TerracePreflight *preflight)
{
  const char *currency = terrace_engine_get_currency (command->engine);
  g_autofree char *count = terrace_ui_format_count (preflight->n_moves);
  g_autofree char *bill = terrace_ui_format_preflight (preflight, currency);
  g_autofree char *terms = terrace_ui_format_preflight_terms (preflight, currency);
  g_autofree char *body = g_strjoin ("\n\n", bill, terms, NULL);
  g_autofree char *heading = NULL;
  AdwMessageDialog *dialog;

  heading = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Migrate %s Object?",
                                          "Migrate %s Objects?", (gulong) preflight->n_moves),
                             count);
  dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (command->widget)), heading, body));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "move", _ ("_Migrate"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "move", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "move");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (migrate_response_cb), command->widget,
                           0);
  g_object_set_data_full (G_OBJECT (dialog), "command", command, (GDestroyNotify) command_free);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What costs nothing needs no question: it can be undone. */
static void
migrate_billed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree TerracePreflight *preflight = NULL;

  preflight = terrace_engine_preflight_finish (TERRACE_ENGINE (object), result, &error);
  if (preflight == NULL)
    {
      terrace_ui_report (command->widget, _ ("Could not start the migrations"), error);
      return;
    }
  if (preflight->total_nanos > 0 && gtk_widget_get_root (command->widget) != NULL)
    migrate_ask (g_steal_pointer (&command), preflight);
  else
    migrate_now (g_steal_pointer (&command));
}

void
terrace_ui_migrate (GtkWidget *widget,
                    TerraceEngine *engine,
                    GArray *item_ids,
                    gint64 dest_location_id)
{
  TerraceMoveOptions options = { .dest_location_id = dest_location_id };
  Command *command;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  if (item_ids->len == 0)
    return;
  command = command_new (widget, engine, item_ids);
  command->dest_location_id = dest_location_id;
  terrace_engine_preflight_async (engine, (const gint64 *) (gpointer) item_ids->data, item_ids->len,
                                  &options, NULL, migrate_billed_cb, command);
}

/* --- Verify: one after another, so that a disk reads one file at a time ---------------------- */

static void verify_next (Command *command);

static void
verify_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Command *command = user_data;
  GError *error = NULL;
  gboolean matches = FALSE;

  if (!terrace_engine_verify_finish (TERRACE_ENGINE (object), result, &matches, &error))
    command_count_error (command, error);
  else if (matches)
    command->n_good++;
  else
    command_count_error (command, g_error_new (TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                                               _ ("The bytes differ from what was registered; "
                                                  "restore the file from another copy")));
  verify_next (command);
}

static void
verify_next (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autofree char *text = NULL;

  if (command->next < command->ids->len)
    {
      gint64 id = g_array_index (command->ids, gint64, command->next++);

      owned = NULL;
      terrace_engine_verify_async (command->engine, id, NULL, verify_cb, command);
      return;
    }

  if (command->first_error != NULL)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u object could not be verified",
                                           "%u objects could not be verified", command->n_bad),
                              command->n_bad);
      terrace_ui_report (command->widget, text, command->first_error);
      return;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u object verified: every byte is right",
                                       "%u objects verified: every byte is right", command->n_good),
                          command->n_good);
  terrace_ui_toast (command->widget, text);
}

void
terrace_ui_verify (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  if (item_ids->len > 0)
    verify_next (command_new (widget, engine, item_ids));
}

/* --- Forget -------------------------------------------------------------------------------- */

static void
forget_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Command) command = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!terrace_engine_forget_finish (TERRACE_ENGINE (object), result, &error))
    {
      terrace_ui_report (command->widget, _ ("Could not forget the objects"), error);
      return;
    }
  text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u object forgotten, its file is untouched",
                                    "%u objects forgotten, their files are untouched",
                                    command->ids->len),
                       command->ids->len);
  terrace_ui_toast (command->widget, text);
}

static void
forget_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Command *command = g_object_get_data (G_OBJECT (dialog), "command");

  if (g_strcmp0 (response, "forget") == 0)
    terrace_engine_forget_async (command->engine, (const gint64 *) (gpointer) command->ids->data,
                                 command->ids->len, NULL, forget_cb,
                                 command_new (command->widget, command->engine, command->ids));
}

void
terrace_ui_forget (GtkWidget *widget, TerraceEngine *engine, GArray *item_ids)
{
  AdwMessageDialog *dialog;
  g_autofree char *heading = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (item_ids != NULL);

  if (item_ids->len == 0)
    return;

  heading = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Forget %u Object?",
                                          "Forget %u Objects?", item_ids->len),
                             item_ids->len);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                                       heading,
                                                       _ ("Terrace forgets what it knows of them: "
                                                          "accesses, costs and history. "
                                                          "The files stay where they are.")));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "forget", _ ("_Forget"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "forget", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "command", command_new (widget, engine, item_ids),
                          (GDestroyNotify) command_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (forget_response_cb), widget, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- Undo ---------------------------------------------------------------------------------- */

static void undo_next (Command *command);

static void
undo_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Command *command = user_data;
  GError *error = NULL;

  if (terrace_engine_undo_finish (TERRACE_ENGINE (object), result, NULL, &error))
    command->n_good++;
  else
    command_count_error (command, error);
  undo_next (command);
}

static void
undo_next (Command *command)
{
  g_autoptr (Command) owned = command;
  g_autofree char *text = NULL;

  if (command->next < command->ids->len)
    {
      gint64 id = g_array_index (command->ids, gint64, command->next++);

      owned = NULL;
      terrace_engine_undo_async (command->engine, id, NULL, undo_cb, command);
      return;
    }

  if (command->first_error != NULL)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration could not be undone",
                                           "%u migrations could not be undone", command->n_bad),
                              command->n_bad);
      terrace_ui_report (command->widget, text, command->first_error);
      return;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration is being taken back",
                                       "%u migrations are being taken back", command->n_good),
                          command->n_good);
  terrace_ui_toast (command->widget, text);
}

void
terrace_ui_undo (GtkWidget *widget, TerraceEngine *engine, GArray *move_ids)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (TERRACE_IS_ENGINE (engine));
  g_return_if_fail (move_ids != NULL);

  if (move_ids->len > 0)
    undo_next (command_new (widget, engine, move_ids));
}
