/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "base/terrace-checksum.h"
#include "model/terrace-location.h"

/* The door to bytes: one interface for every place they can lie.
 *
 * A missing function means unsupported (%TERRACE_ERROR_UNSUPPORTED, and the caller says so in
 * words). A provider holds no policy, makes no retries, knows no SQL and never logs a secret.
 * Everything is asynchronous, cancellable, and runs its callbacks on the caller's thread-default
 * main context. Memory is bounded by the ranges and parts the caller asks for.
 *
 * Keys are bytes ending in NUL, relative to the location, at most TERRACE_LIMIT_KEY_BYTES; a key
 * that cannot exist in the place is refused with %TERRACE_ERROR_INVALID before anything is done.
 *
 * Versions are opaque tokens (an ETag, a generation, inode and times): equal tokens mean the
 * object has not been touched in between. */

G_BEGIN_DECLS

#define TERRACE_TYPE_PROVIDER (terrace_provider_get_type ())
G_DECLARE_INTERFACE (TerraceProvider, terrace_provider, TERRACE, PROVIDER, GObject)

typedef enum
{
  TERRACE_CAPABILITY_NONE = 0,
  TERRACE_CAPABILITY_RESUME = 1 << 0,    /* uploads survive a restart */
  TERRACE_CAPABILITY_COPY_FROM = 1 << 1, /* copy_from() from a provider of the same kind */
  TERRACE_CAPABILITY_SET_CLASS = 1 << 2,
  TERRACE_CAPABILITY_RESTORE = 1 << 3,
  TERRACE_CAPABILITY_LIFECYCLE = 1 << 4,
  TERRACE_CAPABILITY_CHECKSUM = 1 << 5, /* stat() tells a checksum of the stored bytes */
  TERRACE_CAPABILITY_METADATA = 1 << 6, /* keeps permissions and extended attributes */
  TERRACE_CAPABILITY_UPLOADS = 1 << 7,  /* list_uploads() finds unfinished uploads */
} TerraceCapabilities;

/* What is known of the way out of an archive. */
typedef enum
{
  TERRACE_RESTORE_NONE,    /* was not asked for, or is not needed */
  TERRACE_RESTORE_PENDING, /* asked for; it cannot be read yet */
  TERRACE_RESTORE_READY,   /* a copy can be read for a while */
} TerraceRestore;

/**
 * TerraceObjectInfo:
 * @key: (type filename)
 * @version: opaque token
 * @checksum: of the stored bytes as the provider itself computed them, else kind NONE
 * @accessed_us: last read if the place keeps it, else 0
 * @class_id: (nullable): where the place has several classes
 * @mode: permission bits; G_MAXUINT32 where it means nothing
 * @attributes: (nullable): extended attributes, "user.x" to bytes, a{say} sorted by name
 * @restore: whether it is on its way out of an archive; known after stat() only
 * @restored_until_us: end of the copy of a %TERRACE_RESTORE_READY object, 0 if it is not told
 */
typedef struct
{
  char *key;
  char *version;
  guint64 size_bytes;
  gint64 created_us;
  gint64 modified_us;
  gint64 accessed_us;
  TerraceDigest checksum;
  char *class_id;
  guint32 mode;
  GVariant *attributes;
  TerraceRestore restore;
  gint64 restored_until_us;
} TerraceObjectInfo;

/* (transfer full) (nullable): @restore in words for people; %NULL where there is nothing to say. */
char *terrace_object_info_describe_restore (const TerraceObjectInfo *self);

TerraceObjectInfo *terrace_object_info_new (const char *key);
TerraceObjectInfo *terrace_object_info_copy (const TerraceObjectInfo *self);
void terrace_object_info_free (TerraceObjectInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceObjectInfo, terrace_object_info_free)

/**
 * TerraceProbe:
 * What a location answers when asked how it is. @total_bytes 0: not known.
 */
typedef struct
{
  gboolean writable;
  guint64 free_bytes;
  guint64 total_bytes;
  guint64 latency_us;
} TerraceProbe;

/**
 * TerraceListing:
 * @objects: (element-type TerraceObjectInfo): at most TERRACE_LIMIT_LIST_PAGE, in the order of
 *   their keys' bytes
 * @next: (nullable): continuation for the following page
 * @unreadable: (element-type filename): keys (or folders) that could not be looked at
 * @skipped: symbolic links, sockets and the like that were passed over for this page
 */
typedef struct
{
  GPtrArray *objects;
  char *next;
  GPtrArray *unreadable;
  guint64 skipped;
} TerraceListing;

void terrace_listing_free (TerraceListing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceListing, terrace_listing_free)

/**
 * TerraceWriteOptions:
 * @token: random, unique to the move: names temporary files, makes begin() repeatable
 * @size_bytes: of the whole object, known in advance
 * @part_bytes: of every part but the last
 * @class_id: (nullable): the class to store it in
 * @info: (nullable): the source, for times, permissions and attributes
 */
typedef struct
{
  const char *token;
  guint64 size_bytes;
  guint64 part_bytes;
  const char *class_id;
  const TerraceObjectInfo *info;
} TerraceWriteOptions;

/**
 * TerracePart:
 * @number: from 0
 * @receipt: what write_part() returned, needed by finish()
 */
typedef struct
{
  guint number;
  guint64 offset;
  guint64 size_bytes;
  char *receipt;
} TerracePart;

TerracePart *
terrace_part_new (guint number, guint64 offset, guint64 size_bytes, const char *receipt);
void terrace_part_free (TerracePart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePart, terrace_part_free)

/**
 * TerraceUpload:
 * An upload that was begun and neither finished nor aborted, whoever began it.
 * @key: (type filename): of the object it was to become; a place that does not keep it tells a
 *   name beside it. To be handed to abort() together with @upload
 * @upload: what begin() returned, where that can be known: a move that has it is still at it
 * @started_us: 0 if not known
 * @size_bytes: what is stored of it and, in a cloud, paid for
 */
typedef struct
{
  char *key;
  char *upload;
  gint64 started_us;
  guint64 size_bytes;
} TerraceUpload;

TerraceUpload *
terrace_upload_new (const char *key, const char *upload, gint64 started_us, guint64 size_bytes);
void terrace_upload_free (TerraceUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceUpload, terrace_upload_free)

/**
 * TerraceUploadListing:
 * @uploads: (element-type TerraceUpload): at most TERRACE_LIMIT_LIST_PAGE
 * @next: (nullable): continuation for the following page
 */
typedef struct
{
  GPtrArray *uploads;
  char *next;
} TerraceUploadListing;

TerraceUploadListing *terrace_upload_listing_new (void);
void terrace_upload_listing_free (TerraceUploadListing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceUploadListing, terrace_upload_listing_free)

struct _TerraceProviderInterface
{
  GTypeInterface g_iface;

  TerraceCapabilities (*get_capabilities) (TerraceProvider *self);

  void (*probe_async) (TerraceProvider *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  TerraceProbe *(*probe_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*list_async) (TerraceProvider *self,
                      const char *prefix,
                      const char *continuation,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  TerraceListing *(*list_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*stat_async) (TerraceProvider *self,
                      const char *key,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  TerraceObjectInfo *(*stat_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*read_range_async) (TerraceProvider *self,
                            const char *key,
                            const char *version,
                            guint64 offset,
                            gsize length,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  GBytes *(*read_range_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*begin_async) (TerraceProvider *self,
                       const char *key,
                       const TerraceWriteOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  char *(*begin_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*resume_async) (TerraceProvider *self,
                        const char *key,
                        const char *upload,
                        const TerraceWriteOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  GPtrArray *(*resume_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*write_part_async) (TerraceProvider *self,
                            const char *key,
                            const char *upload,
                            guint number,
                            guint64 offset,
                            GBytes *bytes,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
  char *(*write_part_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*finish_async) (TerraceProvider *self,
                        const char *key,
                        const char *upload,
                        GPtrArray *parts,
                        const TerraceWriteOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  TerraceObjectInfo *(*finish_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*abort_async) (TerraceProvider *self,
                       const char *key,
                       const char *upload,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*abort_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*list_uploads_async) (TerraceProvider *self,
                              const char *continuation,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
  TerraceUploadListing *(*list_uploads_finish) (TerraceProvider *self,
                                                GAsyncResult *result,
                                                GError **error);

  void (*copy_from_async) (TerraceProvider *self,
                           const char *key,
                           const TerraceWriteOptions *options,
                           TerraceProvider *source,
                           const char *source_key,
                           const char *source_version,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  TerraceObjectInfo *(*copy_from_finish) (TerraceProvider *self,
                                          GAsyncResult *result,
                                          GError **error);

  void (*set_class_async) (TerraceProvider *self,
                           const char *key,
                           const char *version,
                           const char *class_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
  TerraceObjectInfo *(*set_class_finish) (TerraceProvider *self,
                                          GAsyncResult *result,
                                          GError **error);

  void (*restore_async) (TerraceProvider *self,
                         const char *key,
                         guint days,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
  gboolean (*restore_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*remove_async) (TerraceProvider *self,
                        const char *key,
                        const char *version,
                        const char *token,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*remove_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*get_lifecycle_async) (TerraceProvider *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  GBytes *(*get_lifecycle_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  void (*set_lifecycle_async) (TerraceProvider *self,
                               GBytes *lifecycle,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
  gboolean (*set_lifecycle_finish) (TerraceProvider *self, GAsyncResult *result, GError **error);

  /* (transfer full) (nullable): @rules with @rule among them; see terrace-lifecycle.h. */
  GBytes *(*merge_lifecycle) (TerraceProvider *self, GBytes *rules, GBytes *rule, GError **error);
};

/* The public calls below have the same names without the table: terrace_provider_probe_async (),
 * terrace_provider_probe_finish () and so on; each checks its arguments, returns
 * TERRACE_ERROR_UNSUPPORTED for a missing function, and otherwise calls through.
 *
 * Contracts beyond the obvious (the suite in tests/contract holds every provider to them):
 *
 * list      prefix "" is everything. Pages are stable while nothing changes. Temporary files of
 *           uploads and trash are never listed. Symbolic links, sockets and the like are not
 *           objects and are skipped. Extended attributes may be left out: stat() has them.
 * stat      NOT_FOUND if there is no object.
 * read_range  exactly @length bytes, fewer only at the object's end (CORRUPT otherwise);
 *           CHANGED if @version (nullable) is not what is there.
 * begin     makes parent folders; refuses with EXISTS if an object has the key, NO_SPACE if it
 *           certainly will not fit. Repeating it with the same token gives the same upload, also
 *           when that has been finished already.
 * resume    the parts that are safely stored (element-type TerracePart), in order: all of them if
 *           the upload has been finished, so that finish() can be repeated after a crash;
 *           NOT_FOUND if the upload is gone.
 * write_part  may run concurrently for different numbers.
 * finish    durable when it returns (fsync of file and folder); EXISTS if an object has taken the
 *           key meanwhile: never overwrites. Repeating it after success with the same token
 *           succeeds. The result's version is what a later stat says.
 * abort     removes every trace; success if there is none. An object that finish() has stored
 *           stays: remove() is for that. Uploads that list_uploads() found are aborted by it too,
 *           also those that somebody else began.
 * list_uploads  every upload that was begun and is neither finished nor aborted, running ones
 *           too. An object that is kept in memory until its finish() is none: it leaves nothing.
 * copy_from same promises as begin to finish in one call, without the bytes passing through the
 *           process; UNSUPPORTED if @source is not of a kind it can copy from.
 * remove    only if the object still has @version (CHANGED otherwise, and it is left as it was);
 *           atomic against somebody replacing it at the same moment; success if a remove with
 *           this @token was interrupted after the point of no return; NOT_FOUND if absent, also
 *           after a remove that had come to its end. BUSY if somebody is writing to it.
 */
TerraceCapabilities terrace_provider_get_capabilities (TerraceProvider *self);

void terrace_provider_probe_async (TerraceProvider *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
TerraceProbe *
terrace_provider_probe_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_list_async (TerraceProvider *self,
                                  const char *prefix,
                                  const char *continuation,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
TerraceListing *
terrace_provider_list_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_stat_async (TerraceProvider *self,
                                  const char *key,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
TerraceObjectInfo *
terrace_provider_stat_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_read_range_async (TerraceProvider *self,
                                        const char *key,
                                        const char *version,
                                        guint64 offset,
                                        gsize length,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GBytes *
terrace_provider_read_range_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

/* @options and what it points at are copied as far as they are needed later. */
void terrace_provider_begin_async (TerraceProvider *self,
                                   const char *key,
                                   const TerraceWriteOptions *options,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
char *terrace_provider_begin_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_resume_async (TerraceProvider *self,
                                    const char *key,
                                    const char *upload,
                                    const TerraceWriteOptions *options,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
GPtrArray *
terrace_provider_resume_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_write_part_async (TerraceProvider *self,
                                        const char *key,
                                        const char *upload,
                                        guint number,
                                        guint64 offset,
                                        GBytes *bytes,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
char *
terrace_provider_write_part_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

/* @parts: (element-type TerracePart): all, in order; referenced until the call ends. */
void terrace_provider_finish_async (TerraceProvider *self,
                                    const char *key,
                                    const char *upload,
                                    GPtrArray *parts,
                                    const TerraceWriteOptions *options,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TerraceObjectInfo *
terrace_provider_finish_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_abort_async (TerraceProvider *self,
                                   const char *key,
                                   const char *upload,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
terrace_provider_abort_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_list_uploads_async (TerraceProvider *self,
                                          const char *continuation,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
TerraceUploadListing *
terrace_provider_list_uploads_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_copy_from_async (TerraceProvider *self,
                                       const char *key,
                                       const TerraceWriteOptions *options,
                                       TerraceProvider *source,
                                       const char *source_key,
                                       const char *source_version,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
TerraceObjectInfo *
terrace_provider_copy_from_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_set_class_async (TerraceProvider *self,
                                       const char *key,
                                       const char *version,
                                       const char *class_id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
TerraceObjectInfo *
terrace_provider_set_class_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_restore_async (TerraceProvider *self,
                                     const char *key,
                                     guint days,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
terrace_provider_restore_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_remove_async (TerraceProvider *self,
                                    const char *key,
                                    const char *version,
                                    const char *token,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
terrace_provider_remove_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_get_lifecycle_async (TerraceProvider *self,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GBytes *
terrace_provider_get_lifecycle_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

void terrace_provider_set_lifecycle_async (TerraceProvider *self,
                                           GBytes *lifecycle,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
terrace_provider_set_lifecycle_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

G_END_DECLS
