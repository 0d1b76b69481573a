/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading, freeing and copying the fields of a noun by its table. Any thread that may touch the
 * object. */

#include "model/terrace-field.h"

#define MEMBER(type, object, field) G_STRUCT_MEMBER (type, object, (field)->offset)

GParamSpec *
terrace_field_create_spec (const TerraceField *field)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const char *name = field->name;

  switch (field->type)
    {
    case TERRACE_FIELD_BOOLEAN:
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
    case TERRACE_FIELD_INT:
      return g_param_spec_int (name, NULL, NULL, G_MININT, G_MAXINT, 0, flags);
    case TERRACE_FIELD_UINT:
      return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);
    case TERRACE_FIELD_INT64:
      return g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
    case TERRACE_FIELD_UINT64:
      return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
    case TERRACE_FIELD_DOUBLE:
      return g_param_spec_double (name, NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags);
    case TERRACE_FIELD_ENUM:
      return g_param_spec_enum (name, NULL, NULL, field->enum_type (), 0, flags);
    case TERRACE_FIELD_STRING:
      return g_param_spec_string (name, NULL, NULL, NULL, flags);
    case TERRACE_FIELD_STRV:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);
    default:
      g_assert_not_reached ();
    }
}

void
terrace_field_get (const TerraceField *field, GObject *object, GValue *value)
{
  switch (field->type)
    {
    case TERRACE_FIELD_BOOLEAN:
      g_value_set_boolean (value, MEMBER (gboolean, object, field));
      break;
    case TERRACE_FIELD_INT:
      g_value_set_int (value, MEMBER (int, object, field));
      break;
    case TERRACE_FIELD_UINT:
      g_value_set_uint (value, MEMBER (guint, object, field));
      break;
    case TERRACE_FIELD_INT64:
      g_value_set_int64 (value, MEMBER (gint64, object, field));
      break;
    case TERRACE_FIELD_UINT64:
      g_value_set_uint64 (value, MEMBER (guint64, object, field));
      break;
    case TERRACE_FIELD_DOUBLE:
      g_value_set_double (value, MEMBER (double, object, field));
      break;
    case TERRACE_FIELD_ENUM:
      /* All our enumerations are as wide as an int: none has a larger value. */
      g_value_set_enum (value, MEMBER (int, object, field));
      break;
    case TERRACE_FIELD_STRING:
      g_value_set_string (value, MEMBER (char *, object, field));
      break;
    case TERRACE_FIELD_STRV:
      g_value_set_boxed (value, MEMBER (GStrv, object, field));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
terrace_field_clear (const TerraceField *field, GObject *object)
{
  if (field->type == TERRACE_FIELD_STRING)
    g_clear_pointer (&MEMBER (char *, object, field), g_free);
  else if (field->type == TERRACE_FIELD_STRV)
    g_clear_pointer (&MEMBER (GStrv, object, field), g_strfreev);
}

#define COPY_MEMBER(type, object, newer, field)                   \
  (MEMBER (type, object, field) != MEMBER (type, newer, field) && \
   ((MEMBER (type, object, field) = MEMBER (type, newer, field)), TRUE))

static gboolean
copy_string (char **string, const char *newer)
{
  if (g_strcmp0 (*string, newer) == 0)
    return FALSE;

  g_free (*string);
  *string = g_strdup (newer);
  return TRUE;
}

static gboolean
copy_strv (GStrv *strings, GStrv newer)
{
  if (*strings == newer ||
      (*strings != NULL && newer != NULL &&
       g_strv_equal ((const char *const *) *strings, (const char *const *) newer)))
    return FALSE;

  g_strfreev (*strings);
  *strings = g_strdupv (newer);
  return TRUE;
}

gboolean
terrace_field_copy (const TerraceField *field, GObject *object, GObject *newer)
{
  switch (field->type)
    {
    case TERRACE_FIELD_BOOLEAN:
    case TERRACE_FIELD_INT:
    case TERRACE_FIELD_ENUM:
      return COPY_MEMBER (int, object, newer, field);
    case TERRACE_FIELD_UINT:
      return COPY_MEMBER (guint, object, newer, field);
    case TERRACE_FIELD_INT64:
      return COPY_MEMBER (gint64, object, newer, field);
    case TERRACE_FIELD_UINT64:
      return COPY_MEMBER (guint64, object, newer, field);
    case TERRACE_FIELD_DOUBLE:
      return COPY_MEMBER (double, object, newer, field);
    case TERRACE_FIELD_STRING:
      return copy_string (&MEMBER (char *, object, field), MEMBER (char *, newer, field));
    case TERRACE_FIELD_STRV:
      return copy_strv (&MEMBER (GStrv, object, field), MEMBER (GStrv, newer, field));
    default:
      g_assert_not_reached ();
    }
}
