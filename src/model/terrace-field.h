/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* The fields of a noun as a table, from which its properties, its finalizer and its updates come:
 * thirty fields would otherwise be thirty cases in each of them. Private to src/model. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_FIELD_BOOLEAN,
  TERRACE_FIELD_INT,
  TERRACE_FIELD_UINT,
  TERRACE_FIELD_INT64,
  TERRACE_FIELD_UINT64,
  TERRACE_FIELD_DOUBLE,
  TERRACE_FIELD_ENUM,
  TERRACE_FIELD_STRING,
  TERRACE_FIELD_STRV,
} TerraceFieldType;

/**
 * TerraceField:
 * @name: of the property, with dashes
 * @offset: of the member in the instance
 * @enum_type: (nullable): for %TERRACE_FIELD_ENUM
 */
typedef struct
{
  const char *name;
  TerraceFieldType type;
  gsize offset;
  GType (*enum_type) (void);
} TerraceField;

#define TERRACE_FIELD(TypeName, member, name, type)                      \
  {                                                                      \
    name, TERRACE_FIELD_##type, G_STRUCT_OFFSET (TypeName, member), NULL \
  }
#define TERRACE_ENUM_FIELD(TypeName, member, name, get_type)               \
  {                                                                        \
    name, TERRACE_FIELD_ENUM, G_STRUCT_OFFSET (TypeName, member), get_type \
  }

/* (transfer full): a readable property. */
GParamSpec *terrace_field_create_spec (const TerraceField *field);

void terrace_field_get (const TerraceField *field, GObject *object, GValue *value);

/* Frees what the field owns. */
void terrace_field_clear (const TerraceField *field, GObject *object);

/* Makes the field of @object what it is in @newer; whether that changed anything. */
gboolean terrace_field_copy (const TerraceField *field, GObject *object, GObject *newer);

G_END_DECLS
