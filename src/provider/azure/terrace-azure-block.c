/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How blocks are called. Any thread.
 *
 * Azure keeps nothing with an unfinished upload but the names of its blocks, all of one length. So
 * they tell what has to be found again: which upload it is and which part. An upload that has begun
 * has a block of one byte, so that one without parts can be told from one that was given up. */

#include "config.h"

#include "provider/azure/terrace-azure-block.h"

#include "base/terrace-checksum.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BLOCKS "blocks "
#define WHOLE "whole "
#define FOREIGN "foreign"

#define BLOCK_PREFIX "terrace-"
#define BEGIN "begin"
#define ID_CHARACTERS 24
#define NUMBER_CHARACTERS 5
#define BLOCK_CHARACTERS (8 + ID_CHARACTERS + 1 + NUMBER_CHARACTERS)

G_STATIC_ASSERT (TERRACE_LIMIT_PARTS <= 100000);

char *
terrace_azure_upload_id (const char *token)
{
  TerraceDigest digest;
  GString *text = g_string_new (NULL);

  terrace_digest_of (TERRACE_CHECKSUM_SHA256, token, strlen (token), &digest);
  for (guint i = 0; i < ID_CHARACTERS / 2; i++)
    g_string_append_printf (text, "%02x", digest.bytes[i]);

  return g_string_free (text, FALSE);
}

char *
terrace_azure_upload_to_string (const char *id, gboolean is_whole)
{
  return id != NULL ? g_strconcat (is_whole ? WHOLE : BLOCKS, id, NULL) : g_strdup (FOREIGN);
}

static gboolean
is_id (const char *text)
{
  return strlen (text) == ID_CHARACTERS && strspn (text, "0123456789abcdef") == ID_CHARACTERS;
}

TerraceAzureUpload *
terrace_azure_upload_from_string (const char *text, GError **error)
{
  g_autoptr (TerraceAzureUpload) self = g_new0 (TerraceAzureUpload, 1);

  self->is_whole = g_str_has_prefix (text, WHOLE);
  if (strcmp (text, FOREIGN) == 0)
    return g_steal_pointer (&self);
  if (self->is_whole || g_str_has_prefix (text, BLOCKS))
    self->id = g_strdup (strchr (text, ' ') + 1);
  if (self->id != NULL && is_id (self->id))
    return g_steal_pointer (&self);

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("This is not an upload to Azure"));
  return NULL;
}

void
terrace_azure_upload_free (TerraceAzureUpload *self)
{
  g_free (self->id);
  g_free (self);
}

char *
terrace_azure_block_name (const char *upload_id, guint number)
{
  g_autofree char *text = number == TERRACE_AZURE_BEGIN_BLOCK ?
                              g_strconcat (BLOCK_PREFIX, upload_id, "-" BEGIN, NULL) :
                              g_strdup_printf (BLOCK_PREFIX "%s-%05u", upload_id, number);

  return g_base64_encode ((const guchar *) text, strlen (text));
}

char *
terrace_azure_block_parse (const char *name, guint *number)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (name, &length);
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autofree char *id = NULL;
  guint64 value;

  if (length != BLOCK_CHARACTERS || strlen (text) != length ||
      !g_str_has_prefix (text, BLOCK_PREFIX))
    return NULL;

  id = g_strndup (text + strlen (BLOCK_PREFIX), ID_CHARACTERS);
  text[BLOCK_CHARACTERS - NUMBER_CHARACTERS - 1] = '\0';
  if (!is_id (id))
    return NULL;
  if (strcmp (text + BLOCK_CHARACTERS - NUMBER_CHARACTERS, BEGIN) == 0)
    *number = TERRACE_AZURE_BEGIN_BLOCK;
  else if (g_ascii_string_to_unsigned (text + BLOCK_CHARACTERS - NUMBER_CHARACTERS, 10, 0,
                                       TERRACE_LIMIT_PARTS - 1, &value, NULL))
    *number = (guint) value;
  else
    return NULL;

  return g_steal_pointer (&id);
}
