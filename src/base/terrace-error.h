/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* What can go wrong with the world, in the words that decide what happens next.
 *
 * Every layer reports with this one domain, so that whoever decides about a retry or words an
 * advice for a person looks in one place. Errors of GIO may pass through unchanged. */

G_BEGIN_DECLS

#define TERRACE_ERROR (terrace_error_quark ())

/**
 * TerraceErrorCode:
 * @TERRACE_ERROR_FAILED: nothing more precise is known
 * @TERRACE_ERROR_INVALID: the input is wrong; the same call will fail again
 * @TERRACE_ERROR_NOT_FOUND: the object, place or row is not there
 * @TERRACE_ERROR_EXISTS: something is there already and must not be overwritten
 * @TERRACE_ERROR_CHANGED: it is no longer the version that was seen
 * @TERRACE_ERROR_PERMISSION: access was refused
 * @TERRACE_ERROR_NO_SPACE: the disk, quota or bucket is full
 * @TERRACE_ERROR_UNREACHABLE: the place cannot be reached now (retryable)
 * @TERRACE_ERROR_BUSY: locked or throttled (retryable)
 * @TERRACE_ERROR_IO: a device answered with a read or write error
 * @TERRACE_ERROR_CORRUPT: the bytes are not what they should be
 * @TERRACE_ERROR_UNSUPPORTED: this place or version cannot do that
 * @TERRACE_ERROR_TOO_NEW: written by a newer Terrace
 * @TERRACE_ERROR_READ_ONLY: it can be read but not written
 * @TERRACE_ERROR_LIMIT: a bound of terrace-limits.h was passed
 */
typedef enum
{
  TERRACE_ERROR_FAILED,
  TERRACE_ERROR_INVALID,
  TERRACE_ERROR_NOT_FOUND,
  TERRACE_ERROR_EXISTS,
  TERRACE_ERROR_CHANGED,
  TERRACE_ERROR_PERMISSION,
  TERRACE_ERROR_NO_SPACE,
  TERRACE_ERROR_UNREACHABLE,
  TERRACE_ERROR_BUSY,
  TERRACE_ERROR_IO,
  TERRACE_ERROR_CORRUPT,
  TERRACE_ERROR_UNSUPPORTED,
  TERRACE_ERROR_TOO_NEW,
  TERRACE_ERROR_READ_ONLY,
  TERRACE_ERROR_LIMIT,
} TerraceErrorCode;

GQuark terrace_error_quark (void);

/**
 * terrace_error_is_retryable:
 * @error: (nullable): any error
 *
 * Returns: %TRUE if the same call may succeed later without anybody changing anything:
 *   %TERRACE_ERROR_UNREACHABLE, %TERRACE_ERROR_BUSY and their siblings in GIO.
 *   Cancellation is not retryable.
 */
gboolean terrace_error_is_retryable (const GError *error);

/**
 * terrace_error_is_cancelled:
 * @error: (nullable): any error
 *
 * Returns: %TRUE if a person or a caller stopped the work. Cancelled is silence, not a dialog.
 */
gboolean terrace_error_is_cancelled (const GError *error);

/**
 * terrace_error_set_retry_after:
 * @error: an error of TERRACE_ERROR; one of another domain cannot carry it and stays as it is
 * @microseconds: how long the place asks to be left alone, from now on
 *
 * The Retry-After of an answer that says "busy".
 */
void terrace_error_set_retry_after (GError *error, gint64 microseconds);

/**
 * terrace_error_get_retry_after:
 * @error: (nullable): any error
 *
 * Returns: microseconds, 0 if the place did not say. As the place said it: the caller bounds it.
 */
gint64 terrace_error_get_retry_after (const GError *error);

/**
 * terrace_error_set_errno:
 * @error: (out) (optional): return location
 * @saved_errno: the value of errno
 * @format: printf() format of what was attempted, without a trailing full stop;
 *   ": " and the reason are appended
 *
 * Sets @error with the code that fits @saved_errno (ENOENT, EEXIST, EACCES, ENOSPC, EIO, EROFS,
 * ESTALE...).
 */
void terrace_error_set_errno (GError **error, int saved_errno, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
