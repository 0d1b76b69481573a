/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Waits for moves that this run queued (or found), shows how far they are, and reports. Shared by
 * move, plan --apply and undo. Runs on the main thread. */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-output.h"

#include <glib/gi18n-lib.h>

/* With more moves than this only failures are named one by one. */
#define MAX_NAMED 20

typedef struct
{
  TerraceCli *cli;
  GArray *move_ids;  /* unowned */
  GHashTable *ours;  /* ids of moves that this process carried out */
  GHashTable *ended; /* ids of those in a final state */
  guint64 done_bytes;
  double bytes_per_second;

  /* results */
  guint n_done;
  guint n_failed;
  guint n_waiting;
  guint n_others;
  guint64 moved_bytes;
  gint64 saving_nanos;
} CarryOut;

static void
show_progress (CarryOut *carry)
{
  g_autofree char *rate = terrace_format_rate (carry->bytes_per_second);

  terrace_cli_progress (carry->cli, _ ("%u of %u moves, %s"), g_hash_table_size (carry->ended),
                        carry->move_ids->len, rate);
}

static void
queue_progress_cb (TerraceQueue *queue,
                   gint64 move_id,
                   guint64 done_bytes,
                   double bytes_per_second,
                   gpointer user_data)
{
  CarryOut *carry = user_data;

  carry->bytes_per_second = terrace_queue_get_bytes_per_second (queue);
  show_progress (carry);
}

static void
queue_move_changed_cb (TerraceQueue *queue, TerraceMove *move, gpointer user_data)
{
  CarryOut *carry = user_data;

  g_hash_table_add (carry->ours, g_memdup2 (&move->id, sizeof (gint64)));
  if (terrace_move_state_is_final (move->state))
    g_hash_table_add (carry->ended, g_memdup2 (&move->id, sizeof (gint64)));
  show_progress (carry);
}

/* %FALSE without @error when the wait was cancelled. */
static gboolean
wait_for_moves (CarryOut *carry, GError **error)
{
  TerraceCli *cli = carry->cli;
  GSignalGroup *signals = g_signal_group_new (TERRACE_TYPE_QUEUE);
  g_autoptr (GAsyncResult) result = NULL;
  gboolean waited;

  g_signal_group_connect (signals, "progress", G_CALLBACK (queue_progress_cb), carry);
  g_signal_group_connect (signals, "move-changed", G_CALLBACK (queue_move_changed_cb), carry);
  g_signal_group_set_target (signals, terrace_engine_get_queue (cli->engine));

  terrace_engine_wait_async (cli->engine, (const gint64 *) carry->move_ids->data,
                             carry->move_ids->len, cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  g_object_unref (signals);
  terrace_cli_progress_end (cli);
  waited = terrace_engine_wait_finish (cli->engine, result, error);

  return waited;
}

static void
print_move (CarryOut *carry, TerraceMove *move)
{
  g_autofree char *name = terrace_cli_safe (move->name);
  const char *to = terrace_cli_location_name (carry->cli, move->dest_location_id);

  switch (move->state)
    {
    case TERRACE_MOVE_DONE:
      if (move->keep_source)
        terrace_cli_print (_ ("Copied %s to %s, verified (move %ld)\n"), name, to,
                           (glong) move->id);
      else
        terrace_cli_print (_ ("Moved %s to %s, verified (move %ld)\n"), name, to, (glong) move->id);
      break;
    case TERRACE_MOVE_STAGED:
      terrace_cli_print (_ ("Held %s: the copy in %s is verified, the source still stands\n"
                            "  finish:     terracectl move --commit %ld\n"
                            "  take back:  terracectl undo %ld\n"),
                         name, to, (glong) move->id, (glong) move->id);
      break;
    case TERRACE_MOVE_PAUSED:
      if (move->error != NULL)
        terrace_cli_print (_ ("Paused: %s (move %ld). %s\n"), name, (glong) move->id, move->error);
      else
        terrace_cli_print (_ ("Paused: %s (move %ld)\n"), name, (glong) move->id);
      break;
    case TERRACE_MOVE_CANCELLED:
      terrace_cli_print (_ ("Cancelled: %s (move %ld)\n"), name, (glong) move->id);
      break;
    default:
      terrace_cli_print (_ ("Waiting: %s (move %ld)\n"), name, (glong) move->id);
      break;
    }
}

static void
count_move (CarryOut *carry, TerraceMove *move)
{
  if (!g_hash_table_contains (carry->ours, &move->id) && move->state == TERRACE_MOVE_DONE)
    carry->n_others++;

  if (move->state == TERRACE_MOVE_DONE)
    {
      carry->n_done++;
      carry->moved_bytes += move->size_bytes;
      carry->saving_nanos += move->saving_nanos;
    }
  else if (move->state == TERRACE_MOVE_FAILED)
    {
      carry->n_failed++;
    }
  else if (!terrace_move_state_is_final (move->state))
    {
      carry->n_waiting++;
    }
}

/* Reads each move once more: what the catalogue says is what happened. */
static gboolean
report_each (CarryOut *carry, GError **error)
{
  TerraceCliJsonList list;

  if (carry->cli->json)
    terrace_cli_json_list_begin (&list, NULL, NULL);
  for (guint i = 0; i < carry->move_ids->len; i++)
    {
      gint64 id = g_array_index (carry->move_ids, gint64, i);
      g_autoptr (TerraceMove) move = terrace_cli_read_move (carry->cli, id, error);

      if (move == NULL)
        return FALSE;
      count_move (carry, move);
      if (carry->cli->json)
        terrace_cli_json_list_add (&list, terrace_json_move (carry->cli->engine, move));
      if (move->state == TERRACE_MOVE_FAILED)
        terrace_cli_warn (_ ("move %ld of %s failed: %s"), (glong) id, move->name,
                          move->error != NULL ? move->error : "?");
      else if (!carry->cli->json && carry->move_ids->len <= MAX_NAMED)
        print_move (carry, move);
    }
  if (carry->cli->json)
    terrace_cli_json_list_end (&list);

  return TRUE;
}

static void
print_summary (CarryOut *carry)
{
  g_autofree char *size = g_format_size (carry->moved_bytes);
  g_autofree char *saving = terrace_cli_format_money (carry->cli, carry->saving_nanos);

  if (carry->move_ids->len > 1)
    terrace_cli_print (ngettext ("%u move done (%s), %u failed\n",
                                 "%u moves done (%s), %u failed\n", carry->n_done),
                       carry->n_done, size, carry->n_failed);
  if (carry->saving_nanos > 0)
    terrace_cli_print (_ ("Saves %s a month\n"), saving);
  if (carry->n_others > 0)
    terrace_cli_print (ngettext ("%u of them was carried out by another Terrace\n",
                                 "%u of them were carried out by another Terrace\n",
                                 carry->n_others),
                       carry->n_others);
}

int
terrace_cli_carry_out (TerraceCli *cli, GArray *move_ids)
{
  g_autoptr (GHashTable) ours = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) ended = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  CarryOut carry = { .cli = cli, .move_ids = move_ids, .ours = ours, .ended = ended };

  if (move_ids->len == 0)
    {
      if (cli->json)
        terrace_cli_print ("[]\n");
      return TERRACE_CLI_OK;
    }

  if (!wait_for_moves (&carry, &error))
    {
      if (cli->stop_signal != 0)
        terrace_cli_warn (_ ("stopped; nothing is lost: 'terracectl move --continue' goes on where "
                             "this was"));
      return terrace_cli_fail (error);
    }
  if (!report_each (&carry, &error))
    return terrace_cli_fail (error);
  if (!cli->json)
    print_summary (&carry);

  return carry.n_failed > 0 ? TERRACE_CLI_FAILED : TERRACE_CLI_OK;
}
