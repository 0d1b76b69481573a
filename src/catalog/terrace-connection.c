/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One SQLite connection: opening, settings, errors in Terrace's words, scoped transactions. Used by
 * one thread at a time: the writer's by the writer thread, a reader's by whoever took it from the
 * pool, a list's by the main thread. */

#include "config.h"

#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-statement-private.h"

#include "base/terrace-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/* Instructions of SQLite's machine between two looks at the cancellable: well under a
 * millisecond. */
#define PROGRESS_STEPS 2000

/* A move's row must have reached the disk before the act it announces: FULL syncs the log at each
 * commit. NORMAL would only save what batching saves already, and lose rows on a power cut.
 * The log may grow to 32 MiB before it is merged: a page that many commits touch is merged once.
 * Helper threads sort while an index is built. */
static const char WRITER_SETTINGS[] = "PRAGMA foreign_keys = ON;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA secure_delete = OFF;"
                                      "PRAGMA journal_size_limit = 67108864;"
                                      "PRAGMA wal_autocheckpoint = 8192;"
                                      "PRAGMA threads = 2;";
static const char WRITER_CACHE[] = "PRAGMA cache_size = -131072;";
static const char READER_SETTINGS[] = "PRAGMA query_only = ON;"
                                      "PRAGMA cache_size = -16384;";

struct _TerraceConnection
{
  sqlite3 *db;
  TerraceConnectionMode mode;
  GHashTable *statements;    /* owned: constant SQL (by address) to sqlite3_stmt */
  GCancellable *cancellable; /* owned, nullable */
  guint64 n_inserts;
};

static void
set_io_error (TerraceConnection *self, GError **error)
{
  int saved_errno = sqlite3_system_errno (self->db);

  if (saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG)
    terrace_connection_fail (self, SQLITE_FULL, error);
  else
    g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_IO,
                 _ ("The disk that holds the catalogue does not work (%s); check the disk"),
                 saved_errno != 0 ? g_strerror (saved_errno) : sqlite3_errmsg (self->db));
}

static void
set_constraint_error (TerraceConnection *self, int rc, GError **error)
{
  switch (rc)
    {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_TRIGGER:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                           _ ("The catalogue has this already"));
      break;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("Something this refers to is not in the catalogue"));
      break;
    default:
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The catalogue refuses a value (%s)"), sqlite3_errmsg (self->db));
      break;
    }
}

static void
set_open_error (TerraceConnection *self, GError **error)
{
  int saved_errno = sqlite3_system_errno (self->db);

  if (saved_errno == EROFS)
    terrace_connection_fail (self, SQLITE_READONLY, error);
  else if (saved_errno == ENOENT)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                         _ ("The catalogue's file is not there"));
  else if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    terrace_connection_fail (self, SQLITE_FULL, error);
  else
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                         _ ("The catalogue may not be opened; check the permissions of its file "
                            "and folder"));
}

gboolean
terrace_connection_fail (TerraceConnection *self, int rc, GError **error)
{
  switch (rc & 0xff)
    {
    case SQLITE_INTERRUPT:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_BUSY,
                           _ ("Another program is using the catalogue; close it or try again in a "
                              "moment"));
      break;
    case SQLITE_FULL:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE,
                           _ ("The disk that holds the catalogue is full; free some space and try "
                              "again"));
      break;
    case SQLITE_CORRUPT:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The catalogue is damaged; put a backup of it in its place, or move "
                              "it away to start with an empty one"));
      break;
    case SQLITE_NOTADB:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           _ ("The file is not a catalogue of Terrace; move it away"));
      break;
    case SQLITE_READONLY:
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_READ_ONLY,
                           _ ("The catalogue can only be read; make its file and folder writable"));
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      set_open_error (self, error);
      break;
    case SQLITE_IOERR:
      set_io_error (self, error);
      break;
    case SQLITE_CONSTRAINT:
      set_constraint_error (self, rc, error);
      break;
    default:
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                   _ ("The catalogue cannot do this (%s)"), sqlite3_errmsg (self->db));
      break;
    }
  return FALSE;
}

void
terrace_error_reword_exists (GError **error, const char *message)
{
  if (error == NULL || !g_error_matches (*error, TERRACE_ERROR, TERRACE_ERROR_EXISTS))
    return;
  g_clear_error (error);
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS, message);
}

gboolean
terrace_connection_require_change (TerraceConnection *self, const char *message, GError **error)
{
  if (sqlite3_changes (self->db) > 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND, message);
  return FALSE;
}

/* SQLite counts every allocation under a lock of the whole process, for figures that nobody reads:
 * a tenth of the time of an insert. Only possible before the library is first used. */
static void
configure_library (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;
  if (sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK)
    g_debug ("SQLite is in use already");
  g_once_init_leave (&done, 1);
}

TerraceConnection *
terrace_connection_open (const char *path,
                         TerraceConnectionMode mode,
                         guint busy_ms,
                         GError **error)
{
  g_autoptr (TerraceConnection) self = g_new0 (TerraceConnection, 1);
  int rc;

  g_assert (path != NULL);

  configure_library ();
  self->mode = mode;
  self->statements = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sqlite3_finalize);
  /* A reader opens for writing too: whoever reads a log left by a crash must be able to recover
   * it. query_only keeps it from changing anything. */
  rc = sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (self->db == NULL)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED, _ ("Out of memory"));
      return NULL;
    }
  sqlite3_extended_result_codes (self->db, 1);
  if (rc == SQLITE_OK)
    rc = sqlite3_busy_timeout (self->db, (int) busy_ms);
  if (rc == SQLITE_OK)
    rc = sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (rc == SQLITE_OK)
    rc = terrace_match_register (self->db);
  if (rc != SQLITE_OK)
    {
      terrace_connection_fail (self, rc, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
terrace_connection_configure (TerraceConnection *self, GError **error)
{
  if (self->mode == TERRACE_CONNECTION_READER)
    return terrace_connection_execute (self, READER_SETTINGS, error);
  return terrace_connection_execute (self, WRITER_SETTINGS, error) &&
         terrace_connection_restore_cache (self, error);
}

gboolean
terrace_connection_restore_cache (TerraceConnection *self, GError **error)
{
  g_assert (self->mode == TERRACE_CONNECTION_WRITER);

  return terrace_connection_execute (self, WRITER_CACHE, error);
}

void
terrace_connection_close (TerraceConnection *self)
{
  int rc;

  if (self == NULL)
    return;
  terrace_connection_set_cancellable (self, NULL);
  g_clear_pointer (&self->statements, g_hash_table_unref);
  rc = sqlite3_close (self->db);
  g_assert (rc == SQLITE_OK);
  g_free (self);
}

sqlite3 *
terrace_connection_get_handle (TerraceConnection *self)
{
  return self->db;
}

static int
progress_cb (void *data)
{
  TerraceConnection *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}

void
terrace_connection_set_cancellable (TerraceConnection *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  if (self->db == NULL)
    return;
  if (cancellable != NULL)
    sqlite3_progress_handler (self->db, PROGRESS_STEPS, progress_cb, self);
  else
    sqlite3_progress_handler (self->db, 0, NULL, NULL);
}

gboolean
terrace_connection_execute (TerraceConnection *self, const char *sql, GError **error)
{
  int rc = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return rc == SQLITE_OK || terrace_connection_fail (self, rc, error);
}

gboolean
terrace_connection_query_int64 (TerraceConnection *self,
                                const char *sql,
                                gint64 *value,
                                GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *value = 0;
  if (!terrace_statement_prepare (&statement, self, sql, error))
    return FALSE;
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *value = terrace_statement_read_int64 (&statement);
  return step != TERRACE_STEP_ERROR;
}

guint
terrace_connection_get_changes (TerraceConnection *self)
{
  return (guint) sqlite3_changes (self->db);
}

gint64
terrace_connection_get_last_id (TerraceConnection *self)
{
  return sqlite3_last_insert_rowid (self->db);
}

void
terrace_connection_count_inserts (TerraceConnection *self, guint n_items)
{
  self->n_inserts += n_items;
}

guint64
terrace_connection_get_inserts (TerraceConnection *self)
{
  return self->n_inserts;
}

gboolean
terrace_connection_find_statement (TerraceConnection *self,
                                   const char *sql,
                                   sqlite3_stmt **handle,
                                   GError **error)
{
  int rc;

  *handle = g_hash_table_lookup (self->statements, sql);
  if (*handle != NULL)
    return TRUE;
  rc = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, handle, NULL);
  if (rc != SQLITE_OK)
    return terrace_connection_fail (self, rc, error);
  g_hash_table_insert (self->statements, (gpointer) sql, *handle);
  return TRUE;
}

gboolean
terrace_connection_run (TerraceConnection *self, const char *sql, GError **error)
{
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  return terrace_statement_prepare (&statement, self, sql, error) &&
         terrace_statement_run (&statement, error);
}

gboolean
terrace_connection_is_in_transaction (TerraceConnection *self)
{
  return !sqlite3_get_autocommit (self->db);
}

gboolean
terrace_transaction_begin (TerraceTransaction *self, TerraceConnection *connection, GError **error)
{
  static const char IMMEDIATE[] = "BEGIN IMMEDIATE";
  static const char DEFERRED[] = "BEGIN DEFERRED";
  gboolean writes = connection->mode == TERRACE_CONNECTION_WRITER;

  g_assert (self->connection == NULL);

  if (!terrace_connection_run (connection, writes ? IMMEDIATE : DEFERRED, error))
    return FALSE;
  self->connection = connection;
  return TRUE;
}

gboolean
terrace_transaction_commit (TerraceTransaction *self, GError **error)
{
  static const char COMMIT[] = "COMMIT";

  g_assert (self->connection != NULL);

  if (!terrace_connection_run (self->connection, COMMIT, error))
    return FALSE;
  self->connection = NULL;
  return TRUE;
}

void
terrace_transaction_clear (TerraceTransaction *self)
{
  static const char ROLLBACK[] = "ROLLBACK";
  TerraceConnection *connection = g_steal_pointer (&self->connection);
  g_autoptr (GError) error = NULL;

  if (connection == NULL || !terrace_connection_is_in_transaction (connection))
    return;
  terrace_connection_set_cancellable (connection, NULL);
  if (!terrace_connection_run (connection, ROLLBACK, &error))
    g_warning ("Rolling back failed: %s", error->message);
}
