/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A storage class with its prices. Reference counted and immutable once shared; any thread. */

#include "model/terrace-storage-class.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (TerraceStorageClass,
                     terrace_storage_class,
                     terrace_storage_class_ref,
                     terrace_storage_class_unref)

TerraceStorageClass *
terrace_storage_class_new (const char *id, const char *name)
{
  TerraceStorageClass *self;
  const char *slash;

  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  slash = strchr (id, '/');
  g_return_val_if_fail (slash != NULL && slash > id && slash[1] != '\0', NULL);
  g_return_val_if_fail (strchr (slash + 1, '/') == NULL, NULL);

  self = g_atomic_rc_box_new0 (TerraceStorageClass);
  self->id = g_strdup (id);
  self->provider = g_strndup (id, (gsize) (slash - id));
  self->code = g_strdup (slash + 1);
  self->name = g_strdup (name);
  self->region = g_strdup ("");

  return self;
}

TerraceStorageClass *
terrace_storage_class_ref (TerraceStorageClass *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  TerraceStorageClass *self = data;

  g_free (self->id);
  g_free (self->provider);
  g_free (self->code);
  g_free (self->name);
  g_free (self->region);
}

void
terrace_storage_class_unref (TerraceStorageClass *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}
