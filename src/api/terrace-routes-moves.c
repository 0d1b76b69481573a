/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accepting the plan, making moves and steering them. The functions handed to the catalogue run on
 * its reader threads, everything else on the main thread. */

#include "config.h"

#include "api/terrace-routes.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-move-table.h"
#include "engine/terrace-json.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_ROWS 100

/* --- Lists --------------------------------------------------------------------------------- */

typedef struct
{
  /* inputs */
  int final;
  gint64 before_id;
  gint64 move_id;
  guint limit;

  /* results */
  GPtrArray *rows;
  TerraceMove *move;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_clear_pointer (&page->rows, g_ptr_array_unref);
  g_clear_object (&page->move);
  g_free (page);
}

static gboolean
read_page_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;

  page->rows =
      terrace_move_table_page (connection, page->final, page->before_id, page->limit, error);
  return page->rows != NULL;
}

static void
read_page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  Page *page = call->data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (source), result, &error))
    {
      terrace_call_fail (call, error);
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "migrations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < page->rows->len; i++)
    json_builder_add_value (builder, terrace_json_move (call->engine, page->rows->pdata[i]));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "next_before");
  if (page->rows->len == page->limit)
    json_builder_add_int_value (builder, ((TerraceMove *) page->rows->pdata[page->limit - 1])->id);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

/* ?state=open|final|all&limit=&before= */
static void
list_moves (TerraceCall *call)
{
  static const char *const states[] = { "all", "open", "final" };
  const char *state = terrace_call_get_text (call, "state");
  g_autoptr (GError) error = NULL;
  Page *page = g_new0 (Page, 1);
  gint64 limit;

  terrace_call_take_data (call, page, page_free);
  page->final = -1;
  for (int i = 0; i < (int) G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (state, states[i]) == 0)
      {
        page->final = i - 1;
        state = NULL;
      }
  if (state != NULL)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("'state' must be all, open or final"));
  if (error != NULL ||
      !terrace_call_get_number (call, "limit", 1, TERRACE_LIMIT_API_ROWS, DEFAULT_ROWS, &limit,
                                &error) ||
      !terrace_call_get_number (call, "before", 1, G_MAXINT64, 0, &page->before_id, &error))
    {
      terrace_call_fail (call, error);
      return;
    }
  page->limit = (guint) limit;
  terrace_catalog_read_async (terrace_engine_get_catalog (call->engine), read_page_func, page, NULL,
                              read_page_cb, call);
}

static gboolean
read_move_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;

  page->move = terrace_move_table_get (connection, page->move_id, error);
  return page->move != NULL;
}

static void
read_move_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  Page *page = call->data;
  g_autoptr (GError) error = NULL;

  if (terrace_catalog_read_finish (TERRACE_CATALOG (source), result, &error))
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_move (call->engine, page->move));
  else
    terrace_call_fail (call, error);
}

static void
show_move (TerraceCall *call)
{
  Page *page = g_new0 (Page, 1);

  terrace_call_take_data (call, page, page_free);
  page->move_id = call->id;
  terrace_catalog_read_async (terrace_engine_get_catalog (call->engine), read_move_func, page, NULL,
                              read_move_cb, call);
}

/* --- New ones ------------------------------------------------------------------------------ */

/* (transfer full): {@name: @value} */
static JsonNode *
number_to_json (const char *name, gint64 value)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  terrace_json_int (builder, name, value);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static void
accept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  guint64 n_queued;

  if (terrace_engine_accept_finish (TERRACE_ENGINE (source), result, &n_queued, &error))
    terrace_call_answer (call, SOUP_STATUS_ACCEPTED, number_to_json ("queued", (gint64) n_queued));
  else
    terrace_call_fail (call, error);
}

static void
optimize_object (TerraceCall *call)
{
  terrace_engine_accept_async (call->engine, &call->id, 1, call->cancellable, accept_cb, call);
}

static void
optimize_objects (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = terrace_call_read_ids (call, &error);

  if (ids == NULL)
    terrace_call_fail (call, error);
  else
    terrace_engine_accept_async (call->engine, (const gint64 *) ids->data, ids->len,
                                 call->cancellable, accept_cb, call);
}

static void
move_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = terrace_engine_move_finish (TERRACE_ENGINE (source), result, &error);

  if (ids == NULL)
    {
      terrace_call_fail (call, error);
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "migrations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ids->len; i++)
    json_builder_add_int_value (builder, g_array_index (ids, gint64, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_ACCEPTED, json_builder_get_root (builder));
}

static gboolean
read_move_options (TerraceCall *call, TerraceMoveOptions *options, GError **error)
{
  JsonObject *object = terrace_call_get_object (call, error);
  TerraceLocation *location;
  const char *name = NULL;
  gint64 priority = 0;

  if (object == NULL || !terrace_call_read_text (object, "to", &name, error) ||
      !terrace_call_read_text (object, "class", &options->class_id, error) ||
      !terrace_call_read_number (object, "priority", G_MININT32, G_MAXINT32, &priority, error) ||
      !terrace_call_read_flag (object, "copy", &options->keep_source, error) ||
      !terrace_call_read_flag (object, "hold", &options->hold, error))
    return FALSE;
  options->priority = (int) priority;
  location = name != NULL ? terrace_engine_find_location (call->engine, name) : NULL;
  if (location == NULL)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("'to' must name a location; /api/locations lists them"));
      return FALSE;
    }
  options->dest_location_id = location->id;
  if (options->class_id == NULL ||
      g_strv_contains ((const char *const *) location->class_ids, options->class_id))
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("'%s' does not offer the class '%s'"), location->name, options->class_id);
  return FALSE;
}

/* {"ids": [42], "to": "Cold", "class": null, "priority": 0, "copy": false, "hold": false} */
static void
make_moves (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = terrace_call_read_ids (call, &error);
  TerraceMoveOptions options = { 0 };

  if (ids == NULL || !read_move_options (call, &options, &error))
    terrace_call_fail (call, error);
  else
    terrace_engine_move_async (call->engine, (const gint64 *) ids->data, ids->len, &options,
                               call->cancellable, move_cb, call);
}

/* --- Steering ------------------------------------------------------------------------------ */

static void
control_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_control_move_finish (TERRACE_ENGINE (source), result, &error))
    terrace_call_answer (call, SOUP_STATUS_ACCEPTED, number_to_json ("id", call->id));
  else
    terrace_call_fail (call, error);
}

static void
undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gint64 undo_id;

  if (terrace_engine_undo_finish (TERRACE_ENGINE (source), result, &undo_id, &error))
    terrace_call_answer (call, SOUP_STATUS_ACCEPTED, number_to_json ("undone_by", undo_id));
  else
    terrace_call_fail (call, error);
}

static void
steer_move (TerraceCall *call)
{
  static const struct
  {
    const char *word;
    TerraceMoveAction action;
  } actions[] = {
    { "pause", TERRACE_MOVE_ACTION_PAUSE },   { "resume", TERRACE_MOVE_ACTION_RESUME },
    { "cancel", TERRACE_MOVE_ACTION_CANCEL }, { "retry", TERRACE_MOVE_ACTION_RETRY },
    { "commit", TERRACE_MOVE_ACTION_COMMIT },
  };
  g_autoptr (GError) error = NULL;

  if (g_str_equal (call->word, "undo"))
    {
      terrace_engine_undo_async (call->engine, call->id, call->cancellable, undo_cb, call);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (call->word, actions[i].word))
      {
        terrace_engine_control_move_async (call->engine, call->id, actions[i].action,
                                           call->cancellable, control_cb, call);
        return;
      }
  g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
               _ ("A migration can be paused, resumed, cancelled, retried, committed or undone, "
                  "not '%s'"),
               call->word);
  terrace_call_fail (call, error);
}

const TerraceRoute terrace_routes_moves[] = {
  { "POST", "optimize/batch", optimize_objects },
  { "POST", "optimize/{id}", optimize_object },
  { "GET", "migrations", list_moves },
  { "POST", "migrations", make_moves },
  { "GET", "migrations/{id}", show_move },
  { "POST", "migrations/{id}/{word}", steer_move },
  { NULL, NULL, NULL },
};
