/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads single figures: each has a value, the unit the price list prints it in, the sources it
 * rests on and perhaps a note. One table says which figures there are and what they may be. Any
 * thread. */

#include "config.h"

#include "insight/terrace-price-figure.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MAX_STRING_BYTES 2000
#define MAX_PRICE 1e6

typedef enum
{
  UNIT_NONE,
  UNIT_GB_MONTH,
  UNIT_GB,
  UNIT_REQUEST,
  UNIT_OBJECT_MONTH,
  UNIT_BYTES,
  UNIT_DAYS,
  UNIT_MS,
  UNIT_ZONES,
  UNIT_FLAG,
  UNIT_DISK,
  UNIT_YEARS,
  UNIT_WATTS,
  UNIT_KWH,
  UNIT_COPIES,
} Unit;

/* How a price list prints a unit, and what that is in the unit the program counts in. */
static const struct
{
  Unit unit;
  const char *text;
  double multiply;
  double divide;
} unit_texts[] = {
  { UNIT_GB_MONTH, "per GB-month", 1, 1 },
  { UNIT_GB, "per GB", 1, 1 },
  { UNIT_REQUEST, "per request", 1, 1 },
  { UNIT_REQUEST, "per 1,000 requests", 1, 1000 },
  { UNIT_REQUEST, "per 10,000 requests", 1, 10000 },
  { UNIT_OBJECT_MONTH, "per object-month", 1, 1 },
  { UNIT_OBJECT_MONTH, "per 1,000 object-months", 1, 1000 },
  { UNIT_OBJECT_MONTH, "per 10,000 object-months", 1, 10000 },
  { UNIT_BYTES, "bytes", 1, 1 },
  { UNIT_DAYS, "days", 1, 1 },
  { UNIT_DAYS, "hours", 1, 24 },
  { UNIT_MS, "ms", 1, 1 },
  { UNIT_MS, "s", 1000, 1 },
  { UNIT_MS, "hours", 3600000, 1 },
  { UNIT_ZONES, "zones", 1, 1 },
  { UNIT_FLAG, "yes or no", 1, 1 },
  { UNIT_DISK, "per disk", 1, 1 },
  { UNIT_YEARS, "years", 1, 1 },
  { UNIT_WATTS, "W", 1, 1 },
  { UNIT_KWH, "per kWh", 1, 1 },
  { UNIT_COPIES, "copies", 1, 1 },
};

typedef enum
{
  STORE_DOUBLE,
  STORE_UINT64,
  STORE_UINT,
  STORE_FLAG,
} Store;

typedef enum
{
  OPTIONAL,
  REQUIRED,
  REQUIRED_OR_NULL, /* null is stored as -1: not possible */
} Presence;

/* @min is inclusive; offsets are into TerraceStorageClass, or into Disk. */
typedef struct
{
  const char *name;
  gsize offset;
  Store store;
  Unit unit;
  Presence presence;
  double min;
  double max;
} Field;

#define CLASS_FIELD(name, ...)                                     \
  {                                                                \
#name, G_STRUCT_OFFSET(TerraceStorageClass, name), __VA_ARGS__ \
  }
#define MAX_BYTES 0x1p50
#define MAX_DAYS 36500
#define MAX_WAIT_MS (30 * 86400000.0)

static const Field class_fields[] = {
  CLASS_FIELD (gb_month, STORE_DOUBLE, UNIT_GB_MONTH, OPTIONAL, 0, MAX_PRICE),
  CLASS_FIELD (put_request, STORE_DOUBLE, UNIT_REQUEST, REQUIRED, 0, MAX_PRICE),
  CLASS_FIELD (get_request, STORE_DOUBLE, UNIT_REQUEST, REQUIRED, 0, MAX_PRICE),
  CLASS_FIELD (transition_request, STORE_DOUBLE, UNIT_REQUEST, REQUIRED_OR_NULL, 0, MAX_PRICE),
  CLASS_FIELD (write_gb, STORE_DOUBLE, UNIT_GB, OPTIONAL, 0, MAX_PRICE),
  CLASS_FIELD (retrieval_gb, STORE_DOUBLE, UNIT_GB, REQUIRED, 0, MAX_PRICE),
  CLASS_FIELD (egress_gb, STORE_DOUBLE, UNIT_GB, REQUIRED, 0, MAX_PRICE),
  CLASS_FIELD (restore_request, STORE_DOUBLE, UNIT_REQUEST, OPTIONAL, 0, MAX_PRICE),
  CLASS_FIELD (monitoring_month, STORE_DOUBLE, UNIT_OBJECT_MONTH, OPTIONAL, 0, MAX_PRICE),
  CLASS_FIELD (monitoring_min_bytes, STORE_UINT64, UNIT_BYTES, OPTIONAL, 0, MAX_BYTES),
  CLASS_FIELD (min_billable_bytes, STORE_UINT64, UNIT_BYTES, REQUIRED, 0, MAX_BYTES),
  CLASS_FIELD (min_duration_days, STORE_DOUBLE, UNIT_DAYS, REQUIRED, 0, MAX_DAYS),
  CLASS_FIELD (overhead_bytes, STORE_UINT64, UNIT_BYTES, OPTIONAL, 0, MAX_BYTES),
  CLASS_FIELD (overhead_hot_bytes, STORE_UINT64, UNIT_BYTES, OPTIONAL, 0, MAX_BYTES),
  CLASS_FIELD (overhead_hot_gb_month, STORE_DOUBLE, UNIT_GB_MONTH, OPTIONAL, 0, MAX_PRICE),
  CLASS_FIELD (first_byte_ms, STORE_UINT64, UNIT_MS, REQUIRED, 0, MAX_WAIT_MS),
  CLASS_FIELD (offline, STORE_FLAG, UNIT_FLAG, REQUIRED, 0, 1),
  CLASS_FIELD (durable_zones, STORE_UINT, UNIT_ZONES, OPTIONAL, 0, 1000),
};

typedef struct
{
  double disk_price;
  guint64 capacity_bytes;
  double lifetime_years;
  double watts;
  double kwh_price;
  double copies;
} Disk;

#define DISK_FIELD(name, ...)                       \
  {                                                 \
#name, G_STRUCT_OFFSET(Disk, name), __VA_ARGS__ \
  }

static const Field disk_fields[] = {
  DISK_FIELD (disk_price, STORE_DOUBLE, UNIT_DISK, REQUIRED, 0, 1e9),
  DISK_FIELD (capacity_bytes, STORE_UINT64, UNIT_BYTES, REQUIRED, 1e6, 0x1p60),
  DISK_FIELD (lifetime_years, STORE_DOUBLE, UNIT_YEARS, REQUIRED, 0.1, 100),
  DISK_FIELD (watts, STORE_DOUBLE, UNIT_WATTS, REQUIRED, 0, 1e6),
  DISK_FIELD (kwh_price, STORE_DOUBLE, UNIT_KWH, REQUIRED, 0, MAX_PRICE),
  DISK_FIELD (copies, STORE_DOUBLE, UNIT_COPIES, REQUIRED, 1, 100),
};

void
terrace_price_source_free (TerracePriceSource *self)
{
  g_free (self->title);
  g_free (self->url);
  g_free (self->date);
  g_free (self);
}

void
terrace_price_figure_free (TerracePriceFigure *self)
{
  g_free (self->field);
  g_free (self->unit);
  g_free (self->source);
  g_free (self->date);
  g_free (self->note);
  g_free (self);
}

gboolean
terrace_price_fail (const TerracePriceContext *context,
                    const char *field,
                    GError **error,
                    const char *format,
                    ...)
{
  g_autofree char *problem = NULL;
  g_autoptr (GString) message = g_string_new (context->file_name);
  va_list args;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);

  if (context->class_code != NULL)
    /* Translators: part of a message that names a place in a price sheet: "aws.json: class
     * STANDARD: gb_month: must not be negative" */
    g_string_append_printf (message, _ (": class %s"), context->class_code);
  if (field != NULL)
    g_string_append_printf (message, ": %s", field);
  g_string_append_printf (message, ": %s", problem);

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, message->str);
  return FALSE;
}

gboolean
terrace_price_check_members (const TerracePriceContext *context,
                             JsonObject *object,
                             const char *const *allowed,
                             GError **error)
{
  JsonObjectIter iter;
  const char *member;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &member, NULL))
    {
      if (!g_strv_contains (allowed, member))
        return terrace_price_fail (context, member, error,
                                   _ ("a price sheet has no member of this name"));
    }
  return TRUE;
}

char *
terrace_price_dup_string (const TerracePriceContext *context,
                          JsonObject *object,
                          const char *member,
                          gboolean required,
                          GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  const char *text;

  if (node == NULL && !required)
    return g_strdup ("");
  if (node == NULL)
    {
      terrace_price_fail (context, member, error, _ ("is missing"));
      return NULL;
    }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      terrace_price_fail (context, member, error, _ ("must be text in quotes"));
      return NULL;
    }

  text = json_node_get_string (node);
  if (required && *text == '\0')
    {
      terrace_price_fail (context, member, error, _ ("must not be empty"));
      return NULL;
    }
  if (strlen (text) > MAX_STRING_BYTES)
    {
      terrace_price_fail (context, member, error, _ ("is too long"));
      return NULL;
    }
  return g_strdup (text);
}

/* A number, or true and false for a flag. */
static gboolean
read_number (const TerracePriceContext *context,
             const Field *field,
             JsonNode *node,
             double *value,
             GError **error)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) :
                                                              G_TYPE_INVALID;

  if (field->store == STORE_FLAG)
    {
      if (type != G_TYPE_BOOLEAN)
        return terrace_price_fail (context, field->name, error,
                                   _ ("the value must be true or false"));
      *value = json_node_get_boolean (node) ? 1.0 : 0.0;
      return TRUE;
    }

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return terrace_price_fail (context, field->name, error, _ ("the value must be a number"));
  *value = json_node_get_double (node);
  if (!isfinite (*value))
    return terrace_price_fail (context, field->name, error, _ ("the value must be a number"));
  if (*value < 0.0)
    return terrace_price_fail (context, field->name, error, _ ("the value must not be negative"));
  return TRUE;
}

static gboolean
convert (const TerracePriceContext *context,
         const Field *field,
         const char *unit,
         double *value,
         GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (unit_texts); i++)
    {
      if (unit_texts[i].unit != field->unit)
        continue;
      if (g_str_equal (unit_texts[i].text, unit))
        {
          *value = *value * unit_texts[i].multiply / unit_texts[i].divide;
          return TRUE;
        }
      g_string_append_printf (known, "%s“%s”", known->len > 0 ? ", " : "", unit_texts[i].text);
    }
  return terrace_price_fail (context, field->name, error,
                             _ ("the unit “%s” is not known here; use one of %s"), unit,
                             known->str);
}

static gboolean
check_range (const TerracePriceContext *context, const Field *field, double value, GError **error)
{
  const gboolean whole = field->store != STORE_DOUBLE;

  if (value < field->min)
    return terrace_price_fail (context, field->name, error,
                               _ ("the value is too small to be true"));
  if (value > field->max)
    return terrace_price_fail (context, field->name, error,
                               _ ("the value is too large to be true"));
  if (whole && value != floor (value))
    return terrace_price_fail (context, field->name, error, _ ("the value must be a whole number"));
  return TRUE;
}

/* Every id must be known; the first stands for all in @figure. */
static gboolean
read_sources (const TerracePriceContext *context,
              const Field *field,
              JsonNode *node,
              TerracePriceFigure *figure,
              GError **error)
{
  JsonArray *ids;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) == 0)
    return terrace_price_fail (context, field->name, error,
                               _ ("“source” must be a list of at least one source's id"));

  ids = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      JsonNode *element = json_array_get_element (ids, i);
      const char *id = JSON_NODE_HOLDS_VALUE (element) ? json_node_get_string (element) : NULL;
      const TerracePriceSource *source =
          id != NULL ? g_hash_table_lookup (context->sources, id) : NULL;

      if (source == NULL)
        return terrace_price_fail (context, field->name, error,
                                   _ ("the source “%s” is not in the list of sources"),
                                   id != NULL ? id : "");
      if (i == 0)
        {
          figure->source = g_strdup (source->title);
          figure->date = g_strdup (source->date);
        }
    }
  return TRUE;
}

static void
store_value (const Field *field, double value, gpointer base)
{
  gpointer place = G_STRUCT_MEMBER_P (base, field->offset);

  switch (field->store)
    {
    case STORE_DOUBLE:
      *(double *) place = value;
      break;
    case STORE_UINT64:
      *(guint64 *) place = (guint64) value;
      break;
    case STORE_UINT:
      *(guint *) place = (guint) value;
      break;
    case STORE_FLAG:
      *(gboolean *) place = value != 0.0;
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
read_figure (const TerracePriceContext *context,
             const Field *field,
             JsonNode *node,
             gpointer base,
             GPtrArray *list,
             GError **error)
{
  static const char *const members[] = { "value", "unit", "source", "note", NULL };
  g_autoptr (TerracePriceFigure) figure = g_new0 (TerracePriceFigure, 1);
  TerracePriceContext inner = *context;
  g_autofree char *place = NULL;
  JsonObject *object;
  JsonNode *value_node;
  double value = -1.0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return terrace_price_fail (context, field->name, error,
                               _ ("must be an object with value, unit and source"));

  /* Messages about the members of a figure name both: "class STANDARD: gb_month: note: ...". */
  place = g_strdup_printf ("%s: %s", context->class_code, field->name);
  inner.class_code = place;
  object = json_node_get_object (node);
  if (!terrace_price_check_members (&inner, object, members, error))
    return FALSE;

  figure->field = g_strdup (field->name);
  figure->unit = terrace_price_dup_string (&inner, object, "unit", TRUE, error);
  if (figure->unit == NULL)
    return FALSE;
  figure->note = terrace_price_dup_string (&inner, object, "note", FALSE, error);
  if (figure->note == NULL)
    return FALSE;
  if (!read_sources (context, field, json_object_get_member (object, "source"), figure, error))
    return FALSE;

  value_node = json_object_get_member (object, "value");
  if (field->presence != REQUIRED_OR_NULL || value_node == NULL ||
      !JSON_NODE_HOLDS_NULL (value_node))
    {
      if (!read_number (context, field, value_node, &value, error))
        return FALSE;
      figure->value = value;
      if (!convert (context, field, figure->unit, &value, error) ||
          !check_range (context, field, value, error))
        return FALSE;
    }
  else
    {
      figure->value = -1.0;
    }

  store_value (field, value, base);
  g_ptr_array_add (list, g_steal_pointer (&figure));
  return TRUE;
}

static gboolean
read_fields (const TerracePriceContext *context,
             JsonObject *object,
             const Field *fields,
             gsize n_fields,
             gpointer base,
             GPtrArray *list,
             GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (gsize i = 0; i < n_fields; i++)
    g_ptr_array_add (names, (gpointer) fields[i].name);
  g_ptr_array_add (names, NULL);
  if (!terrace_price_check_members (context, object, (const char *const *) names->pdata, error))
    return FALSE;

  for (gsize i = 0; i < n_fields; i++)
    {
      JsonNode *node = json_object_get_member (object, fields[i].name);

      if (node == NULL && fields[i].presence == OPTIONAL)
        continue;
      if (node == NULL)
        return terrace_price_fail (context, fields[i].name, error, _ ("is missing"));
      if (!read_figure (context, &fields[i], node, base, list, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
terrace_price_read_figures (const TerracePriceContext *context,
                            JsonObject *figures,
                            gboolean needs_gb_month,
                            TerraceStorageClass *storage_class,
                            GPtrArray *list,
                            GError **error)
{
  const gboolean has_gb_month = json_object_has_member (figures, "gb_month");

  if (needs_gb_month && !has_gb_month)
    return terrace_price_fail (context, "gb_month", error, _ ("is missing"));
  if (!needs_gb_month && has_gb_month)
    return terrace_price_fail (context, "gb_month", error,
                               _ ("is computed from “disk” and must not be given as well"));
  if (!read_fields (context, figures, class_fields, G_N_ELEMENTS (class_fields), storage_class,
                    list, error))
    return FALSE;

  if (storage_class->overhead_hot_bytes > 0 &&
      !json_object_has_member (figures, "overhead_hot_gb_month"))
    return terrace_price_fail (context, "overhead_hot_gb_month", error, _ ("is missing"));
  return TRUE;
}

gboolean
terrace_price_read_disk (const TerracePriceContext *context,
                         JsonObject *disk,
                         TerraceStorageClass *storage_class,
                         GPtrArray *list,
                         GError **error)
{
  const guint first = list->len;
  TerracePriceFigure *computed;
  const TerracePriceFigure *price;
  Disk values = { 0 };

  if (!read_fields (context, disk, disk_fields, G_N_ELEMENTS (disk_fields), &values, list, error))
    return FALSE;

  storage_class->gb_month =
      terrace_price_local_gb_month (values.disk_price, values.capacity_bytes, values.lifetime_years,
                                    values.watts, values.kwh_price, values.copies);
  if (!(storage_class->gb_month <= MAX_PRICE))
    return terrace_price_fail (context, "disk_price", error,
                               _ ("the value is too large to be true"));

  price = g_ptr_array_index (list, first);
  computed = g_new0 (TerracePriceFigure, 1);
  computed->field = g_strdup ("gb_month");
  computed->value = storage_class->gb_month;
  computed->unit = g_strdup ("per GB-month");
  computed->source = g_strdup (price->source);
  computed->date = g_strdup (price->date);
  computed->note = g_strdup (_ ("computed from the disk's price, lifetime, power and copies"));
  g_ptr_array_insert (list, (int) first, computed);
  return TRUE;
}
