/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copying between two local folders without the bytes passing through the process: the blocks are
 * shared where the file system can (btrfs, XFS, bcachefs), else the kernel copies. Worker threads.
 *
 * The whole copy is one call, so what an error leaves is removed at once; what a killed process
 * leaves is overwritten when the move is tried again, or removed by abort(). */

#include "config.h"

#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-upload.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "provider/local/terrace-local-sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

static void
set_copy_error (int saved_errno, const char *key, GCancellable *cancellable, GError **error)
{
  if (saved_errno == ECANCELED && g_cancellable_set_error_if_cancelled (cancellable, error))
    return;
  if (saved_errno == EOPNOTSUPP)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                         _ ("These two folders cannot copy from each other directly"));
  else
    terrace_local_set_errno (error, saved_errno, _ ("Cannot copy to"), key);
}

/* Fills the temporary file @to from @from, which is still @version afterwards. */
static gboolean
copy_contents (int from,
               int to,
               const char *key,
               const char *source_key,
               const char *version,
               GCancellable *cancellable,
               GError **error)
{
  TerraceLocalStat status;

  /* Without a name in it, a repeated call could not tell its own copy from somebody else's. */
  if (terrace_local_stat (from, NULL, &status) != 0 || ftruncate (to, 0) != 0 ||
      !terrace_local_copy_sparse (from, to, status.stx_size, cancellable) ||
      ftruncate (to, status.stx_size) != 0)
    {
      set_copy_error (errno, key, cancellable, error);
      return FALSE;
    }

  return terrace_local_check_version (from, version, source_key, error);
}

/* The copy itself, into a folder that is there. */
static TerraceObjectInfo *
copy_into (TerraceLocalPlace *place,
           const char *key,
           const TerraceWriteOptions *options,
           int source,
           const char *source_key,
           const char *source_version,
           GCancellable *cancellable,
           GError **error)
{
  gboolean made = FALSE;
  g_auto (TerraceFd) fd = terrace_local_open_temporary (place, options->token, &made);
  TerraceObjectInfo *info = NULL;

  if (fd < 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
      return NULL;
    }

  if (!terrace_local_has_token (fd, options->token))
    set_copy_error (EOPNOTSUPP, key, cancellable, error);
  else if (copy_contents (source, fd, key, source_key, source_version, cancellable, error))
    info = terrace_local_publish (place, fd, key, options, error);

  if (info == NULL)
    terrace_local_discard (place, options->token);
  return info;
}

/* Fills in what the options do not say about the source. */
static TerraceObjectInfo *
describe_source (int source, const char *source_key, GError **error)
{
  g_autoptr (GError) attributes_error = NULL;
  g_autoptr (GVariant) attributes = NULL;
  TerraceLocalStat status;

  attributes = terrace_local_read_attributes (source, source_key, &attributes_error);
  if (attributes_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&attributes_error));
      return NULL;
    }
  if (terrace_local_stat (source, NULL, &status) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot look at"), source_key);
      return NULL;
    }

  return terrace_local_stat_to_info (&status, source_key, attributes);
}

/* Refuses what is taken; @info is the answer if the copy had been made before. */
static gboolean
check_free (TerraceLocalPlace *place,
            const char *key,
            const TerraceWriteOptions *options,
            TerraceObjectInfo **info,
            GError **error)
{
  TerraceLocalStat status;
  g_auto (TerraceFd) own = -1;

  *info = NULL;
  if (terrace_local_stat (place->folder, place->name, &status) != 0)
    return TRUE;

  own = terrace_local_open_own (place, options->token, 0, options->size_bytes);
  if (own >= 0)
    *info = terrace_local_publish_again (place, own, key, options->token, error);
  else
    terrace_local_set_errno (error, EEXIST, _ ("Cannot write"), key);

  return FALSE;
}

TerraceObjectInfo *
terrace_local_copy_from (TerraceLocalRoot *root,
                         const char *key,
                         const TerraceWriteOptions *options,
                         TerraceLocalRoot *source_root,
                         const char *source_key,
                         const char *source_version,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceLocalPlace) source_place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) source = -1;
  g_autoptr (TerraceObjectInfo) described = NULL;
  TerraceObjectInfo *info = NULL;
  TerraceWriteOptions with_info = *options;

  if (!terrace_local_check_token (options->token, error) ||
      !terrace_local_place_open (&place, root, key, TERRACE_LOCAL_MAKE, error))
    return NULL;

  /* Before the source: it may be gone if the copy had been made, and the answer got lost. */
  if (!check_free (&place, key, options, &info, error))
    return info;

  if (terrace_local_place_open (&source_place, source_root, source_key, TERRACE_LOCAL_LOOK,
                                error) &&
      (source = terrace_local_open_object (&source_place, source_key, source_version, error)) >= 0)
    {
      if (options->info == NULL)
        with_info.info = described = describe_source (source, source_key, error);
      if (with_info.info != NULL)
        info = copy_into (&place, key, &with_info, source, source_key, source_version, cancellable,
                          error);
    }

  if (info == NULL && terrace_local_root_get_prunes (root))
    terrace_local_prune (place.root, key);
  return info;
}
