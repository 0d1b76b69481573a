/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One copy of an object. A plain value, any thread. */

#include "model/terrace-replica.h"

TerraceReplica *
terrace_replica_new (void)
{
  return g_new0 (TerraceReplica, 1);
}

void
terrace_replica_free (TerraceReplica *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->version);
  g_free (self->class_id);
  g_free (self);
}
