/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objects, what becomes of them, and totals. The functions handed to the catalogue run on its
 * reader threads, everything else on the main thread. */

#include "config.h"

#include "api/terrace-routes.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "engine/terrace-json.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_ROWS 100

/* --- A list -------------------------------------------------------------------------------- */

typedef struct
{
  /* inputs */
  TerraceItemFilter filter;
  TerraceItemSort sort;
  gboolean descending;
  gint64 after_id;
  guint limit;

  /* results */
  GPtrArray *rows;
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  terrace_item_filter_clear (&page->filter);
  g_clear_pointer (&page->rows, g_ptr_array_unref);
  g_free (page);
}

static gboolean
read_page_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;
  g_autoptr (TerraceItem) after = NULL;

  if (page->after_id != 0)
    {
      after = terrace_item_table_get (connection, page->after_id, error);
      if (after == NULL)
        return FALSE;
    }
  page->rows = terrace_item_table_page (connection, &page->filter, page->sort, page->descending,
                                        after, page->limit, error);
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
  json_builder_set_member_name (builder, "objects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < page->rows->len; i++)
    json_builder_add_value (builder, terrace_json_item (call->engine, page->rows->pdata[i]));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "next_after");
  if (page->rows->len == page->limit)
    json_builder_add_int_value (builder, ((TerraceItem *) page->rows->pdata[page->limit - 1])->id);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

static gboolean
read_nick (TerraceCall *call, const char *name, GType type, int *value, GError **error)
{
  const char *text = terrace_call_get_text (call, name);

  if (text == NULL || terrace_enum_from_nick (type, text, value))
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("'%s' has no value '%s'"), name,
               text);
  return FALSE;
}

static gboolean
read_order (TerraceCall *call, Page *page, GError **error)
{
  const char *text = terrace_call_get_text (call, "sort");
  const char *reverse = terrace_call_get_text (call, "reverse");

  page->sort = TERRACE_ITEM_SORT_ID;
  page->descending = g_strcmp0 (reverse, "true") == 0;
  if (text == NULL || terrace_item_sort_from_nick (text, &page->sort))
    return TRUE;
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Objects cannot be sorted by '%s'"),
               text);
  return FALSE;
}

static gboolean
read_page_options (TerraceCall *call, Page *page, GError **error)
{
  const char *location_name = terrace_call_get_text (call, "location");
  TerraceLocation *location;
  gint64 limit;

  if (!read_nick (call, "tier", TERRACE_TYPE_TIER, &page->filter.tier, error) ||
      !read_nick (call, "temperature", TERRACE_TYPE_TEMPERATURE, &page->filter.temperature,
                  error) ||
      !read_order (call, page, error) ||
      !terrace_call_get_number (call, "limit", 1, TERRACE_LIMIT_API_ROWS, DEFAULT_ROWS, &limit,
                                error) ||
      !terrace_call_get_number (call, "after", 1, G_MAXINT64, 0, &page->after_id, error))
    return FALSE;
  page->limit = (guint) limit;
  page->filter.text = g_strdup (terrace_call_get_text (call, "search"));
  page->filter.planned = g_strcmp0 (terrace_call_get_text (call, "planned"), "true") == 0;
  if (location_name == NULL)
    return TRUE;
  location = terrace_engine_find_location (call->engine, location_name);
  if (location != NULL)
    {
      page->filter.location_id = location->id;
      return TRUE;
    }
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no location '%s'"),
               location_name);
  return FALSE;
}

static void
list_objects (TerraceCall *call)
{
  Page *page = g_new0 (Page, 1);
  g_autoptr (GError) error = NULL;

  terrace_item_filter_init (&page->filter);
  terrace_call_take_data (call, page, page_free);
  if (!read_page_options (call, page, &error))
    {
      terrace_call_fail (call, error);
      return;
    }
  /* Not cancellable: a page is short, and the call owns what it reads into. */
  terrace_catalog_read_async (terrace_engine_get_catalog (call->engine), read_page_func, page, NULL,
                              read_page_cb, call);
}

/* --- Registering and forgetting ------------------------------------------------------------ */

static void
register_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRegisterReport) report =
      terrace_engine_register_finish (TERRACE_ENGINE (source), result, &error);

  if (report == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_register_report (report));
}

static void
add_objects (TerraceCall *call)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  JsonObject *object = terrace_call_get_object (call, &error);
  JsonNode *paths = object != NULL ? json_object_get_member (object, "paths") : NULL;
  JsonArray *array =
      paths != NULL && JSON_NODE_HOLDS_ARRAY (paths) ? json_node_get_array (paths) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      const char *path = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_string (element) : NULL;

      if (path == NULL || !g_path_is_absolute (path))
        {
          g_clear_error (&error);
          g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("'paths' must be a list of absolute paths"));
          break;
        }
      g_ptr_array_add (files, g_file_new_for_path (path));
    }
  if (error == NULL && files->len == 0)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("'paths' must be a list of absolute paths"));
  if (error != NULL)
    terrace_call_fail (call, error);
  else
    terrace_engine_register_async (call->engine, files, NULL, NULL, call->cancellable, register_cb,
                                   call);
}

/* (transfer full): {} for what has no more to say than that it was done. */
static JsonNode *
nothing_to_json (void)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  return node;
}

static void
forget_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_forget_finish (TERRACE_ENGINE (source), result, &error))
    terrace_call_answer (call, SOUP_STATUS_OK, nothing_to_json ());
  else
    terrace_call_fail (call, error);
}

static void
forget_object (TerraceCall *call)
{
  terrace_engine_forget_async (call->engine, &call->id, 1, call->cancellable, forget_cb, call);
}

/* --- One object ---------------------------------------------------------------------------- */

static void
explain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceExplanation) explanation =
      terrace_engine_explain_finish (TERRACE_ENGINE (source), result, &error);

  if (explanation == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK,
                         terrace_json_explanation (call->engine, explanation));
}

static void
show_object (TerraceCall *call)
{
  terrace_engine_explain_async (call->engine, call->id, call->cancellable, explain_cb, call);
}

static void
access_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  guint n_unknown = 0;

  if (!terrace_engine_record_accesses_finish (TERRACE_ENGINE (source), result, &n_unknown, &error))
    terrace_call_fail (call, error);
  else if (n_unknown > 0)
    {
      g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, _ ("There is no such object"));
      terrace_call_fail (call, error);
    }
  else
    terrace_call_answer (call, SOUP_STATUS_OK, nothing_to_json ());
}

/* {"kind": "read" | "write", "count": 1, "bytes": 0, "time": "2026-11-22T10:00:00Z"}: all may be
 * left out. */
static void
record_access (TerraceCall *call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) time = NULL;
  JsonObject *object = call->body == NULL ? NULL : terrace_call_get_object (call, &error);
  const char *kind = "read";
  const char *when = NULL;
  gint64 count = 1;
  gint64 bytes = 0;
  TerraceAccess access = { .item_id = call->id };

  if (object != NULL &&
      (!terrace_call_read_text (object, "kind", &kind, &error) ||
       !terrace_call_read_text (object, "time", &when, &error) ||
       !terrace_call_read_number (object, "count", 1, G_MAXINT32, &count, &error) ||
       !terrace_call_read_number (object, "bytes", 0, G_MAXINT64, &bytes, &error)))
    {
      terrace_call_fail (call, error);
      return;
    }
  time = when != NULL ? g_date_time_new_from_iso8601 (when, NULL) : g_date_time_new_now_utc ();
  if (error == NULL &&
      (time == NULL || (!g_str_equal (kind, "read") && !g_str_equal (kind, "write"))))
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                 _ ("'kind' must be read or write, 'time' a time as ISO 8601 writes it"));
  if (error != NULL)
    {
      terrace_call_fail (call, error);
      return;
    }
  access.kind = g_str_equal (kind, "read") ? TERRACE_ACCESS_READ : TERRACE_ACCESS_WRITE;
  access.count = (guint) count;
  access.bytes = (guint64) bytes;
  access.time_us =
      when != NULL ?
          g_date_time_to_unix (time) * TERRACE_US_PER_SECOND + g_date_time_get_microsecond (time) :
          terrace_clock_get_now_us (terrace_engine_get_clock (call->engine));
  terrace_engine_record_accesses_async (call->engine, &access, 1, call->cancellable, access_cb,
                                        call);
}

/* --- Totals, places ------------------------------------------------------------------------ */

static void
stats_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TerraceCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceStats) stats =
      terrace_engine_stats_finish (TERRACE_ENGINE (source), result, &error);

  if (stats == NULL)
    terrace_call_fail (call, error);
  else
    terrace_call_answer (call, SOUP_STATUS_OK, terrace_json_stats (call->engine, stats));
}

static void
show_stats (TerraceCall *call)
{
  terrace_engine_stats_async (call->engine, call->cancellable, stats_cb, call);
}

static void
list_locations (TerraceCall *call)
{
  GListModel *locations = terrace_engine_get_locations (call->engine);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "locations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (locations); i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      json_builder_add_value (builder, terrace_json_location (call->engine, location));
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  terrace_call_answer (call, SOUP_STATUS_OK, json_builder_get_root (builder));
}

const TerraceRoute terrace_routes_objects[] = {
  { "GET", "data-objects", list_objects },
  { "POST", "data-objects", add_objects },
  { "GET", "data-objects/{id}", show_object },
  { "DELETE", "data-objects/{id}", forget_object },
  { "POST", "data-objects/{id}/access", record_access },
  { "GET", "stats", show_stats },
  { "GET", "locations", list_locations },
  { NULL, NULL, NULL },
};
