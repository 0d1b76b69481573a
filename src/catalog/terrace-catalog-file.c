/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Opening the catalogue's file: what can be wrong with it is found out before anything is changed.
 * The writer thread, once. */

#include "config.h"

#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-migrations-private.h"

#include "base/terrace-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The database header of SQLite's file format: 100 bytes, numbers big-endian. */
#define HEADER_BYTES 100
#define HEADER_MAGIC "SQLite format 3"
#define HEADER_PAGE_SIZE 16
#define HEADER_CHANGE_COUNTER 24
#define HEADER_PAGE_COUNT 28
#define HEADER_USER_VERSION 60
#define HEADER_APPLICATION_ID 68
#define HEADER_VALID_FOR 92

/* A file up to this size is read whole at each start (some milliseconds); damage in a larger one is
 * reported when it is met. */
#define CHECK_WHOLE_PAGES 512

/* A commit logs whole pages, and new rows touch a page of every index: small pages, small logs
 * (4096 took a quarter less processor time than 8192 for the same rows).
 * application_id is set before the log is switched on: from the first byte on, a file of ours can
 * be told by its header. The number is TERRACE_CATALOG_APPLICATION_ID. */
static const char CREATE[] = "PRAGMA page_size = 4096;"
                             "PRAGMA application_id = 1415934578;";
G_STATIC_ASSERT (TERRACE_CATALOG_APPLICATION_ID == 1415934578);

static gboolean
create_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("Making the folder of the catalogue"));
      return FALSE;
    }
  fd = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (errno == EEXIST)
    return TRUE;
  terrace_error_set_errno (error, errno, _ ("Making the catalogue"));
  return FALSE;
}

static guint32
read_number (const guint8 *header, gsize offset)
{
  guint32 value;

  memcpy (&value, header + offset, sizeof value);
  return GUINT32_FROM_BE (value);
}

static gboolean
check_header_bytes (TerraceConnection *connection,
                    const guint8 *header,
                    gint64 size_bytes,
                    GError **error)
{
  guint page_size = (guint) header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1];

  if (size_bytes < HEADER_BYTES || memcmp (header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0 ||
      read_number (header, HEADER_APPLICATION_ID) != TERRACE_CATALOG_APPLICATION_ID)
    return terrace_connection_fail (connection, SQLITE_NOTADB, error);
  if (read_number (header, HEADER_USER_VERSION) > TERRACE_CATALOG_VERSION)
    return terrace_migrations_fail_too_new (error);
  /* A file that was cut off; the count is only valid if the writer of the header knew of it. */
  if (page_size < 512 ||
      (read_number (header, HEADER_CHANGE_COUNTER) == read_number (header, HEADER_VALID_FOR) &&
       (gint64) read_number (header, HEADER_PAGE_COUNT) * page_size > size_bytes))
    return terrace_connection_fail (connection, SQLITE_CORRUPT, error);
  return TRUE;
}

/* Reads through SQLite's own file handle: closing another descriptor of the file would drop the
 * locks that this process holds on it (POSIX). */
static gboolean
check_header (TerraceConnection *connection, gboolean *empty, GError **error)
{
  sqlite3_file *file = NULL;
  sqlite3_int64 size_bytes = 0;
  guint8 header[HEADER_BYTES] = { 0 };
  int rc;

  rc = sqlite3_file_control (terrace_connection_get_handle (connection), "main",
                             SQLITE_FCNTL_FILE_POINTER, &file);
  if (rc == SQLITE_OK && file->pMethods == NULL)
    rc = SQLITE_CANTOPEN;
  if (rc == SQLITE_OK)
    rc = file->pMethods->xFileSize (file, &size_bytes);
  if (rc == SQLITE_OK && size_bytes >= HEADER_BYTES)
    rc = file->pMethods->xRead (file, header, HEADER_BYTES, 0);
  if (rc != SQLITE_OK)
    return terrace_connection_fail (connection, rc, error);
  *empty = size_bytes == 0;
  return *empty || check_header_bytes (connection, header, size_bytes, error);
}

static gboolean
check_writable (TerraceConnection *connection, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  /* The log lies beside the file, so the folder must be writable as well. */
  if (sqlite3_db_readonly (terrace_connection_get_handle (connection), "main") == 0 &&
      faccessat (AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0)
    return TRUE;
  return terrace_connection_fail (connection, SQLITE_READONLY, error);
}

static gboolean
check_content (TerraceConnection *connection, GError **error)
{
  static const char PAGES[] = "PRAGMA page_count";
  gint64 version, pages;

  if (!terrace_migrations_get_version (connection, &version, error))
    return FALSE;
  if (version > TERRACE_CATALOG_VERSION)
    return terrace_migrations_fail_too_new (error);
  if (!terrace_connection_query_int64 (connection, PAGES, &pages, error))
    return FALSE;
  return pages > CHECK_WHOLE_PAGES || terrace_migrations_check_whole (connection, error);
}

static gboolean
switch_log_on (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "PRAGMA journal_mode = WAL";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autofree char *mode = NULL;

  if (!terrace_statement_prepare (&statement, connection, SQL, error) ||
      terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return FALSE;
  mode = terrace_statement_read_text (&statement);
  if (g_strcmp0 (mode, "wal") == 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                       _ ("The catalogue cannot be kept on this file system; use a local disk"));
  return FALSE;
}

static gboolean
prepare_file (TerraceConnection *connection, const char *path, GError **error)
{
  gboolean empty = FALSE;

  if (!check_writable (connection, path, error) || !check_header (connection, &empty, error))
    return FALSE;
  if (empty)
    {
      if (!terrace_connection_execute (connection, CREATE, error))
        return FALSE;
    }
  else if (!check_content (connection, error))
    return FALSE;
  return switch_log_on (connection, error) && terrace_connection_configure (connection, error) &&
         terrace_migrations_run (connection, path, error);
}

TerraceConnection *
terrace_catalog_file_open (const char *path,
                           guint busy_ms,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (TerraceConnection) connection = NULL;

  /* A file that was just made stays, whatever happens: another program may have opened it already,
   * and an empty one is as good as none. */
  if (!create_file (path, error))
    return NULL;
  connection = terrace_connection_open (path, TERRACE_CONNECTION_WRITER, busy_ms, error);
  if (connection == NULL)
    return NULL;
  terrace_connection_set_cancellable (connection, cancellable);
  if (!prepare_file (connection, path, error))
    return NULL;
  terrace_connection_set_cancellable (connection, NULL);
  return g_steal_pointer (&connection);
}

TerraceConnection *
terrace_catalog_file_open_reader (const char *path, guint busy_ms, GError **error)
{
  g_autoptr (TerraceConnection) connection =
      terrace_connection_open (path, TERRACE_CONNECTION_READER, busy_ms, error);

  if (connection == NULL || !terrace_connection_configure (connection, error))
    return NULL;
  return g_steal_pointer (&connection);
}
