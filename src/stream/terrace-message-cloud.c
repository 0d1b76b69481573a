/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The notifications of clouds. What happened to something else than an object, or is no use of it
 * (its metadata were asked for), makes no event and is no error. Pure; any thread.
 *
 * Formats: Amazon S3 User Guide, "Event message structure" (2.x; Ceph and MinIO send the same with
 * names that begin with "s3:"); CNCF CloudEvents 1.0 (JSON format); Azure Event Grid, "Azure Blob
 * Storage as Event Grid source"; Google Cloud Storage, "Pub/Sub notifications". */

#include "config.h"

#include "stream/terrace-message-private.h"

#include "base/terrace-limits.h"

#include <string.h>

static gboolean
starts (const TerraceJson *string, const char *prefix)
{
  return string->type == TERRACE_JSON_STRING && string->length >= strlen (prefix) &&
         strncmp (string->start, prefix, strlen (prefix)) == 0;
}

/* --- S3 ------------------------------------------------------------------------------------ */

/* -1 for what is no use of an object. */
static int
kind_of_s3 (const TerraceJson *name)
{
  TerraceJson bare = *name;

  if (starts (name, "s3:"))
    {
      bare.start += 3;
      bare.length -= 3;
    }
  if (starts (&bare, "ObjectCreated:"))
    return TERRACE_STREAM_CREATE;
  if (starts (&bare, "ObjectRemoved:") || starts (&bare, "LifecycleExpiration:"))
    return TERRACE_STREAM_DELETE;
  if (starts (&bare, "ObjectAccessed:Get"))
    return TERRACE_STREAM_READ;

  return -1;
}

/* S3 writes keys as in a form: "+" is a space. */
static gboolean
take_encoded_key (TerraceSourceBatch *batch, const TerraceJson *value, const char **key)
{
  g_autofree char *text = terrace_json_dup_text (value);
  g_autofree char *decoded = NULL;

  if (text == NULL)
    return FALSE;
  g_strdelimit (text, "+", ' ');
  decoded = g_uri_unescape_string (text, NULL);
  if (decoded == NULL || strlen (decoded) > TERRACE_LIMIT_KEY_BYTES)
    return FALSE;
  *key = terrace_source_batch_add_text (batch, decoded, -1);
  return TRUE;
}

static const char *
name_s3_record (TerraceSourceBatch *batch, const TerraceJson *record, const char *key)
{
  TerraceJson id = terrace_json_get (record, "eventId");
  TerraceJson sequencer = terrace_json_get_path (record, "s3", "object", "sequencer", NULL);
  TerraceJson time = terrace_json_get (record, "eventTime");
  TerraceJson name = terrace_json_get (record, "eventName");
  g_autofree char *joined = NULL;

  if (id.type == TERRACE_JSON_STRING && id.length > 0)
    return terrace_source_batch_add_text (batch, id.start, (gssize) id.length);
  if (time.type != TERRACE_JSON_STRING)
    return NULL;
  joined = g_strdup_printf ("%.*s/%.*s/%.*s/%s", (int) name.length, name.start,
                            (int) sequencer.length, sequencer.length > 0 ? sequencer.start : "",
                            (int) time.length, time.start, key);
  return terrace_source_batch_add_text (batch, joined, -1);
}

gboolean
terrace_message_read_s3_record (TerraceSourceBatch *batch,
                                const TerraceJson *record,
                                const TerraceMessageContext *context,
                                GError **error)
{
  TerraceJson name = terrace_json_get (record, "eventName");
  TerraceJson bucket = terrace_json_get_path (record, "s3", "bucket", "name", NULL);
  TerraceJson key = terrace_json_get_path (record, "s3", "object", "key", NULL);
  TerraceJson size = terrace_json_get_path (record, "s3", "object", "size", NULL);
  TerraceJson time = terrace_json_get (record, "eventTime");
  TerraceStreamEvent event;
  const char *wrong = NULL;
  int kind;

  if (name.type != TERRACE_JSON_STRING)
    {
      terrace_message_set_error (error, "eventName");
      return FALSE;
    }
  kind = kind_of_s3 (&name);
  if (kind < 0)
    return TRUE;

  terrace_stream_event_init (&event, (TerraceStreamKind) kind, context->now_us);
  if (!terrace_message_take_time (&time, &event.time_us))
    wrong = "eventTime";
  else if (!terrace_message_take_text (batch, &bucket, &event.location) || event.location == NULL)
    wrong = "s3.bucket.name";
  else if (!take_encoded_key (batch, &key, &event.key))
    wrong = "s3.object.key";
  else if (size.type != TERRACE_JSON_NONE && !terrace_json_get_uint64 (&size, &event.bytes))
    wrong = "s3.object.size";
  if (wrong != NULL)
    {
      terrace_message_set_error (error, wrong);
      return FALSE;
    }

  event.id = name_s3_record (batch, record, event.key);
  terrace_source_batch_add (batch, &event);
  return TRUE;
}

/* --- CloudEvents and Event Grid ------------------------------------------------------------ */

static int
kind_of_cloud_event (const TerraceJson *type)
{
  static const struct
  {
    const char *type;
    TerraceStreamKind kind;
  } kinds[] = {
    { "Microsoft.Storage.BlobCreated", TERRACE_STREAM_CREATE },
    { "Microsoft.Storage.BlobDeleted", TERRACE_STREAM_DELETE },
    { "google.cloud.storage.object.v1.finalized", TERRACE_STREAM_CREATE },
    { "google.cloud.storage.object.v1.deleted", TERRACE_STREAM_DELETE },
    { "google.cloud.storage.object.v1.archived", TERRACE_STREAM_DELETE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (terrace_json_equals (type, kinds[i].type))
      return kinds[i].kind;

  return -1;
}

/* Azure's subject: "/blobServices/default/containers/CONTAINER/blobs/KEY". */
static gboolean
take_azure_place (TerraceSourceBatch *batch, const TerraceJson *subject, TerraceStreamEvent *event)
{
  g_autofree char *text = terrace_json_dup_text (subject);
  const char *container = text != NULL ? strstr (text, "/containers/") : NULL;
  const char *key;

  if (container == NULL)
    return FALSE;
  container += strlen ("/containers/");
  key = strstr (container, "/blobs/");
  if (key == NULL || key == container)
    return FALSE;

  event->location = terrace_source_batch_add_text (batch, container, key - container);
  event->key = terrace_source_batch_add_text (batch, key + strlen ("/blobs/"), -1);
  return strlen (event->key) <= TERRACE_LIMIT_KEY_BYTES;
}

static gboolean
take_place (TerraceSourceBatch *batch, const TerraceJson *value, TerraceStreamEvent *event)
{
  TerraceJson subject = terrace_json_get (value, "subject");
  TerraceJson bucket = terrace_json_get_path (value, "data", "bucket", NULL);
  TerraceJson name = terrace_json_get_path (value, "data", "name", NULL);

  if (bucket.type == TERRACE_JSON_STRING)
    return terrace_message_take_text (batch, &bucket, &event->location) &&
           terrace_message_take_text (batch, &name, &event->key) && event->key != NULL;

  return take_azure_place (batch, &subject, event);
}

gboolean
terrace_message_read_cloud_event (TerraceSourceBatch *batch,
                                  const TerraceJson *value,
                                  const TerraceMessageContext *context,
                                  GError **error)
{
  gboolean is_grid = terrace_json_get (value, "specversion").type == TERRACE_JSON_NONE;
  TerraceJson type = terrace_json_get (value, is_grid ? "eventType" : "type");
  TerraceJson time = terrace_json_get (value, is_grid ? "eventTime" : "time");
  TerraceJson id = terrace_json_get (value, "id");
  TerraceJson size = terrace_json_get_path (value, "data", "contentLength", NULL);
  TerraceStreamEvent event;
  int kind = kind_of_cloud_event (&type);

  if (kind < 0)
    {
      if (type.type == TERRACE_JSON_STRING)
        return TRUE;
      terrace_message_set_error (error, is_grid ? "eventType" : "type");
      return FALSE;
    }

  terrace_stream_event_init (&event, (TerraceStreamKind) kind, context->now_us);
  if (size.type == TERRACE_JSON_NONE)
    size = terrace_json_get_path (value, "data", "size", NULL);
  if (!terrace_message_take_time (&time, &event.time_us) ||
      !terrace_message_take_text (batch, &id, &event.id) || !take_place (batch, value, &event) ||
      (size.type != TERRACE_JSON_NONE && !terrace_json_get_uint64 (&size, &event.bytes)))
    {
      terrace_message_set_error (error, "data");
      return FALSE;
    }

  terrace_source_batch_add (batch, &event);
  return TRUE;
}

/* --- Pub/Sub ------------------------------------------------------------------------------- */

/* The object's own description, in base64, has the size. */
static void
take_size (const TerraceJson *data, guint64 *bytes)
{
  g_autofree char *encoded = terrace_json_dup_text (data);
  g_autofree guchar *decoded = NULL;
  TerraceJson value, size;
  gsize length;

  if (encoded == NULL)
    return;
  decoded = g_base64_decode (encoded, &length);
  if (!terrace_json_scan ((const char *) decoded, length, TERRACE_LIMIT_STREAM_DEPTH, &value, NULL))
    return;
  size = terrace_json_get (&value, "size");
  terrace_json_get_uint64 (&size, bytes);
}

gboolean
terrace_message_read_pubsub (TerraceSourceBatch *batch,
                             const TerraceJson *value,
                             const TerraceMessageContext *context,
                             GError **error)
{
  TerraceJson type = terrace_json_get_path (value, "attributes", "eventType", NULL);
  TerraceJson bucket = terrace_json_get_path (value, "attributes", "bucketId", NULL);
  TerraceJson key = terrace_json_get_path (value, "attributes", "objectId", NULL);
  TerraceJson time = terrace_json_get_path (value, "attributes", "eventTime", NULL);
  TerraceJson id = terrace_json_get (value, "messageId");
  TerraceJson data = terrace_json_get (value, "data");
  TerraceStreamEvent event;
  TerraceStreamKind kind;

  if (terrace_json_equals (&type, "OBJECT_FINALIZE"))
    kind = TERRACE_STREAM_CREATE;
  else if (terrace_json_equals (&type, "OBJECT_DELETE") ||
           terrace_json_equals (&type, "OBJECT_ARCHIVE"))
    kind = TERRACE_STREAM_DELETE;
  else if (type.type == TERRACE_JSON_STRING)
    return TRUE;
  else
    {
      terrace_message_set_error (error, "attributes.eventType");
      return FALSE;
    }

  terrace_stream_event_init (&event, kind, context->now_us);
  if (!terrace_message_take_time (&time, &event.time_us) ||
      !terrace_message_take_text (batch, &id, &event.id) ||
      !terrace_message_take_text (batch, &bucket, &event.location) || event.location == NULL ||
      !terrace_message_take_text (batch, &key, &event.key) || event.key == NULL)
    {
      terrace_message_set_error (error, "attributes");
      return FALSE;
    }
  take_size (&data, &event.bytes);
  terrace_source_batch_add (batch, &event);
  return TRUE;
}
