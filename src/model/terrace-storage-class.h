/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* What a provider sells, with every price that cost needs. Filled by the price sheet's loader,
 * immutable once shared. Prices are in the sheet's currency; "per GB" is per 2^30 bytes; requests
 * are per single request. */

G_BEGIN_DECLS

#define TERRACE_TYPE_STORAGE_CLASS (terrace_storage_class_get_type ())

typedef struct _TerraceStorageClass TerraceStorageClass;

/**
 * TerraceStorageClass:
 * @id: "aws/STANDARD_IA"; unique over all sheets
 * @provider: "aws", "azure", "gcs", "local"; the part of @id before the slash
 * @code: what the provider's protocol calls it, the part of @id behind the slash
 * @name: for people: "S3 Standard-IA"
 * @region: "us-east-1" or "" where it means nothing
 * @gb_month: storage per GB and month
 * @put_request: creating an object
 * @get_request: reading an object
 * @transition_request: changing an object into this class inside its provider;
 *   negative: not possible, a copy (@put_request) is needed
 * @write_gb: per GB written into the class (usually 0)
 * @retrieval_gb: per GB read out of the class
 * @egress_gb: per GB that leaves the provider
 * @monitoring_month: per object and month (auto-tiering classes)
 * @monitoring_min_bytes: objects smaller than this are not monitored
 * @min_billable_bytes: smaller objects are billed as if they had this size
 * @overhead_bytes: billed per object on top, at @gb_month
 * @overhead_hot_bytes: billed per object on top, at @overhead_hot_gb_month
 * @min_duration_days: leaving earlier costs the storage of the remaining days
 * @restore_request: per object, before an offline object can be read
 * @first_byte_ms: expected time to the first byte of a read, restore included
 * @offline: must be restored before it can be read
 * @durable_zones: in how many zones it is kept; 0 where unknown
 */
struct _TerraceStorageClass
{
  char *id;
  char *provider;
  char *code;
  char *name;
  char *region;
  TerraceTier tier;

  double gb_month;
  double put_request;
  double get_request;
  double transition_request;
  double write_gb;
  double retrieval_gb;
  double egress_gb;
  double monitoring_month;
  double overhead_hot_gb_month;
  double restore_request;

  guint64 monitoring_min_bytes;
  guint64 min_billable_bytes;
  guint64 overhead_bytes;
  guint64 overhead_hot_bytes;
  guint64 first_byte_ms;
  double min_duration_days;
  guint durable_zones;
  gboolean offline;
};

GType terrace_storage_class_get_type (void);

/* (transfer full): all prices 0, tier hot; the strings are copied, @provider and @code come from
 * @id, which must have one slash in the middle. */
TerraceStorageClass *terrace_storage_class_new (const char *id, const char *name);
TerraceStorageClass *terrace_storage_class_ref (TerraceStorageClass *self);
void terrace_storage_class_unref (TerraceStorageClass *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceStorageClass, terrace_storage_class_unref)

G_END_DECLS
