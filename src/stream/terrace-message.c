/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reading messages: which format it is, and Terrace's own. Tolerant of members nobody knows, strict
 * about those it knows: a wrong time or size would be worse than a message less. Pure; any thread.
 */

#include "config.h"

#include "stream/terrace-message-private.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "stream/terrace-recent-map.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- Members ------------------------------------------------------------------------------- */

void
terrace_message_set_error (GError **error, const char *member)
{
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("“%s” is missing or makes no sense"),
               member);
}

gboolean
terrace_message_take_text (TerraceSourceBatch *batch, const TerraceJson *value, const char **text)
{
  g_autofree char *unescaped = NULL;

  *text = NULL;
  if (value->type == TERRACE_JSON_NONE || value->type == TERRACE_JSON_NULL)
    return TRUE;
  if (value->type != TERRACE_JSON_STRING || value->length > 6 * TERRACE_LIMIT_KEY_BYTES)
    return FALSE;
  if (!value->escaped)
    {
      if (value->length > TERRACE_LIMIT_KEY_BYTES)
        return FALSE;
      *text = terrace_source_batch_add_text (batch, value->start, (gssize) value->length);
      return TRUE;
    }

  unescaped = terrace_json_dup_text (value);
  if (unescaped == NULL || strlen (unescaped) > TERRACE_LIMIT_KEY_BYTES)
    return FALSE;
  *text = terrace_source_batch_add_text (batch, unescaped, -1);
  return TRUE;
}

/* --- Times --------------------------------------------------------------------------------- */

/* @n digits at @at, moved on; -1 if they are none. */
static int
read_digits (const char **at, const char *end, guint n)
{
  int number = 0;

  for (guint i = 0; i < n; i++, (*at)++)
    {
      if (*at >= end || !g_ascii_isdigit (**at))
        return -1;
      number = number * 10 + (**at - '0');
    }

  return number;
}

/* Days since 1970 of a date of the Gregorian calendar (after Howard Hinnant's days_from_civil). */
static gint64
count_days (int year, int month, int day)
{
  int y = month <= 2 ? year - 1 : year;
  int era = y / 400;
  int year_of_era = y - era * 400;
  int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return (gint64) era * 146097 + day_of_era - 719468;
}

static gboolean
read_fraction (const char **at, const char *end, gint64 *fraction_us)
{
  gint64 unit = 100000;
  const char *first;

  *fraction_us = 0;
  if (*at >= end || **at != '.')
    return TRUE;
  for (first = ++*at; *at < end && g_ascii_isdigit (**at); (*at)++, unit /= 10)
    *fraction_us += (**at - '0') * unit;

  return *at > first;
}

static gboolean
read_zone (const char **at, const char *end, gint64 *offset_s)
{
  int sign, hours, minutes;

  *offset_s = 0;
  if (*at < end && (**at == 'Z' || **at == 'z'))
    {
      (*at)++;
      return TRUE;
    }
  if (*at >= end || (**at != '+' && **at != '-'))
    return FALSE;
  sign = *(*at)++ == '-' ? -1 : 1;
  hours = read_digits (at, end, 2);
  if (*at < end && **at == ':')
    (*at)++;
  minutes = read_digits (at, end, 2);
  *offset_s = sign * (hours * 3600 + minutes * 60);

  return hours >= 0 && minutes >= 0;
}

/* "2026-11-22T15:04:05.123Z" */
static gboolean
read_time (const char *text, gsize length, gint64 *time_us)
{
  static const char separators[] = "--T::";
  const char *at = text, *end = text + length;
  gint64 fraction_us, offset_s;
  int parts[6];

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      parts[i] = read_digits (&at, end, i == 0 ? 4 : 2);
      if (parts[i] < 0)
        return FALSE;
      if (i < strlen (separators) &&
          (at >= end || (*at != separators[i] && !(i == 2 && (*at == ' ' || *at == 't')))))
        return FALSE;
      at += i < strlen (separators);
    }
  if (parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31 || parts[3] > 23 ||
      parts[4] > 59 || parts[5] > 60 || !read_fraction (&at, end, &fraction_us) ||
      !read_zone (&at, end, &offset_s) || at != end)
    return FALSE;

  *time_us = (count_days (parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 +
              parts[5] - offset_s) *
                 TERRACE_US_PER_SECOND +
             fraction_us;
  return *time_us > 0;
}

gboolean
terrace_message_take_time (const TerraceJson *value, gint64 *time_us)
{
  double number;

  if (value->type == TERRACE_JSON_NONE || value->type == TERRACE_JSON_NULL)
    return TRUE;
  if (value->type == TERRACE_JSON_STRING)
    return read_time (value->start, value->length, time_us);
  if (!terrace_json_get_double (value, &number) || number <= 0 || number >= 1e17)
    return FALSE;

  /* The three units are a thousand apart; no time of the last centuries is ambiguous. */
  if (number < 1e11)
    number *= 1e6;
  else if (number < 1e14)
    number *= 1e3;
  *time_us = (gint64) number;
  return TRUE;
}

/* --- Terrace's own ------------------------------------------------------------------------- */

typedef struct
{
  TerraceJson time;
  TerraceJson location;
  TerraceJson key;
  TerraceJson id;
  TerraceJson error;
  TerraceJson bytes;
  TerraceJson count;
  TerraceJson latency_us;
  TerraceJson latency_ms;
  TerraceJson item;
} Members;

static const struct
{
  const char *name;
  gsize offset;
} member_table[] = {
  { "time", G_STRUCT_OFFSET (Members, time) },
  { "location", G_STRUCT_OFFSET (Members, location) },
  { "key", G_STRUCT_OFFSET (Members, key) },
  { "id", G_STRUCT_OFFSET (Members, id) },
  { "error", G_STRUCT_OFFSET (Members, error) },
  { "bytes", G_STRUCT_OFFSET (Members, bytes) },
  { "count", G_STRUCT_OFFSET (Members, count) },
  { "latency_us", G_STRUCT_OFFSET (Members, latency_us) },
  { "latency_ms", G_STRUCT_OFFSET (Members, latency_ms) },
  { "object", G_STRUCT_OFFSET (Members, item) },
};

static gboolean
read_kind (const TerraceJson *value, TerraceStreamKind *kind)
{
  static const char *const nicks[TERRACE_N_STREAM_KINDS] = { "read",   "write", "create",
                                                             "delete", "error", "latency" };

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (terrace_json_equals (value, nicks[i]))
      {
        *kind = (TerraceStreamKind) i;
        return TRUE;
      }

  return FALSE;
}

/* One pass over the members, whatever their order. */
static void
collect_members (const TerraceJson *value, Members *members, TerraceJson *kind)
{
  TerraceJson name, member;
  const char *at = NULL;

  while (terrace_json_next (value, &at, &name, &member))
    {
      if (terrace_json_equals (&name, "event"))
        *kind = member;
      for (guint i = 0; i < G_N_ELEMENTS (member_table); i++)
        if (terrace_json_equals (&name, member_table[i].name))
          {
            *(TerraceJson *) G_STRUCT_MEMBER_P (members, member_table[i].offset) = member;
            break;
          }
    }
}

static gboolean
take_number (const TerraceJson *value, guint64 max, guint64 *number)
{
  return value->type == TERRACE_JSON_NONE || value->type == TERRACE_JSON_NULL ||
         (terrace_json_get_uint64 (value, number) && *number <= max);
}

/* Returns the name of the member that is wrong, or %NULL. */
static const char *
fill_event (TerraceSourceBatch *batch, const Members *members, TerraceStreamEvent *event)
{
  guint64 count = 1, item_id = 0;
  double latency_ms = 0;

  if (!terrace_message_take_time (&members->time, &event->time_us))
    return "time";
  if (members->location.type != TERRACE_JSON_NONE &&
      !terrace_message_take_text (batch, &members->location, &event->location))
    return "location";
  if (members->key.type != TERRACE_JSON_NONE &&
      !terrace_message_take_text (batch, &members->key, &event->key))
    return "key";
  if (!terrace_message_take_text (batch, &members->id, &event->id))
    return "id";
  if (!terrace_message_take_text (batch, &members->error, &event->message))
    return "error";
  if (!take_number (&members->bytes, G_MAXINT64, &event->bytes))
    return "bytes";
  if (!take_number (&members->count, 1000000, &count) || count == 0)
    return "count";
  if (!take_number (&members->item, G_MAXINT64, &item_id))
    return "object";
  if (!take_number (&members->latency_us, G_MAXUINT32, &event->latency_us))
    return "latency_us";
  if (members->latency_ms.type != TERRACE_JSON_NONE &&
      (!terrace_json_get_double (&members->latency_ms, &latency_ms) || latency_ms < 0 ||
       latency_ms > 1e9))
    return "latency_ms";
  if (latency_ms > 0)
    event->latency_us = (guint64) (latency_ms * 1000);
  event->count = (guint) count;
  event->item_id = (gint64) item_id;

  return NULL;
}

/* A broker that promises "at least once" sends a message again as it was: with a time in it, one
 * with the same bytes is the same. */
static void
name_by_content (TerraceSourceBatch *batch, const TerraceJson *value, TerraceStreamEvent *event)
{
  char name[24];

  g_snprintf (name, sizeof name, "#%016" G_GINT64_MODIFIER "x",
              terrace_hash_text (value->start, value->length, 0));
  event->id = terrace_source_batch_add_text (batch, name, -1);
}

static gboolean
read_own (TerraceSourceBatch *batch,
          const TerraceJson *value,
          const TerraceMessageContext *context,
          GError **error)
{
  Members members = { 0 };
  TerraceJson kind_json = { TERRACE_JSON_NONE };
  TerraceStreamEvent event;
  TerraceStreamKind kind;
  const char *wrong;

  collect_members (value, &members, &kind_json);
  if (!read_kind (&kind_json, &kind))
    {
      terrace_message_set_error (error, "event");
      return FALSE;
    }

  terrace_stream_event_init (&event, kind, context->now_us);
  event.location = context->location;
  event.key = context->key;
  wrong = fill_event (batch, &members, &event);
  if (wrong != NULL)
    {
      terrace_message_set_error (error, wrong);
      return FALSE;
    }
  if (event.id == NULL && context->offset < 0 && members.time.type != TERRACE_JSON_NONE)
    name_by_content (batch, value, &event);

  terrace_source_batch_add (batch, &event);
  return TRUE;
}

/* --- Which format -------------------------------------------------------------------------- */

static gboolean
has (const TerraceJson *value, const char *name)
{
  return terrace_json_get (value, name).type != TERRACE_JSON_NONE;
}

static gboolean read_any (TerraceSourceBatch *batch,
                          const TerraceJson *value,
                          const TerraceMessageContext *context,
                          guint depth,
                          GError **error);

static gboolean
read_elements (TerraceSourceBatch *batch,
               const TerraceJson *array,
               const TerraceMessageContext *context,
               TerraceMessageReader reader,
               guint depth,
               GError **error)
{
  TerraceJson element;
  const char *at = NULL;
  guint n = 0;

  while (terrace_json_next (array, &at, NULL, &element))
    {
      if (++n > TERRACE_LIMIT_STREAM_EVENTS_PER_MESSAGE)
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("More than %d events in one message"),
                       TERRACE_LIMIT_STREAM_EVENTS_PER_MESSAGE);
          return FALSE;
        }
      if (element.type != TERRACE_JSON_OBJECT)
        {
          terrace_message_set_error (error, "event");
          return FALSE;
        }
      if (!(reader != NULL ? reader (batch, &element, context, error) :
                             read_any (batch, &element, context, depth, error)))
        return FALSE;
    }

  return TRUE;
}

/* Amazon's SNS wraps a notification into a text. */
static gboolean
read_wrapped (TerraceSourceBatch *batch,
              const TerraceJson *text,
              const TerraceMessageContext *context,
              guint depth,
              GError **error)
{
  g_autofree char *inner = terrace_json_dup_text (text);
  TerraceJson value;

  return inner != NULL &&
         terrace_json_scan (inner, strlen (inner), TERRACE_LIMIT_STREAM_DEPTH, &value, error) &&
         read_any (batch, &value, context, depth, error);
}

static gboolean
read_any (TerraceSourceBatch *batch,
          const TerraceJson *value,
          const TerraceMessageContext *context,
          guint depth,
          GError **error)
{
  TerraceJson member;

  if (value->type == TERRACE_JSON_ARRAY && depth == 0)
    return read_elements (batch, value, context, NULL, depth + 1, error);
  if (value->type != TERRACE_JSON_OBJECT)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Not an object of JSON"));
      return FALSE;
    }

  if (has (value, "event"))
    return read_own (batch, value, context, error);
  member = terrace_json_get (value, "Records");
  if (member.type == TERRACE_JSON_ARRAY)
    return read_elements (batch, &member, context, terrace_message_read_s3_record, depth, error);
  if (has (value, "specversion") || has (value, "eventType"))
    return terrace_message_read_cloud_event (batch, value, context, error);
  member = terrace_json_get (value, "message");
  if (member.type == TERRACE_JSON_OBJECT)
    return terrace_message_read_pubsub (batch, &member, context, error);
  member = terrace_json_get (value, "Message");
  if (member.type == TERRACE_JSON_STRING && has (value, "TopicArn") && depth < 2)
    return read_wrapped (batch, &member, context, depth + 2, error);
  member = terrace_json_get (value, "Event");
  if (terrace_json_equals (&member, "s3:TestEvent"))
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("Neither an event nor a notification of a cloud that is known"));
  return FALSE;
}

gboolean
terrace_message_parse (TerraceSourceBatch *batch,
                       const char *data,
                       gsize length,
                       const TerraceMessageContext *context,
                       GError **error)
{
  guint before = batch->events->len;
  TerraceJson value;

  if (length > TERRACE_LIMIT_STREAM_MESSAGE_BYTES)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("Longer than %d bytes"),
                   TERRACE_LIMIT_STREAM_MESSAGE_BYTES);
      return FALSE;
    }
  if (!terrace_json_scan (data, length, TERRACE_LIMIT_STREAM_DEPTH, &value, error) ||
      !read_any (batch, &value, context, 0, error))
    {
      g_array_set_size (batch->events, before);
      return FALSE;
    }

  for (guint i = before; i < batch->events->len; i++)
    {
      TerraceStreamEvent *event = &g_array_index (batch->events, TerraceStreamEvent, i);

      event->partition = context->partition;
      event->offset = context->offset;
      event->part = i - before;
      /* A clock that runs ahead is not believed. */
      if (event->time_us > context->now_us + TERRACE_LIMIT_STREAM_LATE_US)
        event->time_us = context->now_us;
    }

  return TRUE;
}

void
terrace_message_take (TerraceSourceBatch *batch,
                      const char *data,
                      gsize length,
                      const TerraceMessageContext *context,
                      const char *origin)
{
  g_autoptr (GError) error = NULL;

  if (!terrace_message_parse (batch, data, length, context, &error))
    terrace_source_batch_add_malformed (batch, context->now_us, origin, error->message, data,
                                        length);
}
