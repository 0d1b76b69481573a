/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of uploads: what begin() returns, and the keys of the markers that remember them. Any
 * thread. */

#include "config.h"

#include "provider/s3/terrace-s3-provider-private.h"

#include "base/terrace-error.h"
#include "provider/s3/terrace-s3-checksum.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MULTI "multi"
#define SINGLE "single"
#define NO_CHECKSUM "-"

/* (transfer full) (nullable): of a NULL-terminated "TOKEN", "ALGORITHM", "ID". */
static TerraceS3Upload *
from_words (char **words)
{
  TerraceChecksumKind kind;

  if (g_strv_length (words) != 3 || words[0][0] == '\0' || words[2][0] == '\0')
    return NULL;

  kind = terrace_s3_checksum_from_algorithm (words[1]);
  if (kind == TERRACE_CHECKSUM_NONE && strcmp (words[1], NO_CHECKSUM) != 0)
    return NULL;

  return terrace_s3_upload_new (words[0], kind, words[2]);
}

static char *
to_text (const TerraceS3Upload *self, const char *separator)
{
  const char *algorithm = terrace_s3_checksum_get_algorithm (self->checksum);

  return g_strjoin (separator, self->token, algorithm != NULL ? algorithm : NO_CHECKSUM, self->id,
                    NULL);
}

TerraceS3Upload *
terrace_s3_upload_new (const char *token, TerraceChecksumKind checksum, const char *id)
{
  TerraceS3Upload *self = g_new0 (TerraceS3Upload, 1);

  self->token = g_strdup (token);
  self->checksum = checksum;
  self->id = g_strdup (id);

  return self;
}

void
terrace_s3_upload_free (TerraceS3Upload *self)
{
  g_free (self->token);
  g_free (self->id);
  g_free (self);
}

char *
terrace_s3_upload_to_string (const TerraceS3Upload *self)
{
  g_autofree char *text = self->id != NULL ? to_text (self, " ") : NULL;

  return text != NULL ? g_strconcat (MULTI, " ", text, NULL) :
                        g_strconcat (SINGLE, " ", self->token, NULL);
}

TerraceS3Upload *
terrace_s3_upload_from_string (const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 4);
  TerraceS3Upload *self = NULL;

  if (g_strv_length (words) == 2 && strcmp (words[0], SINGLE) == 0)
    self = terrace_s3_upload_new (words[1], TERRACE_CHECKSUM_NONE, NULL);
  else if (words[0] != NULL && strcmp (words[0], MULTI) == 0)
    self = from_words (words + 1);

  if (self == NULL)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                         _ ("This is not an upload to S3"));
  return self;
}

char *
terrace_s3_upload_to_marker (const TerraceS3Upload *self)
{
  g_autofree char *text = to_text (self, "/");

  return g_strconcat (TERRACE_S3_RESERVED, text, NULL);
}

TerraceS3Upload *
terrace_s3_upload_from_marker (const char *key)
{
  g_auto (GStrv) words = NULL;

  if (!g_str_has_prefix (key, TERRACE_S3_RESERVED))
    return NULL;

  words = g_strsplit (key + strlen (TERRACE_S3_RESERVED), "/", 3);
  return from_words (words);
}
