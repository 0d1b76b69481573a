/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "catalog/terrace-catalog.h"
#include <sqlite3.h>

/* The thin layer over SQLite that the table functions are written in: connections, prepared
 * statements, scoped transactions, errors. Private to the catalogue. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_CONNECTION_WRITER,
  TERRACE_CONNECTION_READER,
} TerraceConnectionMode;

/**
 * terrace_connection_open:
 * @busy_ms: how long a statement waits for another program's lock
 *
 * Opens what must exist, without touching it: settings follow with
 * terrace_connection_configure() once the file is known to be good.
 */
TerraceConnection *terrace_connection_open (const char *path,
                                            TerraceConnectionMode mode,
                                            guint busy_ms,
                                            GError **error);
/* Settings of the connection, not of the file. */
gboolean terrace_connection_configure (TerraceConnection *self, GError **error);
void terrace_connection_close (TerraceConnection *self);
sqlite3 *terrace_connection_get_handle (TerraceConnection *self);

/* From now on statements fail with CANCELLED once @cancellable (nullable) is. */
void terrace_connection_set_cancellable (TerraceConnection *self, GCancellable *cancellable);

/* Sets @error for the SQLite result code @rc; always returns %FALSE. */
gboolean terrace_connection_fail (TerraceConnection *self, int rc, GError **error);

/* Runs statements without parameters or results, separated by semicolons. */
gboolean terrace_connection_execute (TerraceConnection *self, const char *sql, GError **error);
/* The first column of the first row of a statement without parameters; 0 if there is none. */
gboolean terrace_connection_query_int64 (TerraceConnection *self,
                                         const char *sql,
                                         gint64 *value,
                                         GError **error);
/* Makes the page cache of a writer's connection as large as it was configured. */
gboolean terrace_connection_restore_cache (TerraceConnection *self, GError **error);
/* Rows that the latest statement changed, those of triggers not counted. */
guint terrace_connection_get_changes (TerraceConnection *self);
gint64 terrace_connection_get_last_id (TerraceConnection *self);
/* How many items were inserted, so that the end of an import is noticed; only grows. */
void terrace_connection_count_inserts (TerraceConnection *self, guint n_items);
guint64 terrace_connection_get_inserts (TerraceConnection *self);

/* Adds the SQL function terrace_match (words, name, key). */
int terrace_match_register (sqlite3 *db);

/**
 * TerraceStatement:
 * One use of a prepared statement: reset when it goes out of scope. Parameters are bound and
 * columns are read in order, one call each; failed binds are reported by the next step.
 */
typedef struct
{
  TerraceConnection *connection;
  sqlite3_stmt *handle;
  int n_bound;
  int n_read;
  int bind_rc;
} TerraceStatement;
#define TERRACE_STATEMENT_INIT  \
  {                             \
    NULL, NULL, 0, 0, SQLITE_OK \
  }

typedef enum
{
  TERRACE_STEP_ERROR,
  TERRACE_STEP_ROW,
  TERRACE_STEP_DONE,
} TerraceStep;

/* @sql: a constant: the cache knows it by its address. */
gboolean terrace_statement_prepare (TerraceStatement *self,
                                    TerraceConnection *connection,
                                    const char *sql,
                                    GError **error);
void terrace_statement_clear (TerraceStatement *self);
/* Back to the first parameter, for the next of many runs. */
void terrace_statement_rewind (TerraceStatement *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TerraceStatement, terrace_statement_clear)

void terrace_statement_bind_int64 (TerraceStatement *self, gint64 value);
/* Not a number becomes 0: SQLite would store it as NULL. */
void terrace_statement_bind_double (TerraceStatement *self, double value);
/* Text and bytes are not copied: they must stay until the statement is reset. */
void terrace_statement_bind_text (TerraceStatement *self, const char *text);
/* %NULL is stored as "", for columns that are NOT NULL. */
void terrace_statement_bind_text_or_empty (TerraceStatement *self, const char *text);
void terrace_statement_bind_bytes (TerraceStatement *self, gconstpointer bytes, gsize length);
/* A string of bytes that need not be UTF-8, as a BLOB. */
void terrace_statement_bind_key (TerraceStatement *self, const char *key);
/* Two parameters: kind and value. */
void terrace_statement_bind_digest (TerraceStatement *self, const TerraceDigest *digest);

TerraceStep terrace_statement_step (TerraceStatement *self, GError **error);
/* Steps to the end of a statement that returns no rows. */
gboolean terrace_statement_run (TerraceStatement *self, GError **error);

gint64 terrace_statement_read_int64 (TerraceStatement *self);
double terrace_statement_read_double (TerraceStatement *self);
/* (transfer full) (nullable): %NULL for NULL. */
char *terrace_statement_read_text (TerraceStatement *self);
/* (transfer full): never %NULL. */
char *terrace_statement_read_key (TerraceStatement *self);
/* (transfer none): valid until the next step. */
gconstpointer terrace_statement_read_bytes (TerraceStatement *self, gsize *length);
void terrace_statement_read_digest (TerraceStatement *self, TerraceDigest *digest);

/* Runs a statement without parameters and results; @sql must be a constant. */
gboolean terrace_connection_run (TerraceConnection *self, const char *sql, GError **error);
/* SQLite takes whole transactions back by itself: after a full disk, say. */
gboolean terrace_connection_is_in_transaction (TerraceConnection *self);

/**
 * TerraceTransaction:
 * Rolls back when it goes out of scope unless it was committed.
 */
typedef struct
{
  TerraceConnection *connection;
} TerraceTransaction;
#define TERRACE_TRANSACTION_INIT \
  {                              \
    NULL                         \
  }

/* Immediate on a writer's connection, deferred on a reader's. */
gboolean
terrace_transaction_begin (TerraceTransaction *self, TerraceConnection *connection, GError **error);
gboolean terrace_transaction_commit (TerraceTransaction *self, GError **error);
void terrace_transaction_clear (TerraceTransaction *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TerraceTransaction, terrace_transaction_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceConnection, terrace_connection_close)

/* For table functions. */

/* Words an EXISTS of the layer below with @message, which says what is taken. */
void terrace_error_reword_exists (GError **error, const char *message);
/* %FALSE with NOT_FOUND if the latest statement changed no row. */
gboolean
terrace_connection_require_change (TerraceConnection *self, const char *message, GError **error);

G_END_DECLS
