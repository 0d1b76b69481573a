/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* The provider's calls, each waited for. Each checks that the answer does not come before the call
 * has returned, and comes only once. */

G_BEGIN_DECLS

TerraceProbe *contract_probe (TerraceProvider *provider, GError **error);
TerraceListing *contract_list (TerraceProvider *provider,
                               const char *prefix,
                               const char *continuation,
                               GError **error);
TerraceObjectInfo *contract_stat (TerraceProvider *provider, const char *key, GError **error);
GBytes *contract_read (TerraceProvider *provider,
                       const char *key,
                       const char *version,
                       guint64 offset,
                       gsize length,
                       GError **error);
char *contract_begin (TerraceProvider *provider,
                      const char *key,
                      const TerraceWriteOptions *options,
                      GError **error);
GPtrArray *contract_resume (TerraceProvider *provider,
                            const char *key,
                            const char *upload,
                            const TerraceWriteOptions *options,
                            GError **error);
char *contract_write (TerraceProvider *provider,
                      const char *key,
                      const char *upload,
                      guint number,
                      guint64 offset,
                      GBytes *bytes,
                      GError **error);
TerraceObjectInfo *contract_finish (TerraceProvider *provider,
                                    const char *key,
                                    const char *upload,
                                    GPtrArray *parts,
                                    const TerraceWriteOptions *options,
                                    GError **error);
gboolean
contract_abort (TerraceProvider *provider, const char *key, const char *upload, GError **error);
TerraceObjectInfo *contract_copy (TerraceProvider *provider,
                                  const char *key,
                                  const TerraceWriteOptions *options,
                                  TerraceProvider *source,
                                  const char *source_key,
                                  const char *source_version,
                                  GError **error);
gboolean contract_remove (TerraceProvider *provider,
                          const char *key,
                          const char *version,
                          const char *token,
                          GError **error);

/* Writes a whole object in parts of @part_bytes; fails the test if it cannot. */
TerraceObjectInfo *contract_put (TerraceProvider *provider,
                                 const char *key,
                                 const char *token,
                                 GBytes *bytes,
                                 guint64 part_bytes);
/* Fails the test unless @key holds exactly @bytes. */
void contract_assert_holds (TerraceProvider *provider, const char *key, GBytes *bytes);
/* Fails the test unless nothing has the key. */
void contract_assert_absent (TerraceProvider *provider, const char *key);

/* Pseudo-random bytes that depend on @seed. */
GBytes *contract_make_bytes (gsize size_bytes, guint32 seed);
/* (element-type TerracePart): all parts, with the receipts of a place that needs none. */
GPtrArray *contract_new_parts (void);
void
contract_add_part (GPtrArray *parts, guint number, guint64 offset, guint64 size, char *receipt);

G_END_DECLS
