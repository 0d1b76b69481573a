/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one error domain, what an error may carry, and the translation of errno into it. Any
 * thread. */

#include "base/terrace-error.h"

#include <errno.h>

/* Lives beside each error of the domain, so it survives g_error_copy() and g_prefix_error(). */
typedef struct
{
  gint64 retry_after_us;
} TerraceErrorPrivate;

static void
terrace_error_private_init (TerraceErrorPrivate *self)
{
  self->retry_after_us = 0;
}

static void
terrace_error_private_copy (const TerraceErrorPrivate *source, TerraceErrorPrivate *copy)
{
  *copy = *source;
}

static void
terrace_error_private_clear (TerraceErrorPrivate *self)
{
  self->retry_after_us = 0;
}

G_DEFINE_EXTENDED_ERROR (TerraceError, terrace_error)

void
terrace_error_set_retry_after (GError *error, gint64 microseconds)
{
  g_return_if_fail (error != NULL);

  if (error->domain == TERRACE_ERROR)
    terrace_error_get_private (error)->retry_after_us = MAX (microseconds, 0);
}

gint64
terrace_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != TERRACE_ERROR)
    return 0;

  return terrace_error_get_private (error)->retry_after_us;
}

gboolean
terrace_error_is_retryable (const GError *error)
{
  if (error == NULL)
    return FALSE;

  if (error->domain == TERRACE_ERROR)
    return error->code == TERRACE_ERROR_UNREACHABLE || error->code == TERRACE_ERROR_BUSY;

  if (error->domain == G_RESOLVER_ERROR)
    return error->code == G_RESOLVER_ERROR_TEMPORARY_FAILURE;

  if (error->domain != G_IO_ERROR)
    return FALSE;

  switch (error->code)
    {
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_TIMED_OUT:
    case G_IO_ERROR_WOULD_BLOCK:
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_PARTIAL_INPUT:
    case G_IO_ERROR_TOO_MANY_OPEN_FILES:
    case G_IO_ERROR_NOT_MOUNTED:
      return TRUE;

    default:
      return FALSE;
    }
}

gboolean
terrace_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static TerraceErrorCode
code_from_errno (int saved_errno)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      return TERRACE_ERROR_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY:
      return TERRACE_ERROR_EXISTS;
    case EACCES:
    case EPERM:
      return TERRACE_ERROR_PERMISSION;
    case ENOSPC:
    case EDQUOT:
      return TERRACE_ERROR_NO_SPACE;
    case EROFS:
      return TERRACE_ERROR_READ_ONLY;
    case EIO:
    case ENXIO:
      return TERRACE_ERROR_IO;
    /* The file was replaced on the server while it was open here. */
    case ESTALE:
      return TERRACE_ERROR_CHANGED;
    case EAGAIN:
    case EBUSY:
    case EINTR:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ETXTBSY:
      return TERRACE_ERROR_BUSY;
    case ENODEV:
    case ENOTCONN:
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ETIMEDOUT:
      return TERRACE_ERROR_UNREACHABLE;
    case EINVAL:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case EILSEQ:
      return TERRACE_ERROR_INVALID;
    case ENOSYS:
    case ENOTSUP:
    case EXDEV:
      return TERRACE_ERROR_UNSUPPORTED;
    case EFBIG:
    case EMLINK:
    case EOVERFLOW:
      return TERRACE_ERROR_LIMIT;
    default:
      return TERRACE_ERROR_FAILED;
    }
}

void
terrace_error_set_errno (GError **error, int saved_errno, const char *format, ...)
{
  g_autofree char *attempt = NULL;
  va_list args;

  g_return_if_fail (error == NULL || *error == NULL);
  g_return_if_fail (format != NULL);

  va_start (args, format);
  attempt = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, TERRACE_ERROR, code_from_errno (saved_errno), "%s: %s", attempt,
               g_strerror (saved_errno));
}
