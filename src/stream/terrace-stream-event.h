/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

/* What happened to data somewhere, as a source tells it, and batches of that. Plain values: a
 * hundred thousand of them a second pass through. */

G_BEGIN_DECLS

/* The numbers are stored: append, never renumber. Nicks ("read") are what messages say. */
typedef enum
{
  TERRACE_STREAM_READ,
  TERRACE_STREAM_WRITE,
  TERRACE_STREAM_CREATE,
  TERRACE_STREAM_DELETE,
  TERRACE_STREAM_ERROR,
  TERRACE_STREAM_LATENCY, /* a sample that is no access by itself */
} TerraceStreamKind;
#define TERRACE_N_STREAM_KINDS 6

#define TERRACE_TYPE_STREAM_KIND (terrace_stream_kind_get_type ())
GType terrace_stream_kind_get_type (void);

/**
 * TerraceStreamEvent:
 * The texts live as long as the batch the event is in.
 * @time_us: when it happened, by the clock of whoever saw it
 * @item_id: the object, if the source knows; else 0, and @location and @key say
 * @location: (nullable): a location's name, root, or the bucket or container of it
 * @key: (nullable): inside the location, bytes
 * @id: (nullable): the event's own name: two with the same are one
 * @message: (nullable): of an error, for people
 * @bytes: read or written, or the size of a new object
 * @count: how often, at least 1
 * @latency_us: how long it took, 0 if not known
 * @partition: and
 * @offset: where the source has it, -1 if it counts nothing; offsets of a partition only grow, and
 *   two with the same are one
 * @part: which of several events in one message
 */
typedef struct
{
  TerraceStreamKind kind;
  guint count;
  gint64 time_us;
  gint64 item_id;
  const char *location;
  const char *key;
  const char *id;
  const char *message;
  guint64 bytes;
  guint64 latency_us;
  gint64 offset;
  gint32 partition;
  guint32 part;
} TerraceStreamEvent;

void terrace_stream_event_init (TerraceStreamEvent *event, TerraceStreamKind kind, gint64 time_us);

/**
 * TerraceBadMessage:
 * A message that could not be read.
 * @origin: topic, file or address, and where in it
 * @reason: why not, for people
 * @text: its beginning, as valid UTF-8
 * @size_bytes: of all of it
 */
typedef struct
{
  gint64 time_us;
  char *origin;
  char *reason;
  char *text;
  gsize size_bytes;
} TerraceBadMessage;

TerraceBadMessage *terrace_bad_message_new (gint64 time_us,
                                            const char *origin,
                                            const char *reason,
                                            const char *data,
                                            gsize length);
void terrace_bad_message_free (TerraceBadMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceBadMessage, terrace_bad_message_free)

/**
 * TerraceSourceBatch:
 * Filled by one thread, then read by others; never changed once it was delivered.
 * @events: (element-type TerraceStreamEvent)
 * @bad_messages: (element-type TerraceBadMessage): a sample of what could not be read
 * @n_malformed: all that could not be read
 * @n_dropped: lost before it, where a protocol has no back-pressure
 * @partitions: (nullable) (element-type utf8): the names of the partitions that events number;
 * %NULL for one without a name. Shared and never changed
 * @urgent: the source waits for the commit of this batch before it goes on
 * @cookie: (nullable): the source's own, for its commit
 */
typedef struct
{
  GArray *events;
  GPtrArray *bad_messages;
  guint64 n_malformed;
  guint64 n_dropped;
  GPtrArray *partitions;
  gboolean urgent;
  gpointer cookie;
  GDestroyNotify cookie_free;

  GStringChunk *texts;
  gint ref_count; /* atomic */
} TerraceSourceBatch;

TerraceSourceBatch *terrace_source_batch_new (void);
TerraceSourceBatch *terrace_source_batch_ref (TerraceSourceBatch *self);
void terrace_source_batch_unref (TerraceSourceBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceSourceBatch, terrace_source_batch_unref)

/* (transfer none): the batch's own copy of the @length bytes (-1: up to the NUL) at @text. */
const char *
terrace_source_batch_add_text (TerraceSourceBatch *self, const char *text, gssize length);
/* Copies @event, whose texts must be the batch's, constants, or %NULL. */
void terrace_source_batch_add (TerraceSourceBatch *self, const TerraceStreamEvent *event);
/* Counts a message that could not be read, and keeps the first few. */
void terrace_source_batch_add_malformed (TerraceSourceBatch *self,
                                         gint64 time_us,
                                         const char *origin,
                                         const char *reason,
                                         const char *data,
                                         gsize length);
gboolean terrace_source_batch_is_full (TerraceSourceBatch *self);
/* Neither events nor anything else to tell. */
gboolean terrace_source_batch_is_empty (TerraceSourceBatch *self);

G_END_DECLS
