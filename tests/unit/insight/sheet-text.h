/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A small price sheet as text, and ways to spoil it. Single quotes stand for double ones. */

G_BEGIN_DECLS

#define SOURCES                                                                        \
  "'sources': [ { 'id': 'list', 'title': 'Price list', 'url': 'https://example.org/'," \
  " 'date': '2026-11-01' }, { 'id': 'mail', 'title': 'Offer by mail' } ]"

#define FIGURES                                                                                 \
  "'put_request': { 'value': 5, 'unit': 'per 1,000 requests', 'source': [ 'list' ] },"          \
  "'get_request': { 'value': 4, 'unit': 'per 10,000 requests', 'source': [ 'list', 'mail' ] }," \
  "'transition_request': { 'value': null, 'unit': 'per request', 'source': [ 'list' ] },"       \
  "'retrieval_gb': { 'value': 0.5, 'unit': 'per GB', 'source': [ 'list' ] },"                   \
  "'egress_gb': { 'value': 0.25, 'unit': 'per GB', 'source': [ 'mail' ], 'note': 'agreed' },"   \
  "'min_billable_bytes': { 'value': 131072, 'unit': 'bytes', 'source': [ 'list' ] },"           \
  "'min_duration_days': { 'value': 12, 'unit': 'hours', 'source': [ 'list' ] },"                \
  "'first_byte_ms': { 'value': 5, 'unit': 'hours', 'source': [ 'list' ] },"                     \
  "'offline': { 'value': true, 'unit': 'yes or no', 'source': [ 'list' ] }"

#define GB_MONTH "'gb_month': { 'value': 0.02, 'unit': 'per GB-month', 'source': [ 'list' ] },"

#define DISK                                                                             \
  "'disk': {"                                                                            \
  "'disk_price': { 'value': 120, 'unit': 'per disk', 'source': [ 'mail' ] },"            \
  "'capacity_bytes': { 'value': 1073741824000, 'unit': 'bytes', 'source': [ 'list' ] }," \
  "'lifetime_years': { 'value': 5, 'unit': 'years', 'source': [ 'list' ] },"             \
  "'watts': { 'value': 10, 'unit': 'W', 'source': [ 'list' ] },"                         \
  "'kwh_price': { 'value': 0.5, 'unit': 'per kWh', 'source': [ 'list' ] },"              \
  "'copies': { 'value': 2, 'unit': 'copies', 'source': [ 'list' ] } }"

#define COLD_CLASS \
  "{ 'code': 'COLD', 'name': 'Cold things', 'tier': 'cold', 'figures': { " GB_MONTH FIGURES " } }"
#define DISK_CLASS                                                            \
  "{ 'code': 'DISK', 'name': 'My disk', 'tier': 'hot', 'note': 'mine', " DISK \
  ", 'figures': { " FIGURES " } }"

#define SHEET                                                                           \
  "{ '$schema': './schema.json', 'format': 1, 'provider': 'mine', 'name': 'My prices'," \
  " 'region': 'home', 'currency': 'EUR', 'date': '2026-11-22', 'notes': [ 'a note' ],"  \
  " 'left_out': [ { 'code': 'X', 'name': 'Ten', 'reason': 'no price' } ], " SOURCES     \
  ", 'classes': [ " COLD_CLASS ", " DISK_CLASS " ] }"

/* (transfer full): SHEET with the first @from replaced by @to; @from must be in it. */
GBytes *sheet_text_replace (const char *from, const char *to);
/* (transfer full): with single quotes turned into double ones. */
GBytes *sheet_text_bytes (const char *text);

G_END_DECLS
