/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pages of the catalogue for the commands that show them, and the filter options they share. The
 * functions handed to the catalogue run on its reader threads, everything else on the main thread.
 */

#include "config.h"

#include "cli/terrace-cli-common.h"
#include "catalog/terrace-move-table.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  /* inputs */
  const TerraceItemFilter *filter;
  TerraceItemSort sort;
  gboolean descending;
  TerraceItem *after;
  int final;
  gint64 id;
  guint limit;

  /* results */
  GPtrArray *rows;
  TerraceMove *move;
} Page;

static gboolean
read_items_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;

  page->rows = terrace_item_table_page (connection, page->filter, page->sort, page->descending,
                                        page->after, page->limit, error);
  return page->rows != NULL;
}

static gboolean
read_moves_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;

  page->rows = terrace_move_table_page (connection, page->final, page->id, page->limit, error);
  return page->rows != NULL;
}

static gboolean
read_move_func (TerraceConnection *connection, gpointer data, GError **error)
{
  Page *page = data;

  page->move = terrace_move_table_get (connection, page->id, error);
  return page->move != NULL;
}

static gboolean
read_page (TerraceCli *cli, TerraceCatalogFunc func, Page *page, GError **error)
{
  TerraceCatalog *catalog = terrace_engine_get_catalog (cli->engine);
  g_autoptr (GAsyncResult) result = NULL;

  /* Not cancellable: a page is short, and what was read must be freed by somebody. */
  terrace_catalog_read_async (catalog, func, page, NULL, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_catalog_read_finish (catalog, result, error);
}

GPtrArray *
terrace_cli_read_items (TerraceCli *cli,
                        const TerraceItemFilter *filter,
                        TerraceItemSort sort,
                        gboolean descending,
                        TerraceItem *after,
                        guint limit,
                        GError **error)
{
  Page page = {
    .filter = filter, .sort = sort, .descending = descending, .after = after, .limit = limit
  };

  return read_page (cli, read_items_func, &page, error) ? page.rows : NULL;
}

GPtrArray *
terrace_cli_read_moves (TerraceCli *cli, int final, gint64 before_id, guint limit, GError **error)
{
  Page page = { .final = final, .id = before_id, .limit = limit };

  return read_page (cli, read_moves_func, &page, error) ? page.rows : NULL;
}

TerraceMove *
terrace_cli_read_move (TerraceCli *cli, gint64 move_id, GError **error)
{
  Page page = { .id = move_id };

  return read_page (cli, read_move_func, &page, error) ? page.move : NULL;
}

void
terrace_cli_filter_clear (TerraceCliFilter *self)
{
  g_clear_pointer (&self->tier, g_free);
  g_clear_pointer (&self->temperature, g_free);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->sort, g_free);
}

gboolean
terrace_cli_filter_apply (TerraceCli *cli,
                          const char *command,
                          const TerraceCliFilter *self,
                          TerraceItemFilter *filter,
                          TerraceItemSort *sort)
{
  TerraceLocation *location;

  if (self->tier != NULL && !terrace_enum_from_nick (TERRACE_TYPE_TIER, self->tier, &filter->tier))
    {
      terrace_cli_misuse (command, _ ("There is no tier '%s': hot, warm, cold or archive"),
                          self->tier);
      return FALSE;
    }
  if (self->temperature != NULL &&
      !terrace_enum_from_nick (TERRACE_TYPE_TEMPERATURE, self->temperature, &filter->temperature))
    {
      terrace_cli_misuse (command, _ ("There is no temperature '%s': unknown, hot, warm or cold"),
                          self->temperature);
      return FALSE;
    }
  if (self->location != NULL)
    {
      location = terrace_engine_find_location (cli->engine, self->location);
      if (location == NULL)
        {
          terrace_cli_misuse (command, _ ("There is no location '%s'"), self->location);
          return FALSE;
        }
      filter->location_id = location->id;
    }
  if (self->search != NULL)
    filter->text = terrace_display_name (self->search);

  if (self->sort == NULL || terrace_item_sort_from_nick (self->sort, sort))
    return TRUE;
  terrace_cli_misuse (command, _ ("Objects cannot be sorted by '%s'"), self->sort);
  return FALSE;
}
