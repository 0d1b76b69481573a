/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One object's migration. Made on any thread; updated on the main thread only. */

#include "model/terrace-move.h"

#include "model/terrace-field.h"

typedef enum
{
  PROP_ID = 1,
  PROP_ITEM_ID,
  PROP_NAME,
  PROP_SIZE_BYTES,
  PROP_SOURCE_LOCATION_ID,
  PROP_SOURCE_KEY,
  PROP_SOURCE_VERSION,
  PROP_SOURCE_CLASS_ID,
  PROP_DEST_LOCATION_ID,
  PROP_DEST_KEY,
  PROP_DEST_CLASS_ID,
  PROP_STATE,
  PROP_RESUME_STATE,
  PROP_REQUEST,
  PROP_PRIORITY,
  PROP_TOKEN,
  PROP_UPLOAD,
  PROP_DEST_VERSION,
  PROP_KEEP_SOURCE,
  PROP_HOLD,
  PROP_UNDO_OF,
  PROP_UNDONE_BY,
  PROP_ATTEMPTS,
  PROP_RETRY_US,
  PROP_ERROR,
  PROP_ERROR_CODE,
  PROP_SAVING_NANOS,
  PROP_ONCE_NANOS,
  PROP_LEAVE_NANOS,
  PROP_BATCH_ID,
  PROP_REQUESTS_SENT,
  PROP_SPENT_NANOS,
  PROP_CREATED_US,
  PROP_STARTED_US,
  PROP_UPDATED_US,
  PROP_FINISHED_US,
  PROP_DONE_BYTES,
  PROP_BYTES_PER_SECOND,
} MoveProperty;

#define N_PROPERTIES (PROP_BYTES_PER_SECOND + 1)

static GParamSpec *properties[N_PROPERTIES];

static const TerraceField fields[] = {
  [PROP_ID] = TERRACE_FIELD (TerraceMove, id, "id", INT64),
  [PROP_ITEM_ID] = TERRACE_FIELD (TerraceMove, item_id, "item-id", INT64),
  [PROP_NAME] = TERRACE_FIELD (TerraceMove, name, "name", STRING),
  [PROP_SIZE_BYTES] = TERRACE_FIELD (TerraceMove, size_bytes, "size-bytes", UINT64),
  [PROP_SOURCE_LOCATION_ID] =
      TERRACE_FIELD (TerraceMove, source_location_id, "source-location-id", INT64),
  [PROP_SOURCE_KEY] = TERRACE_FIELD (TerraceMove, source_key, "source-key", STRING),
  [PROP_SOURCE_VERSION] = TERRACE_FIELD (TerraceMove, source_version, "source-version", STRING),
  [PROP_SOURCE_CLASS_ID] = TERRACE_FIELD (TerraceMove, source_class_id, "source-class-id", STRING),
  [PROP_DEST_LOCATION_ID] =
      TERRACE_FIELD (TerraceMove, dest_location_id, "dest-location-id", INT64),
  [PROP_DEST_KEY] = TERRACE_FIELD (TerraceMove, dest_key, "dest-key", STRING),
  [PROP_DEST_CLASS_ID] = TERRACE_FIELD (TerraceMove, dest_class_id, "dest-class-id", STRING),
  [PROP_STATE] = TERRACE_ENUM_FIELD (TerraceMove, state, "state", terrace_move_state_get_type),
  [PROP_RESUME_STATE] =
      TERRACE_ENUM_FIELD (TerraceMove, resume_state, "resume-state", terrace_move_state_get_type),
  [PROP_REQUEST] =
      TERRACE_ENUM_FIELD (TerraceMove, request, "request", terrace_move_request_get_type),
  [PROP_PRIORITY] = TERRACE_FIELD (TerraceMove, priority, "priority", INT),
  [PROP_TOKEN] = TERRACE_FIELD (TerraceMove, token, "token", STRING),
  [PROP_UPLOAD] = TERRACE_FIELD (TerraceMove, upload, "upload", STRING),
  [PROP_DEST_VERSION] = TERRACE_FIELD (TerraceMove, dest_version, "dest-version", STRING),
  [PROP_KEEP_SOURCE] = TERRACE_FIELD (TerraceMove, keep_source, "keep-source", BOOLEAN),
  [PROP_HOLD] = TERRACE_FIELD (TerraceMove, hold, "hold", BOOLEAN),
  [PROP_UNDO_OF] = TERRACE_FIELD (TerraceMove, undo_of, "undo-of", INT64),
  [PROP_UNDONE_BY] = TERRACE_FIELD (TerraceMove, undone_by, "undone-by", INT64),
  [PROP_ATTEMPTS] = TERRACE_FIELD (TerraceMove, attempts, "attempts", UINT),
  [PROP_RETRY_US] = TERRACE_FIELD (TerraceMove, retry_us, "retry-us", INT64),
  [PROP_ERROR] = TERRACE_FIELD (TerraceMove, error, "error", STRING),
  [PROP_ERROR_CODE] = TERRACE_FIELD (TerraceMove, error_code, "error-code", INT),
  [PROP_SAVING_NANOS] = TERRACE_FIELD (TerraceMove, saving_nanos, "saving-nanos", INT64),
  [PROP_ONCE_NANOS] = TERRACE_FIELD (TerraceMove, once_nanos, "once-nanos", INT64),
  [PROP_LEAVE_NANOS] = TERRACE_FIELD (TerraceMove, leave_nanos, "leave-nanos", INT64),
  [PROP_BATCH_ID] = TERRACE_FIELD (TerraceMove, batch_id, "batch-id", INT64),
  [PROP_REQUESTS_SENT] = TERRACE_FIELD (TerraceMove, requests_sent, "requests-sent", UINT64),
  [PROP_SPENT_NANOS] = TERRACE_FIELD (TerraceMove, spent_nanos, "spent-nanos", INT64),
  [PROP_CREATED_US] = TERRACE_FIELD (TerraceMove, created_us, "created-us", INT64),
  [PROP_STARTED_US] = TERRACE_FIELD (TerraceMove, started_us, "started-us", INT64),
  [PROP_UPDATED_US] = TERRACE_FIELD (TerraceMove, updated_us, "updated-us", INT64),
  [PROP_FINISHED_US] = TERRACE_FIELD (TerraceMove, finished_us, "finished-us", INT64),
  [PROP_DONE_BYTES] = TERRACE_FIELD (TerraceMove, done_bytes, "done-bytes", UINT64),
  [PROP_BYTES_PER_SECOND] =
      TERRACE_FIELD (TerraceMove, bytes_per_second, "bytes-per-second", DOUBLE),
};

G_DEFINE_FINAL_TYPE (TerraceMove, terrace_move, G_TYPE_OBJECT)

static void
terrace_move_finalize (GObject *object)
{
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    terrace_field_clear (&fields[i], object);

  G_OBJECT_CLASS (terrace_move_parent_class)->finalize (object);
}

static void
terrace_move_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_assert (prop_id < G_N_ELEMENTS (fields));

  terrace_field_get (&fields[prop_id], object, value);
}

static void
terrace_move_class_init (TerraceMoveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = terrace_move_finalize;
  object_class->get_property = terrace_move_get_property;

  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    properties[i] = terrace_field_create_spec (&fields[i]);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
terrace_move_init (TerraceMove *self)
{
}

TerraceMove *
terrace_move_new (void)
{
  return g_object_new (TERRACE_TYPE_MOVE, NULL);
}

void
terrace_move_update (TerraceMove *self, TerraceMove *newer)
{
  g_return_if_fail (TERRACE_IS_MOVE (self));
  g_return_if_fail (TERRACE_IS_MOVE (newer));

  if (self == newer)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  self->checksum = newer->checksum;
  for (guint i = 1; i < G_N_ELEMENTS (fields); i++)
    {
      if (terrace_field_copy (&fields[i], G_OBJECT (self), G_OBJECT (newer)))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
terrace_move_set_progress (TerraceMove *self, guint64 done_bytes, double bytes_per_second)
{
  g_return_if_fail (TERRACE_IS_MOVE (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->done_bytes != done_bytes)
    {
      self->done_bytes = done_bytes;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE_BYTES]);
    }
  if (self->bytes_per_second != bytes_per_second)
    {
      self->bytes_per_second = bytes_per_second;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BYTES_PER_SECOND]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}
