/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which errors may be tried again, and what errno becomes. */

#include "base/terrace-error.h"

#include <errno.h>

static gboolean
is_retryable (GQuark domain, int code)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "x");

  return terrace_error_is_retryable (error);
}

static void
test_retryable (void)
{
  for (int code = TERRACE_ERROR_FAILED; code <= TERRACE_ERROR_LIMIT; code++)
    g_assert_cmpint (is_retryable (TERRACE_ERROR, code), ==,
                     code == TERRACE_ERROR_UNREACHABLE || code == TERRACE_ERROR_BUSY);

  g_assert_true (is_retryable (G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  g_assert_true (is_retryable (G_IO_ERROR, G_IO_ERROR_BUSY));
  g_assert_true (is_retryable (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
  g_assert_true (is_retryable (G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE));
  g_assert_false (is_retryable (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND));
  g_assert_false (is_retryable (G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_assert_false (is_retryable (G_IO_ERROR, G_IO_ERROR_NO_SPACE));
  g_assert_false (is_retryable (G_FILE_ERROR, G_FILE_ERROR_AGAIN));
  g_assert_false (terrace_error_is_retryable (NULL));
}

static void
test_cancelled (void)
{
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) failed = g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_FAILED, "x");

  g_assert_true (terrace_error_is_cancelled (cancelled));
  g_assert_false (terrace_error_is_cancelled (failed));
  g_assert_false (terrace_error_is_cancelled (NULL));
}

static void
test_retry_after (void)
{
  g_autoptr (GError) error = g_error_new_literal (TERRACE_ERROR, TERRACE_ERROR_BUSY, "slow down");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "x");
  g_autoptr (GError) moved = NULL;
  g_autoptr (GError) copy = NULL;

  g_assert_cmpint (terrace_error_get_retry_after (NULL), ==, 0);
  g_assert_cmpint (terrace_error_get_retry_after (error), ==, 0);

  terrace_error_set_retry_after (error, 7 * G_USEC_PER_SEC);
  g_prefix_error (&error, "Could not write “%s”: ", "a");
  copy = g_error_copy (error);
  g_propagate_error (&moved, g_steal_pointer (&error));
  g_assert_cmpint (terrace_error_get_retry_after (moved), ==, 7 * G_USEC_PER_SEC);
  g_assert_cmpint (terrace_error_get_retry_after (copy), ==, 7 * G_USEC_PER_SEC);
  g_assert_cmpstr (copy->message, ==, "Could not write “a”: slow down");

  terrace_error_set_retry_after (copy, -1);
  g_assert_cmpint (terrace_error_get_retry_after (copy), ==, 0);

  /* Errors of others have no place for it. */
  terrace_error_set_retry_after (other, G_USEC_PER_SEC);
  g_assert_cmpint (terrace_error_get_retry_after (other), ==, 0);
}

static void
test_errno (void)
{
  static const struct
  {
    int saved_errno;
    TerraceErrorCode code;
  } cases[] = {
    { ENOENT, TERRACE_ERROR_NOT_FOUND },
    { EEXIST, TERRACE_ERROR_EXISTS },
    { EACCES, TERRACE_ERROR_PERMISSION },
    { EPERM, TERRACE_ERROR_PERMISSION },
    { ENOSPC, TERRACE_ERROR_NO_SPACE },
    { EDQUOT, TERRACE_ERROR_NO_SPACE },
    { EIO, TERRACE_ERROR_IO },
    { EROFS, TERRACE_ERROR_READ_ONLY },
    { ESTALE, TERRACE_ERROR_CHANGED },
    { EBUSY, TERRACE_ERROR_BUSY },
    { ETIMEDOUT, TERRACE_ERROR_UNREACHABLE },
    { ENAMETOOLONG, TERRACE_ERROR_INVALID },
    { EXDEV, TERRACE_ERROR_UNSUPPORTED },
    { EFBIG, TERRACE_ERROR_LIMIT },
    { ECHILD, TERRACE_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *wanted = NULL;

      terrace_error_set_errno (&error, cases[i].saved_errno, "Could not open “%s”", "a%sb");
      wanted = g_strdup_printf ("Could not open “a%%sb”: %s", g_strerror (cases[i].saved_errno));
      g_assert_error (error, TERRACE_ERROR, (int) cases[i].code);
      g_assert_cmpstr (error->message, ==, wanted);
    }

  /* Nobody has to care. */
  terrace_error_set_errno (NULL, EIO, "Could not read");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/error/retryable", test_retryable);
  g_test_add_func ("/error/cancelled", test_cancelled);
  g_test_add_func ("/error/retry-after", test_retry_after);
  g_test_add_func ("/error/errno", test_errno);

  return g_test_run ();
}
