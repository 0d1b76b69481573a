/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Schema versions: numbered SQL files, compiled in, each run in a transaction that also sets
 * user_version, so that a failure leaves the version before. Writer thread, while opening. */

#include "config.h"

#include "catalog/terrace-migrations-private.h"
#include "terrace-catalog-resources.h"

#include "base/terrace-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PREFIX "/io/github/terracedata/Terrace/catalog/migrations/"
/* Pages copied between two looks at the cancellable. */
#define BACKUP_PAGES 4096

static const char *const FILES[TERRACE_CATALOG_VERSION] = {
  PREFIX "0001-base.sql",
  PREFIX "0002-counters.sql",
  PREFIX "0003-alerts-models-streams.sql",
};

gboolean
terrace_migrations_get_version (TerraceConnection *connection, gint64 *version, GError **error)
{
  static const char SQL[] = "PRAGMA user_version";

  return terrace_connection_query_int64 (connection, SQL, version, error);
}

gboolean
terrace_migrations_fail_too_new (GError **error)
{
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_TOO_NEW,
                       _ ("The catalogue was written by a newer Terrace; update Terrace"));
  return FALSE;
}

gboolean
terrace_migrations_check_whole (TerraceConnection *connection, GError **error)
{
  static const char SQL[] = "PRAGMA quick_check (1)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  g_autofree char *verdict = NULL;

  if (!terrace_statement_prepare (&statement, connection, SQL, error) ||
      terrace_statement_step (&statement, error) == TERRACE_STEP_ERROR)
    return FALSE;
  verdict = terrace_statement_read_text (&statement);
  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;
  return terrace_connection_fail (connection, SQLITE_CORRUPT, error);
}

static gboolean
copy_pages (TerraceConnection *source, TerraceConnection *dest, GError **error)
{
  sqlite3_backup *backup;
  int rc;

  backup = sqlite3_backup_init (terrace_connection_get_handle (dest), "main",
                                terrace_connection_get_handle (source), "main");
  if (backup == NULL)
    return terrace_connection_fail (dest,
                                    sqlite3_extended_errcode (terrace_connection_get_handle (dest)),
                                    error);
  do
    rc = sqlite3_backup_step (backup, BACKUP_PAGES);
  while (rc == SQLITE_OK);
  sqlite3_backup_finish (backup);
  return rc == SQLITE_DONE || terrace_connection_fail (dest, rc, error);
}

/* A backup that cannot be read is none: it is checked page by page before the migration starts. */
static gboolean
write_backup (TerraceConnection *source, const char *path, gint64 *version, GError **error)
{
  g_autoptr (TerraceConnection) dest = NULL;

  dest = terrace_connection_open (path, TERRACE_CONNECTION_WRITER, 0, error);
  return dest != NULL && copy_pages (source, dest, error) &&
         terrace_connection_execute (dest, "PRAGMA journal_mode = DELETE", error) &&
         terrace_migrations_check_whole (dest, error) &&
         terrace_migrations_get_version (dest, version, error);
}

/* Two programs that start together each write a file of their own; the last one stays. One that
 * finds the other's migration in its copy has nothing to keep. */
static gboolean
back_up (TerraceConnection *connection, const char *path, gint64 version, GError **error)
{
  g_autofree char *final = g_strdup_printf ("%s.v%" G_GINT64_FORMAT ".bak", path, version);
  g_autofree char *temporary = g_strconcat (final, ".XXXXXX", NULL);
  gint64 copied_version = 0;
  gboolean written;
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      terrace_error_set_errno (error, errno, _ ("Making a backup of the catalogue"));
      return FALSE;
    }
  close (fd);
  written = write_backup (connection, temporary, &copied_version, error);
  if (written && copied_version == version && g_rename (temporary, final) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("Making a backup of the catalogue"));
      written = FALSE;
    }
  if (!written || copied_version != version)
    g_unlink (temporary);
  return written;
}

static gboolean
apply (TerraceConnection *connection, gint64 version, GError **error)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  g_autoptr (GBytes) sql = NULL;
  gint64 found;

  sql = g_resource_lookup_data (terrace_catalog_get_resource (), FILES[version - 1],
                                G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (sql == NULL || !terrace_transaction_begin (&transaction, connection, error) ||
      !terrace_migrations_get_version (connection, &found, error))
    return FALSE;
  /* Another program may have been quicker while this one waited for the lock. */
  if (found != version - 1)
    return TRUE;
  /* GResource ends its data with a NUL that is not counted. */
  if (!terrace_connection_execute (connection, g_bytes_get_data (sql, NULL), error) ||
      !terrace_migrations_get_version (connection, &found, error))
    return FALSE;
  g_assert (found == version);
  return terrace_transaction_commit (&transaction, error);
}

gboolean
terrace_migrations_run (TerraceConnection *connection, const char *path, GError **error)
{
  gboolean backed_up = FALSE;

  for (;;)
    {
      gint64 version;

      if (!terrace_migrations_get_version (connection, &version, error))
        return FALSE;
      if (version == TERRACE_CATALOG_VERSION)
        return TRUE;
      if (version > TERRACE_CATALOG_VERSION || version < 0)
        return terrace_migrations_fail_too_new (error);
      if (version > 0 && !backed_up && !back_up (connection, path, version, error))
        return FALSE;
      backed_up = TRUE;
      if (!apply (connection, version + 1, error))
        return FALSE;
    }
}
