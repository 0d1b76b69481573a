/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing and copying files so that holes stay holes. Worker threads. */

#include "config.h"

#include "provider/local/terrace-local-sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BLOCK_BYTES 4096
/* How much is done between two looks at the cancellable. */
#define WRITE_BYTES (1024 * 1024)
#define COPY_BYTES (16 * 1024 * 1024)

static gboolean
is_zero (const guint8 *data, gsize length)
{
  return data[0] == 0 && memcmp (data, data + 1, length - 1) == 0;
}

/* Finds the next run of zero blocks at or behind @position that is worth a hole. Blocks are
 * counted in the file, not in the buffer. Returns @length if there is none. */
static gsize
find_hole (const guint8 *data, gsize length, guint64 offset, gsize position, gsize *end)
{
  guint64 misaligned = (offset + position) % BLOCK_BYTES;
  gsize block = position + (misaligned > 0 ? BLOCK_BYTES - misaligned : 0);
  gsize start = block;

  for (; block < length && length - block >= BLOCK_BYTES; block += BLOCK_BYTES)
    {
      if (is_zero (data + block, BLOCK_BYTES))
        continue;
      if (block - start >= TERRACE_LOCAL_HOLE_BYTES)
        break;
      start = block + BLOCK_BYTES;
    }

  if (block <= start || block - start < TERRACE_LOCAL_HOLE_BYTES)
    return length;
  *end = block;
  return start;
}

static gboolean
write_fully (int fd, const guint8 *data, gsize length, guint64 offset, GCancellable *cancellable)
{
  while (length > 0)
    {
      gssize written;

      if (g_cancellable_is_cancelled (cancellable))
        {
          errno = ECANCELED;
          return FALSE;
        }

      written = pwrite (fd, data, MIN (length, WRITE_BYTES), offset);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      length -= written;
      offset += written;
    }

  return TRUE;
}

/* Nothing lies there yet in the usual case. Only a part that is written for the second time can
 * have bytes in the way; where these cannot be taken out, the zeros are written. */
static gboolean
make_hole (int fd, const guint8 *zeros, gsize length, guint64 offset, GCancellable *cancellable)
{
  off_t data = lseek (fd, offset, SEEK_DATA);

  if ((data < 0 && errno == ENXIO) || (data >= 0 && (guint64) data >= offset + length))
    return TRUE;
  if (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) == 0)
    return TRUE;

  return write_fully (fd, zeros, length, offset, cancellable);
}

gboolean
terrace_local_write_sparse (int fd,
                            gconstpointer data,
                            gsize length,
                            guint64 offset,
                            GCancellable *cancellable)
{
  const guint8 *bytes = data;
  gsize position = 0;

  while (position < length)
    {
      gsize end = length;
      gsize hole = find_hole (bytes, length, offset, position, &end);

      if (!write_fully (fd, bytes + position, hole - position, offset + position, cancellable))
        return FALSE;
      if (hole < length && !make_hole (fd, bytes + hole, end - hole, offset + hole, cancellable))
        return FALSE;
      position = end;
    }

  return TRUE;
}

/* Copies the stretch of data that begins at @offset. */
static gboolean
copy_stretch (int from, int to, off_t offset, off_t end, GCancellable *cancellable)
{
  off_t in = offset;
  off_t out = offset;

  while (in < end)
    {
      gssize copied;

      if (g_cancellable_is_cancelled (cancellable))
        {
          errno = ECANCELED;
          return FALSE;
        }

      copied = copy_file_range (from, &in, to, &out, MIN (end - in, COPY_BYTES), 0);
      if (copied < 0 && errno == EINTR)
        continue;
      if (copied < 0)
        return FALSE;
      /* The file has become shorter: the caller compares versions. */
      if (copied == 0)
        return TRUE;
    }

  return TRUE;
}

static gboolean
copy_stretches (int from, int to, off_t size, GCancellable *cancellable)
{
  off_t position = 0;

  while (position < size)
    {
      off_t start = lseek (from, position, SEEK_DATA);
      off_t end;

      /* Nothing but a hole up to the end; or a file system that does not know of holes. */
      if (start < 0 && errno == ENXIO)
        return TRUE;
      if (start < 0 && errno != EINVAL)
        return FALSE;
      end = start < 0 ? size : lseek (from, start, SEEK_HOLE);
      if (end < 0)
        return FALSE;
      if (!copy_stretch (from, to, MAX (start, position), MIN (end, size), cancellable))
        return FALSE;
      position = end;
    }

  return TRUE;
}

gboolean
terrace_local_copy_sparse (int from, int to, guint64 size_bytes, GCancellable *cancellable)
{
  if (ioctl (to, FICLONE, from) == 0)
    return TRUE;
  if (errno == ENOSPC || errno == EDQUOT || errno == EIO)
    return FALSE;

  if (copy_stretches (from, to, size_bytes, cancellable))
    return TRUE;
  if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == ENOTTY || errno == EPERM)
    errno = EOPNOTSUPP;

  return FALSE;
}
