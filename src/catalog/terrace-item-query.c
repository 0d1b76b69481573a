/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists of items: filters, orders, keyset pages. Catalogue threads; the filter functions on any.
 *
 * Every statement is a constant that the preprocessor puts together: ten orders, two directions,
 * three families of rows. All rows and planned rows are answered by walking an index; the filtered
 * ones walk the index of their order and look at each row. A page starts behind a row in two steps,
 * because SQLite's "(value, id) > (?, ?)" would walk through all ties before the row: first what
 * ties with it, by id, then what lies beyond. */

#include "config.h"

#include "catalog/terrace-item-row-private.h"

#include <string.h>

/* --- filter ----------------------------------------------------------------------------------- */

void
terrace_item_filter_init (TerraceItemFilter *filter)
{
  g_return_if_fail (filter != NULL);

  memset (filter, 0, sizeof *filter);
  filter->tier = -1;
  filter->temperature = -1;
}

void
terrace_item_filter_clear (TerraceItemFilter *filter)
{
  g_return_if_fail (filter != NULL);

  g_free (filter->text);
  terrace_item_filter_init (filter);
}

void
terrace_item_filter_copy (const TerraceItemFilter *filter, TerraceItemFilter *copy)
{
  g_return_if_fail (filter != NULL && copy != NULL);

  *copy = *filter;
  copy->text = g_strdup (filter->text);
}

static gboolean
has_words (const char *text)
{
  return text != NULL && text[strspn (text, " \t\n")] != '\0';
}

static gboolean
takes_all_but_plan (const TerraceItemFilter *filter)
{
  return !has_words (filter->text) && filter->tier < 0 && filter->temperature < 0 &&
         filter->location_id == 0 && filter->min_bytes == 0 && filter->max_bytes == 0 &&
         filter->used_since_us == 0 && filter->used_before_us == 0;
}

gboolean
terrace_item_sort_from_nick (const char *nick, TerraceItemSort *sort)
{
  static const struct
  {
    const char *nick;
    TerraceItemSort sort;
  } orders[] = {
    { "id", TERRACE_ITEM_SORT_ID },       { "name", TERRACE_ITEM_SORT_NAME },
    { "size", TERRACE_ITEM_SORT_SIZE },   { "temperature", TERRACE_ITEM_SORT_TEMPERATURE },
    { "tier", TERRACE_ITEM_SORT_TIER },   { "location", TERRACE_ITEM_SORT_LOCATION },
    { "class", TERRACE_ITEM_SORT_CLASS }, { "access", TERRACE_ITEM_SORT_LAST_ACCESS },
    { "cost", TERRACE_ITEM_SORT_COST },   { "saving", TERRACE_ITEM_SORT_SAVING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    if (g_str_equal (orders[i].nick, nick))
      {
        *sort = orders[i].sort;
        return TRUE;
      }
  return FALSE;
}

gboolean
terrace_item_filter_is_empty (const TerraceItemFilter *filter)
{
  g_return_val_if_fail (filter != NULL, TRUE);

  return takes_all_but_plan (filter) && !filter->planned;
}

/* --- statements ------------------------------------------------------------------------------- */

typedef enum
{
  FAMILY_ALL,
  FAMILY_PLANNED,
  FAMILY_FILTERED,
} Family;
#define N_FAMILIES 3

/* [0] ascending, [1] descending. */
typedef struct
{
  const char *from_start[2];
  const char *ties[2]; /* NULL: the order has none */
  const char *beyond[2];
} FamilySql;

typedef struct
{
  FamilySql families[N_FAMILIES];
} SortSql;

/* The filter's own columns have a plus: they must not draw the planner away from the index of the
 * order. A condition that is not set is decided without looking at the row. */
#define FILTER                                                                  \
  "(?1 < 0 OR +tier = ?1) AND (?2 < 0 OR +temperature = ?2) AND"                \
  " (?3 = 0 OR +location_id = ?3) AND"                                          \
  " (?4 = 0 OR (+wanted_location_id > 0 AND +moving = 0)) AND"                  \
  " (?5 = 0 OR +size_bytes >= ?5) AND (?6 = 0 OR +size_bytes <= ?6) AND"        \
  " (?7 = 0 OR +last_access_us >= ?7) AND (?8 = 0 OR +last_access_us < ?8) AND" \
  " (?9 IS NULL OR terrace_match (?9, name, key))"
#define PLANNED "wanted_location_id > 0 AND moving = 0"

#define ALL_FROM "SELECT id FROM item WHERE "
#define PLANNED_FROM "SELECT id FROM item INDEXED BY item_planned WHERE " PLANNED " AND "
#define FILTERED_FROM "SELECT id FROM item WHERE " FILTER " AND "

#define FAMILY(from, ties_up, ties_down, beyond_up, beyond_down, up, down)                  \
  {                                                                                         \
    .from_start = { from "1 ORDER BY " up " LIMIT ?", from "1 ORDER BY " down " LIMIT ?" }, \
    .ties = { ties_up, ties_down },                                                         \
    .beyond = { from beyond_up " ORDER BY " up " LIMIT ?",                                  \
                from beyond_down " ORDER BY " down " LIMIT ?" },                            \
  }

/* An order by one column. */
#define FAMILY_1(from, column)                                                                    \
  FAMILY (from, from column " = ? AND id > ? ORDER BY " column ", id LIMIT ?",                    \
          from column " = ? AND id < ? ORDER BY " column " DESC, id DESC LIMIT ?", column " > ?", \
          column " < ?", column ", id", column " DESC, id DESC")
#define SORT_1(column)                                              \
  {                                                                 \
    {                                                               \
      FAMILY_1 (ALL_FROM, column), FAMILY_1 (PLANNED_FROM, column), \
          FAMILY_1 (FILTERED_FROM, column)                          \
    }                                                               \
  }

/* By tier and class. */
#define CLASS_UP "tier, class_id, id"
#define CLASS_DOWN "tier DESC, class_id DESC, id DESC"
#define FAMILY_CLASS(from)                                                                 \
  FAMILY (from, from "tier = ? AND class_id = ? AND id > ? ORDER BY " CLASS_UP " LIMIT ?", \
          from "tier = ? AND class_id = ? AND id < ? ORDER BY " CLASS_DOWN " LIMIT ?",     \
          "(tier, class_id) > (?, ?)", "(tier, class_id) < (?, ?)", CLASS_UP, CLASS_DOWN)
#define SORT_CLASS                                                                       \
  {                                                                                      \
    {                                                                                    \
      FAMILY_CLASS (ALL_FROM), FAMILY_CLASS (PLANNED_FROM), FAMILY_CLASS (FILTERED_FROM) \
    }                                                                                    \
  }

/* By location and key, which are unique together, and by id. */
#define FAMILY_LOCATION(from)                                                             \
  FAMILY (from, NULL, NULL, "(location_id, key) > (?, ?)", "(location_id, key) < (?, ?)", \
          "location_id, key", "location_id DESC, key DESC")
#define FAMILY_ID(from) FAMILY (from, NULL, NULL, "id > ?", "id < ?", "id", "id DESC")

static const SortSql SORTS[] = {
  [TERRACE_ITEM_SORT_ID] = { { FAMILY_ID (ALL_FROM), FAMILY_ID (PLANNED_FROM),
                               FAMILY_ID (FILTERED_FROM) } },
  [TERRACE_ITEM_SORT_NAME] = SORT_1 ("name"),
  [TERRACE_ITEM_SORT_SIZE] = SORT_1 ("size_bytes"),
  [TERRACE_ITEM_SORT_TEMPERATURE] = SORT_1 ("reads_per_month"),
  [TERRACE_ITEM_SORT_TIER] = SORT_CLASS,
  [TERRACE_ITEM_SORT_LOCATION] = { { FAMILY_LOCATION (ALL_FROM), FAMILY_LOCATION (PLANNED_FROM),
                                     FAMILY_LOCATION (FILTERED_FROM) } },
  [TERRACE_ITEM_SORT_CLASS] = SORT_CLASS,
  [TERRACE_ITEM_SORT_LAST_ACCESS] = SORT_1 ("last_access_us"),
  [TERRACE_ITEM_SORT_COST] = SORT_1 ("monthly_nanos"),
  [TERRACE_ITEM_SORT_SAVING] = SORT_1 ("saving_nanos"),
};

/* While an import goes on, there is no index of what is planned. */
static gboolean
find_family (TerraceConnection *connection,
             const TerraceItemFilter *filter,
             Family *family,
             GError **error)
{
  gboolean indexed = TRUE;

  *family = FAMILY_FILTERED;
  if (!takes_all_but_plan (filter))
    return TRUE;
  if (filter->planned &&
      !terrace_item_table_has_index (connection, "item_planned", &indexed, error))
    return FALSE;
  if (indexed)
    *family = filter->planned ? FAMILY_PLANNED : FAMILY_ALL;
  return TRUE;
}

/* The filtered family's nine parameters come first. */
static void
bind_filter (TerraceStatement *statement, const TerraceItemFilter *filter, Family family)
{
  if (family != FAMILY_FILTERED)
    return;
  terrace_statement_bind_int64 (statement, filter->tier);
  terrace_statement_bind_int64 (statement, filter->temperature);
  terrace_statement_bind_int64 (statement, filter->location_id);
  terrace_statement_bind_int64 (statement, filter->planned != FALSE);
  terrace_statement_bind_int64 (statement, (gint64) MIN (filter->min_bytes, G_MAXINT64));
  terrace_statement_bind_int64 (statement, (gint64) MIN (filter->max_bytes, G_MAXINT64));
  terrace_statement_bind_int64 (statement, filter->used_since_us);
  terrace_statement_bind_int64 (statement, filter->used_before_us);
  terrace_statement_bind_text (statement, has_words (filter->text) ? filter->text : NULL);
}

/* What the order compares, of the row behind which the page starts. */
static void
bind_values (TerraceStatement *statement, TerraceItemSort sort, TerraceItem *after)
{
  switch (sort)
    {
    case TERRACE_ITEM_SORT_ID:
      terrace_statement_bind_int64 (statement, after->id);
      break;
    case TERRACE_ITEM_SORT_NAME:
      terrace_statement_bind_text_or_empty (statement, after->name);
      break;
    case TERRACE_ITEM_SORT_SIZE:
      terrace_statement_bind_int64 (statement, (gint64) after->size_bytes);
      break;
    case TERRACE_ITEM_SORT_TEMPERATURE:
      terrace_statement_bind_double (statement, after->reads_per_month);
      break;
    case TERRACE_ITEM_SORT_TIER:
    case TERRACE_ITEM_SORT_CLASS:
      terrace_statement_bind_int64 (statement, after->tier);
      terrace_statement_bind_text_or_empty (statement, after->class_id);
      break;
    case TERRACE_ITEM_SORT_LOCATION:
      terrace_statement_bind_int64 (statement, after->location_id);
      terrace_statement_bind_key (statement, after->key);
      break;
    case TERRACE_ITEM_SORT_LAST_ACCESS:
      terrace_statement_bind_int64 (statement, after->rates.last_us);
      break;
    case TERRACE_ITEM_SORT_COST:
      terrace_statement_bind_int64 (statement, after->monthly_nanos);
      break;
    case TERRACE_ITEM_SORT_SAVING:
      terrace_statement_bind_int64 (statement, after->saving_nanos);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* --- orders and pages ------------------------------------------------------------------------- */

static gboolean
read_ids (TerraceStatement *statement, GArray *ids, GError **error)
{
  TerraceStep step;

  while ((step = terrace_statement_step (statement, error)) == TERRACE_STEP_ROW)
    {
      gint64 id = terrace_statement_read_int64 (statement);

      g_array_append_val (ids, id);
    }
  return step == TERRACE_STEP_DONE;
}

typedef struct
{
  const TerraceItemFilter *filter;
  TerraceItemSort sort;
  TerraceItem *after;
  guint limit;
  Family family;
  const FamilySql *sql;
} PageQuery;

static gboolean
find_sql (TerraceConnection *connection, PageQuery *query, GError **error)
{
  g_assert (query->sort < G_N_ELEMENTS (SORTS));

  if (!find_family (connection, query->filter, &query->family, error))
    return FALSE;
  query->sql = &SORTS[query->sort].families[query->family];
  return TRUE;
}

/* Appends at most @limit ids (-1: all) from the start of the order. */
static gboolean
append_from_start (TerraceConnection *connection,
                   const PageQuery *query,
                   gboolean descending,
                   gint64 limit,
                   GArray *ids,
                   GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, query->sql->from_start[descending],
                                  error))
    return FALSE;
  bind_filter (&statement, query->filter, query->family);
  terrace_statement_bind_int64 (&statement, limit);
  return read_ids (&statement, ids, error);
}

static gboolean
append_behind (TerraceConnection *connection,
               const char *sql,
               const PageQuery *query,
               gboolean ties,
               GArray *ids,
               GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (sql == NULL || ids->len >= query->limit)
    return TRUE;
  if (!terrace_statement_prepare (&statement, connection, sql, error))
    return FALSE;
  bind_filter (&statement, query->filter, query->family);
  bind_values (&statement, query->sort, query->after);
  if (ties)
    terrace_statement_bind_int64 (&statement, query->after->id);
  terrace_statement_bind_int64 (&statement, query->limit - ids->len);
  return read_ids (&statement, ids, error);
}

GPtrArray *
terrace_item_table_page (TerraceConnection *connection,
                         const TerraceItemFilter *filter,
                         TerraceItemSort sort,
                         gboolean descending,
                         TerraceItem *after,
                         guint limit,
                         GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PageQuery query = { .filter = filter, .sort = sort, .after = after, .limit = limit };
  gboolean down = descending != FALSE;
  gboolean found;

  g_return_val_if_fail (filter != NULL, NULL);
  g_return_val_if_fail (after == NULL || TERRACE_IS_ITEM (after), NULL);

  if (!find_sql (connection, &query, error))
    return NULL;
  if (after == NULL)
    found = append_from_start (connection, &query, down, limit, ids, error);
  else
    found = append_behind (connection, query.sql->ties[down], &query, TRUE, ids, error) &&
            append_behind (connection, query.sql->beyond[down], &query, FALSE, ids, error);
  if (!found)
    return NULL;
  return terrace_item_table_get_many (connection, (const gint64 *) (void *) ids->data, ids->len,
                                      error);
}

static GArray *
read_order (TerraceConnection *connection,
            const TerraceItemFilter *filter,
            TerraceItemSort sort,
            gboolean descending,
            gint64 limit,
            GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PageQuery query = { .filter = filter, .sort = sort };

  if (!find_sql (connection, &query, error) ||
      !append_from_start (connection, &query, descending != FALSE, limit, ids, error))
    return NULL;
  return g_steal_pointer (&ids);
}

GArray *
terrace_item_table_order_start (TerraceConnection *connection,
                                const TerraceItemFilter *filter,
                                TerraceItemSort sort,
                                gboolean descending,
                                guint limit,
                                GError **error)
{
  return read_order (connection, filter, sort, descending, limit, error);
}

GArray *
terrace_item_table_order (TerraceConnection *connection,
                          const TerraceItemFilter *filter,
                          TerraceItemSort sort,
                          gboolean descending,
                          GError **error)
{
  g_return_val_if_fail (filter != NULL, NULL);

  return read_order (connection, filter, sort, descending, -1, error);
}

GPtrArray *
terrace_item_table_get_many (TerraceConnection *connection,
                             const gint64 *ids,
                             guint n_ids,
                             GError **error)
{
  static const char SQL[] = "SELECT " TERRACE_ITEM_COLUMNS " FROM item WHERE id = ?";
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  g_return_val_if_fail (ids != NULL || n_ids == 0, NULL);

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  for (guint i = 0; i < n_ids; i++)
    {
      TerraceStep step;

      terrace_statement_rewind (&statement);
      terrace_statement_bind_int64 (&statement, ids[i]);
      step = terrace_statement_step (&statement, error);
      if (step == TERRACE_STEP_ERROR)
        return NULL;
      if (step == TERRACE_STEP_ROW)
        g_ptr_array_add (items, terrace_item_row_read (&statement));
    }
  return g_steal_pointer (&items);
}

GPtrArray *
terrace_item_table_unhashed (TerraceConnection *connection,
                             gint64 after_id,
                             guint limit,
                             GError **error)
{
#define UNHASHED "checksum_kind = 0 AND missing = 0 AND id > ? ORDER BY id LIMIT ?"
  static const char INDEXED[] =
      "SELECT " TERRACE_ITEM_COLUMNS " FROM item INDEXED BY item_unhashed WHERE " UNHASHED;
  /* While an import goes on nearly everything is. */
  static const char SCANNED[] =
      "SELECT " TERRACE_ITEM_COLUMNS " FROM item NOT INDEXED WHERE " UNHASHED;
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gboolean indexed;

  if (!terrace_item_table_has_index (connection, "item_unhashed", &indexed, error) ||
      !terrace_statement_prepare (&statement, connection, indexed ? INDEXED : SCANNED, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, after_id);
  terrace_statement_bind_int64 (&statement, limit);
  return terrace_item_row_read_all (&statement, error);
}

GArray *
terrace_item_table_totals (TerraceConnection *connection, GError **error)
{
  static const char SQL[] =
      "SELECT location_id, tier, temperature, items, size_bytes, monthly_nanos, planned_items,"
      " planned_saving_nanos FROM total ORDER BY location_id, tier, temperature";
  g_autoptr (GArray) totals = g_array_new (FALSE, FALSE, sizeof (TerraceItemTotals));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerraceItemTotals cell;

      cell.location_id = terrace_statement_read_int64 (&statement);
      cell.tier = (TerraceTier) terrace_statement_read_int64 (&statement);
      cell.temperature = (TerraceTemperature) terrace_statement_read_int64 (&statement);
      cell.items = (guint64) terrace_statement_read_int64 (&statement);
      cell.size_bytes = (guint64) terrace_statement_read_int64 (&statement);
      cell.monthly_nanos = terrace_statement_read_int64 (&statement);
      cell.planned_items = (guint64) terrace_statement_read_int64 (&statement);
      cell.planned_saving_nanos = terrace_statement_read_int64 (&statement);
      g_array_append_val (totals, cell);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&totals) : NULL;
}
