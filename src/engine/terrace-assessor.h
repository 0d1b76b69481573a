/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "insight/terrace-planner.h"
#include "model/terrace-item.h"
#include "model/terrace-location.h"

/* Classifies and plans items with what was known at one moment: classes, places, policy, time. Made
 * on the main thread; afterwards it belongs to one operation, which may use it on the catalogue's
 * thread. Counts what it has already sent to a place, so that a plan never overfills one. */

G_BEGIN_DECLS

typedef struct _TerraceAssessor TerraceAssessor;

/**
 * TerraceAssessment:
 * What was decided for one item. The candidates are the assessor's, valid until its next use.
 */
typedef struct
{
  TerraceUse use;
  TerraceDecision decision;
  const TerraceCandidate *candidates;
  int n_candidates;
  int current;
} TerraceAssessment;

/* @classes: (element-type utf8 TerraceStorageClass): never changed once it is shared. */
TerraceAssessor *terrace_assessor_new (GHashTable *classes,
                                       GListModel *locations,
                                       const TerracePolicy *policy,
                                       const char *currency,
                                       gint64 now_us);
void terrace_assessor_free (TerraceAssessor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAssessor, terrace_assessor_free)

/* Reads what was foreseen of @items, for the assessments that follow; a forecast that is too old
 * counts for nothing. Without it the plain rates decide. */
gboolean terrace_assessor_foresee (TerraceAssessor *self,
                                   TerraceConnection *connection,
                                   GPtrArray *items,
                                   GError **error);

/* Takes off each place's room what lies there and what is on its way, and off the month's budget
 * what its moves have cost; the first call counts. */
gboolean
terrace_assessor_load_room (TerraceAssessor *self, TerraceConnection *connection, GError **error);

/* Between these two an assessment only notes what its move would bring: of the month's budget those
 * then get a share that bring the most for the money. terrace_assessor_load_room() comes first. */
void terrace_assessor_begin_ranking (TerraceAssessor *self);
void terrace_assessor_end_ranking (TerraceAssessor *self);

/* The index of a place in @candidates (of the assessor), -1 if its class is in no sheet. */
int terrace_assessor_find_place (TerraceAssessor *self,
                                 gint64 location_id,
                                 const char *class_id,
                                 const TerraceCandidate **candidates,
                                 int *n_candidates);

/* (nullable) */
TerraceStorageClass *terrace_assessor_find_class (TerraceAssessor *self, const char *class_id);
gint64 terrace_assessor_get_now_us (TerraceAssessor *self);
const TerracePolicy *terrace_assessor_get_policy (TerraceAssessor *self);

/* Fills the fields of @item that classifying and planning decide. %FALSE if its class is in no
 * sheet: then the item's reason says so. @assessment: (out) (optional). */
gboolean
terrace_assessor_assess (TerraceAssessor *self, TerraceItem *item, TerraceAssessment *assessment);

/* The bill of @item in @to_class_id at @dest_location_id, with what getting there costs once, and
 * what it would save a month. %FALSE if one of the classes is in no sheet. */
gboolean terrace_assessor_price (TerraceAssessor *self,
                                 TerraceItem *item,
                                 gint64 dest_location_id,
                                 const char *to_class_id,
                                 gint64 *saving_nanos,
                                 TerraceBill *bill);

/* What being in @to at @dest_location_id would save a month and cost once, with the part of
 * it that is for leaving today's class early. */
void terrace_assessor_compare (TerraceAssessor *self,
                               TerraceItem *item,
                               gint64 dest_location_id,
                               const char *to_class_id,
                               gint64 *saving_nanos,
                               gint64 *once_nanos,
                               gint64 *leave_nanos);

G_END_DECLS
