/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One line of each format of access logs. Any thread. */

#include "stream/terrace-access-log-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* --- S3 server access logs ----------------------------------------------------------------- */

enum
{
  S3_BUCKET = 1,
  S3_TIME = 2,
  S3_ADDRESS = 3,
  S3_OPERATION = 6,
  S3_KEY = 7,
  S3_STATUS = 9,
  S3_BYTES = 11,
  S3_SIZE = 12,
  S3_AGENT = 16,
  S3_N_FIELDS = 17,
};

static TerraceLogKind
judge_s3 (const char *operation)
{
  static const char *const writes[] = { "REST.PUT.OBJECT", "REST.COPY.OBJECT", "REST.POST.OBJECT",
                                        "REST.POST.UPLOAD" };

  if (g_str_equal (operation, "REST.GET.OBJECT") || g_str_equal (operation, "WEBSITE.GET.OBJECT") ||
      g_str_equal (operation, "REST.COPY.OBJECT_GET"))
    return TERRACE_LOG_READ;
  if (g_str_equal (operation, "REST.DELETE.OBJECT") ||
      g_str_equal (operation, "BATCH.DELETE.OBJECT") || g_str_has_prefix (operation, "S3.EXPIRE"))
    return TERRACE_LOG_DELETE;
  for (gsize i = 0; i < G_N_ELEMENTS (writes); i++)
    if (g_str_equal (operation, writes[i]))
      return TERRACE_LOG_WRITE;
  return TERRACE_LOG_METADATA;
}

gboolean
terrace_log_read_s3 (char *line, TerraceLogEntry *entry)
{
  char *fields[TERRACE_LOG_COLUMNS];
  const int n = terrace_log_split_words (line, fields, TERRACE_LOG_COLUMNS);
  TerraceLogKind answer;

  if (n < S3_N_FIELDS || !terrace_log_parse_clf_time (fields[S3_TIME], &entry->time_us))
    return FALSE;
  entry->bucket = fields[S3_BUCKET];
  entry->reader = fields[S3_ADDRESS];
  entry->key = fields[S3_KEY];
  terrace_log_decode (fields[S3_KEY]);
  entry->kind = judge_s3 (fields[S3_OPERATION]);
  entry->bytes =
      terrace_log_parse_count (fields[entry->kind == TERRACE_LOG_WRITE ? S3_SIZE : S3_BYTES]);
  /* What a rule deleted has no status. */
  if (*fields[S3_STATUS] == '-')
    return TRUE;
  answer = terrace_log_judge ("GET", terrace_log_parse_count (fields[S3_STATUS]), fields[S3_AGENT]);
  if (answer != TERRACE_LOG_READ)
    entry->kind = answer;
  return TRUE;
}

/* --- Azure analytics, versions 1 and 2 ----------------------------------------------------- */

enum
{
  AZURE_TIME = 1,
  AZURE_OPERATION = 2,
  AZURE_STATUS = 4,
  AZURE_URL = 11,
  AZURE_KEY = 12,
  AZURE_ADDRESS = 15,
  AZURE_RESPONSE_BYTES = 20,
  AZURE_REQUEST_BYTES = 21,
  AZURE_AGENT = 27,
  AZURE_N_FIELDS = 28,
};

static TerraceLogKind
judge_azure (const char *operation)
{
  static const char *const writes[] = {
    "PutBlob",        "PutBlockList",       "PutPage", "AppendBlock", "CopyBlob",
    "PutBlobFromURL", "CopyBlobDestination"
  };

  if (g_str_equal (operation, "GetBlob") || g_str_equal (operation, "CopyBlobSource"))
    return TERRACE_LOG_READ;
  if (g_str_equal (operation, "DeleteBlob"))
    return TERRACE_LOG_DELETE;
  for (gsize i = 0; i < G_N_ELEMENTS (writes); i++)
    if (g_str_equal (operation, writes[i]))
      return TERRACE_LOG_WRITE;
  return TERRACE_LOG_METADATA;
}

/* "/account/container/blob" */
static void
take_azure_key (char *key, TerraceLogEntry *entry)
{
  char *slash;

  key += strspn (key, "/");
  slash = strchr (key, '/');
  terrace_log_take_path (slash != NULL ? slash : key + strlen (key), TRUE, entry);
}

static void
judge_azure_entry (TerraceLogEntry *entry, const char *operation, guint64 status, const char *agent)
{
  const TerraceLogKind answer = terrace_log_judge ("GET", status, agent);

  entry->kind = answer == TERRACE_LOG_READ ? judge_azure (operation) : answer;
}

gboolean
terrace_log_read_azure (char *line, TerraceLogEntry *entry)
{
  char *fields[TERRACE_LOG_COLUMNS];
  const int n = terrace_log_split (line, ';', fields, TERRACE_LOG_COLUMNS);

  if (n < AZURE_N_FIELDS || !terrace_log_parse_iso_time (fields[AZURE_TIME], &entry->time_us))
    return FALSE;
  take_azure_key (fields[AZURE_KEY], entry);
  entry->reader = fields[AZURE_ADDRESS];
  judge_azure_entry (entry, fields[AZURE_OPERATION], terrace_log_parse_count (fields[AZURE_STATUS]),
                     fields[AZURE_AGENT]);
  entry->bytes = terrace_log_parse_count (
      fields[entry->kind == TERRACE_LOG_WRITE ? AZURE_REQUEST_BYTES : AZURE_RESPONSE_BYTES]);
  return TRUE;
}

/* --- Azure diagnostic settings, JSON ------------------------------------------------------- */

/* (transfer full): a member as text, whatever its type; "" if it is not there. */
static char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return g_strdup (json_node_get_string (node) != NULL ? json_node_get_string (node) : "");
}

/* Behind what is kept already; a pointer is made of it when nothing more is added. */
static gsize
keep_text (GString *keep, const char *text)
{
  const gsize at = keep->len;

  g_string_append_len (keep, text, (gssize) strlen (text) + 1);
  return at;
}

gboolean
terrace_log_read_azure_json (const char *line, GString *keep, TerraceLogEntry *entry)
{
  g_autoptr (JsonNode) root = json_from_string (line, NULL);
  g_autofree char *time = NULL;
  g_autofree char *operation = NULL;
  g_autofree char *status = NULL;
  g_autofree char *agent = NULL;
  g_autofree char *key = NULL;
  g_autofree char *reader = NULL;
  g_autofree char *bytes = NULL;
  JsonObject *object;
  JsonObject *properties = NULL;
  gsize key_at;
  gsize reader_at;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  object = json_node_get_object (root);
  if (json_object_has_member (object, "properties") &&
      JSON_NODE_HOLDS_OBJECT (json_object_get_member (object, "properties")))
    properties = json_object_get_object_member (object, "properties");
  time = get_text (object, "time");
  operation = get_text (object, "operationName");
  status = get_text (object, "statusCode");
  reader = get_text (object, "callerIpAddress");
  agent = get_text (properties, "userAgentHeader");
  key = get_text (properties, "objectKey");
  if (*operation == '\0' || !terrace_log_parse_iso_time (time, &entry->time_us))
    return FALSE;

  /* Each connection has a port of its own. */
  reader[strcspn (reader, ":")] = '\0';
  judge_azure_entry (entry, operation, terrace_log_parse_count (status), agent);
  bytes = get_text (properties,
                    entry->kind == TERRACE_LOG_WRITE ? "requestBodySize" : "responseBodySize");
  entry->bytes = terrace_log_parse_count (bytes);
  g_string_truncate (keep, 0);
  key_at = keep_text (keep, key);
  reader_at = keep_text (keep, reader);
  entry->reader = keep->str + reader_at;
  take_azure_key (keep->str + key_at, entry);
  return TRUE;
}

/* --- Apache's and nginx's combined --------------------------------------------------------- */

gboolean
terrace_log_read_combined (char *line, TerraceLogEntry *entry)
{
  char *fields[TERRACE_LOG_COLUMNS];
  char *request[3];
  const int n = terrace_log_split_words (line, fields, TERRACE_LOG_COLUMNS);

  /* address, identity, user, time, request, status, bytes, referrer, agent */
  if (n < 7 || !terrace_log_parse_clf_time (fields[3], &entry->time_us) ||
      terrace_log_split_words (fields[4], request, 3) < 2)
    return FALSE;
  entry->reader = fields[0];
  entry->kind =
      terrace_log_judge (request[0], terrace_log_parse_count (fields[5]), n > 8 ? fields[8] : "");
  entry->bytes = terrace_log_parse_count (fields[6]);
  terrace_log_take_path (request[1], FALSE, entry);
  return TRUE;
}

/* --- Formats that name their columns ------------------------------------------------------- */

static void
find_columns (TerraceLogColumns *columns, char **fields, int n, const char *const *names)
{
  for (int column = 0; column < TERRACE_LOG_N_COLUMNS; column++)
    {
      columns->at[column] = -1;
      for (int i = 0; i < n && names[column] != NULL; i++)
        if (g_str_equal (fields[i], names[column]))
          columns->at[column] = i;
    }
  columns->known = TRUE;
}

static char *
get_field (const TerraceLogColumns *columns, char **fields, int n, TerraceLogColumn column)
{
  static char nothing[] = "";
  const int at = columns->at[column];

  return at >= 0 && at < n ? fields[at] : nothing;
}

gboolean
terrace_log_read_gcs (char *line, TerraceLogColumns *columns, TerraceLogEntry *entry)
{
  static const char *const names[TERRACE_LOG_N_COLUMNS] = {
    "time_micros",   NULL,   "cs_method",    "cs_uri",    "sc_status", "sc_bytes",
    "cs_user_agent", "c_ip", "cs_operation", "cs_bucket", "cs_object", NULL,
  };
  char *fields[TERRACE_LOG_COLUMNS];
  const int n = terrace_log_split (line, ',', fields, TERRACE_LOG_COLUMNS);
  const char *operation;

  if (n > 0 && g_str_equal (fields[0], "time_micros"))
    {
      find_columns (columns, fields, n, names);
      entry->kind = TERRACE_LOG_METADATA;
      return TRUE;
    }
  entry->time_us =
      (gint64) terrace_log_parse_count (get_field (columns, fields, n, TERRACE_LOG_COLUMN_TIME));
  if (!columns->known || entry->time_us == 0)
    return FALSE;
  entry->bucket = get_field (columns, fields, n, TERRACE_LOG_COLUMN_BUCKET);
  entry->key = get_field (columns, fields, n, TERRACE_LOG_COLUMN_OBJECT);
  entry->reader = get_field (columns, fields, n, TERRACE_LOG_COLUMN_READER);
  entry->bytes = terrace_log_parse_count (get_field (columns, fields, n, TERRACE_LOG_COLUMN_BYTES));
  entry->kind = terrace_log_judge (get_field (columns, fields, n, TERRACE_LOG_COLUMN_METHOD),
                                   terrace_log_parse_count (
                                       get_field (columns, fields, n, TERRACE_LOG_COLUMN_STATUS)),
                                   get_field (columns, fields, n, TERRACE_LOG_COLUMN_AGENT));
  /* The JSON API reads an object's data only where the address asks for it. */
  operation = get_field (columns, fields, n, TERRACE_LOG_COLUMN_OPERATION);
  if (*entry->key == '\0' ||
      (g_str_equal (operation, "storage.objects.get") &&
       strstr (get_field (columns, fields, n, TERRACE_LOG_COLUMN_URI), "alt=media") == NULL))
    entry->kind = entry->kind == TERRACE_LOG_READ ? TERRACE_LOG_METADATA : entry->kind;
  return TRUE;
}

gboolean
terrace_log_read_cloudfront (char *line, TerraceLogColumns *columns, TerraceLogEntry *entry)
{
  static const char *const names[TERRACE_LOG_N_COLUMNS] = {
    "time",           "date", "cs-method", "cs-uri-stem", "sc-status", "sc-bytes",
    "cs(User-Agent)", "c-ip", NULL,        NULL,          NULL,        "x-edge-result-type",
  };
  char *fields[TERRACE_LOG_COLUMNS];
  g_autofree char *time = NULL;
  char *agent;
  int n;

  if (g_str_has_prefix (line, "#Fields: "))
    {
      n = terrace_log_split_words (line + strlen ("#Fields: "), fields, TERRACE_LOG_COLUMNS);
      find_columns (columns, fields, n, names);
    }
  if (*line == '#')
    {
      entry->kind = TERRACE_LOG_METADATA;
      return TRUE;
    }
  n = terrace_log_split (line, '\t', fields, TERRACE_LOG_COLUMNS);
  if (!columns->known)
    return FALSE;
  time = g_strconcat (get_field (columns, fields, n, TERRACE_LOG_COLUMN_DATE), "T",
                      get_field (columns, fields, n, TERRACE_LOG_COLUMN_TIME), NULL);
  if (!terrace_log_parse_iso_time (time, &entry->time_us))
    return FALSE;
  agent = get_field (columns, fields, n, TERRACE_LOG_COLUMN_AGENT);
  terrace_log_decode (agent);
  entry->reader = get_field (columns, fields, n, TERRACE_LOG_COLUMN_READER);
  entry->bytes = terrace_log_parse_count (get_field (columns, fields, n, TERRACE_LOG_COLUMN_BYTES));
  entry->kind = terrace_log_judge (get_field (columns, fields, n, TERRACE_LOG_COLUMN_METHOD),
                                   terrace_log_parse_count (
                                       get_field (columns, fields, n, TERRACE_LOG_COLUMN_STATUS)),
                                   agent);
  /* The edge had it: nobody read the object itself. */
  if (entry->kind == TERRACE_LOG_READ &&
      g_str_equal (get_field (columns, fields, n, TERRACE_LOG_COLUMN_RESULT), "Hit"))
    entry->kind = TERRACE_LOG_METADATA;
  terrace_log_take_path (get_field (columns, fields, n, TERRACE_LOG_COLUMN_URI), FALSE, entry);
  return TRUE;
}
