/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* What most tests need: a folder of their own, files with known contents, and waiting. A failure
 * in any of them fails the test. */

G_BEGIN_DECLS

/* How long a test waits for anything before it fails. */
#define TERRACE_TEST_GUARD_SECONDS 120

/* (transfer full) (type filename): a new empty folder in the place for temporary files. */
char *terrace_test_make_dir (void);
/* Removes @path and all below it, also what was made read-only; follows no links. */
void terrace_test_remove_dir (const char *path);

/* Writes @size_bytes pseudo-random bytes that depend on @seed only, and creates the folders above.
 * Memory does not grow with the size. */
void terrace_test_make_file (const char *path, guint64 size_bytes, guint32 seed);
/* Fails the test unless @path holds exactly what terrace_test_make_file() wrote. */
void terrace_test_assert_file (const char *path, guint64 size_bytes, guint32 seed);

/**
 * terrace_test_store_result:
 * @user_data: a `GAsyncResult **`, whose value is %NULL
 *
 * A #GAsyncReadyCallback that keeps the result for terrace_test_await(). A second call fails.
 */
void terrace_test_store_result (GObject *source, GAsyncResult *result, gpointer user_data);

/* Iterates the main context until @result is set. */
void terrace_test_await (GAsyncResult **result);

/* Iterates the main context until @condition holds. */
void terrace_test_await_condition (gboolean (*condition) (gpointer data), gpointer data);

/* Iterates the main context as long as something is ready, without waiting. */
void terrace_test_settle (void);

G_END_DECLS
