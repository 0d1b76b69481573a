/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Writing and copying files so that holes stay holes. Blocks; worker threads. */

G_BEGIN_DECLS

/* Runs of zeros at least this long are not written. */
#define TERRACE_LOCAL_HOLE_BYTES (16 * 1024)

/* Writes all of @data at @offset. %FALSE and errno; ECANCELED if cancelled. */
gboolean terrace_local_write_sparse (int fd,
                                     gconstpointer data,
                                     gsize length,
                                     guint64 offset,
                                     GCancellable *cancellable);

/* Copies the contents of @from into the empty file @to inside the kernel: by sharing the blocks if
 * the file system can, else copying what is not a hole. %FALSE and errno; EOPNOTSUPP if the two
 * files cannot be copied so; ECANCELED if cancelled. */
gboolean
terrace_local_copy_sparse (int from, int to, guint64 size_bytes, GCancellable *cancellable);

G_END_DECLS
