/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One use of a prepared statement, with typed parameters and columns that are counted for the
 * caller. On whichever thread its connection is used. */

#include "config.h"

#include "catalog/terrace-statement-private.h"

#include <math.h>
#include <string.h>

gboolean
terrace_statement_prepare (TerraceStatement *self,
                           TerraceConnection *connection,
                           const char *sql,
                           GError **error)
{
  g_assert (self->handle == NULL);

  self->connection = connection;
  self->n_bound = 0;
  self->n_read = 0;
  self->bind_rc = SQLITE_OK;
  if (!terrace_connection_find_statement (connection, sql, &self->handle, error))
    return FALSE;
  /* The same constant in use twice at once would mix two cursors up. */
  g_assert (!sqlite3_stmt_busy (self->handle));
  return TRUE;
}

void
terrace_statement_rewind (TerraceStatement *self)
{
  sqlite3_reset (self->handle);
  self->n_bound = 0;
  self->n_read = 0;
  self->bind_rc = SQLITE_OK;
}

void
terrace_statement_clear (TerraceStatement *self)
{
  if (self->handle == NULL)
    return;
  sqlite3_reset (self->handle);
  sqlite3_clear_bindings (self->handle);
  self->handle = NULL;
}

static void
note_bind (TerraceStatement *self, int rc)
{
  if (self->bind_rc == SQLITE_OK)
    self->bind_rc = rc;
}

void
terrace_statement_bind_int64 (TerraceStatement *self, gint64 value)
{
  note_bind (self, sqlite3_bind_int64 (self->handle, ++self->n_bound, value));
}

void
terrace_statement_bind_double (TerraceStatement *self, double value)
{
  note_bind (self,
             sqlite3_bind_double (self->handle, ++self->n_bound, isnan (value) ? 0.0 : value));
}

void
terrace_statement_bind_text (TerraceStatement *self, const char *text)
{
  note_bind (self, sqlite3_bind_text (self->handle, ++self->n_bound, text, -1, SQLITE_STATIC));
}

void
terrace_statement_bind_text_or_empty (TerraceStatement *self, const char *text)
{
  terrace_statement_bind_text (self, text != NULL ? text : "");
}

void
terrace_statement_bind_bytes (TerraceStatement *self, gconstpointer bytes, gsize length)
{
  note_bind (self,
             sqlite3_bind_blob64 (self->handle, ++self->n_bound, bytes, length, SQLITE_STATIC));
}

void
terrace_statement_bind_key (TerraceStatement *self, const char *key)
{
  terrace_statement_bind_bytes (self, key != NULL ? key : "", key != NULL ? strlen (key) : 0);
}

void
terrace_statement_bind_digest (TerraceStatement *self, const TerraceDigest *digest)
{
  terrace_statement_bind_int64 (self, digest->kind);
  if (digest->kind == TERRACE_CHECKSUM_NONE)
    note_bind (self, sqlite3_bind_null (self->handle, ++self->n_bound));
  else
    terrace_statement_bind_bytes (self, digest->bytes,
                                  terrace_checksum_kind_get_length (digest->kind));
}

TerraceStep
terrace_statement_step (TerraceStatement *self, GError **error)
{
  int rc = self->bind_rc;

  self->n_read = 0;
  if (rc == SQLITE_OK)
    rc = sqlite3_step (self->handle);
  if (rc == SQLITE_ROW)
    return TERRACE_STEP_ROW;
  if (rc == SQLITE_DONE)
    return TERRACE_STEP_DONE;
  terrace_connection_fail (self->connection, rc, error);
  return TERRACE_STEP_ERROR;
}

gboolean
terrace_statement_run (TerraceStatement *self, GError **error)
{
  TerraceStep step;

  do
    step = terrace_statement_step (self, error);
  while (step == TERRACE_STEP_ROW);
  return step == TERRACE_STEP_DONE;
}

gint64
terrace_statement_read_int64 (TerraceStatement *self)
{
  return sqlite3_column_int64 (self->handle, self->n_read++);
}

double
terrace_statement_read_double (TerraceStatement *self)
{
  return sqlite3_column_double (self->handle, self->n_read++);
}

char *
terrace_statement_read_text (TerraceStatement *self)
{
  int column = self->n_read++;
  const char *text = (const char *) sqlite3_column_text (self->handle, column);

  if (text == NULL)
    return NULL;
  return g_strndup (text, (gsize) sqlite3_column_bytes (self->handle, column));
}

gconstpointer
terrace_statement_read_bytes (TerraceStatement *self, gsize *length)
{
  int column = self->n_read++;
  gconstpointer bytes = sqlite3_column_blob (self->handle, column);

  *length = (gsize) sqlite3_column_bytes (self->handle, column);
  return bytes;
}

char *
terrace_statement_read_key (TerraceStatement *self)
{
  gsize length;
  const char *bytes = terrace_statement_read_bytes (self, &length);

  return bytes != NULL ? g_strndup (bytes, length) : g_strdup ("");
}

void
terrace_statement_read_digest (TerraceStatement *self, TerraceDigest *digest)
{
  TerraceChecksumKind kind = (TerraceChecksumKind) terrace_statement_read_int64 (self);
  gsize length;
  gconstpointer bytes = terrace_statement_read_bytes (self, &length);

  memset (digest, 0, sizeof *digest);
  /* A digest of the wrong length proves nothing; unknown is the safe reading. */
  if (length > 0 && length == terrace_checksum_kind_get_length (kind))
    {
      digest->kind = kind;
      memcpy (digest->bytes, bytes, length);
    }
}
