/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-storage-class.h"
#include "provider/terrace-provider.h"

/* Counts and prices the requests of one move, each before it is sent. A meter stands in front of a
 * provider: calls go through it and are answered by the provider itself, so callbacks see that one
 * as their source. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceTally:
 * What one move has sent and cost, shared by the meters of its two sides.
 * @cost: in the currency of the price sheets
 */
typedef struct
{
  guint64 requests;
  double cost;
} TerraceTally;

/**
 * TerraceMeterTerms:
 * @counts: the place charges for requests (a cloud, or a sandbox that plays one)
 * @storage_class: (nullable): that the bytes are read from or written to; %NULL: nothing is priced
 * @reads_leave: bytes that are read leave the provider
 * @plays: a sandbox, whose bytes are read back where a cloud's own checksum would be asked for:
 * that does not count
 */
typedef struct
{
  gboolean counts;
  TerraceStorageClass *storage_class;
  gboolean reads_leave;
  gboolean plays;
} TerraceMeterTerms;

#define TERRACE_TYPE_METER (terrace_meter_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMeter, terrace_meter, TERRACE, METER, GObject)

/* @tally: must outlive the meter. @terms: copied; the class is referenced. */
TerraceMeter *
terrace_meter_new (TerraceProvider *inner, const TerraceMeterTerms *terms, TerraceTally *tally);

/**
 * terrace_meter_expected_requests:
 * @from_counts: the source charges for requests; @to_counts: the destination
 * @server_side: the bytes do not pass through this program
 * @reads_back: the destination has no checksum of its own
 *
 * How many requests a move of @size_bytes sends if nothing goes wrong.
 */
guint64 terrace_meter_expected_requests (guint64 size_bytes,
                                         gboolean from_counts,
                                         gboolean to_counts,
                                         gboolean server_side,
                                         gboolean reads_back);

G_END_DECLS
