/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Folders of small objects that would be cheaper as one. Summed up on a catalogue thread, weighed
 * on the main thread. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "insight/terrace-packing.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Larger ones are no trouble alone. */
#define SMALL_BYTES (1024 * 1024)
#define MAX_ADVICE 100

/* Small, cold objects of one folder, location and class. */
typedef struct
{
  gint64 location_id;
  char *folder;
  char *class_id;
  double days_sum;
  TerracePackingUse use;
} Folder;

typedef struct
{
  TerraceAssessor *assessor;
  GHashTable *folders;
} Packing;

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_free (folder->folder);
  g_free (folder->class_id);
  g_free (folder);
}

static void
packing_state_free (Packing *packing)
{
  terrace_assessor_free (packing->assessor);
  g_hash_table_unref (packing->folders);
  g_free (packing);
}

void
terrace_packing_free (TerracePacking *self)
{
  g_free (self->folder);
  g_free (self->class_id);
  g_free (self->sentence);
  g_free (self);
}

/* --- On the catalogue's thread ------------------------------------------------------------- */

static void
count_item (Packing *packing, TerraceItem *item)
{
  const char *slash = strrchr (item->key, '/');
  const gsize length = slash != NULL ? (gsize) (slash - item->key) : 0;
  const gint64 now_us = terrace_assessor_get_now_us (packing->assessor);
  g_autofree char *id = NULL;
  Folder *folder;

  if (item->moving || item->missing || item->size_bytes == 0 || item->size_bytes >= SMALL_BYTES ||
      item->temperature != TERRACE_TEMPERATURE_COLD)
    return;
  id = g_strdup_printf ("%" G_GINT64_FORMAT "\n%s\n%.*s", item->location_id, item->class_id,
                        (int) length, item->key);
  folder = g_hash_table_lookup (packing->folders, id);
  if (folder == NULL)
    {
      folder = g_new0 (Folder, 1);
      folder->location_id = item->location_id;
      folder->folder = g_strndup (item->key, length);
      folder->class_id = g_strdup (item->class_id);
      g_hash_table_insert (packing->folders, g_steal_pointer (&id), folder);
    }
  folder->use.n_objects++;
  folder->use.size_bytes += item->size_bytes;
  folder->use.reads_per_month += item->reads_per_month;
  folder->days_sum += (double) MAX (now_us - item->class_since_us, 0) / TERRACE_US_PER_DAY;
}

static gboolean
sum_up (TerraceConnection *connection, gpointer data, GError **error)
{
  Packing *packing = data;
  g_autoptr (TerraceItem) last = NULL;
  TerraceItemFilter filter;

  if (!terrace_assessor_load_room (packing->assessor, connection, error))
    return FALSE;
  terrace_item_filter_init (&filter);
  while (TRUE)
    {
      g_autoptr (GPtrArray) items =
          terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, last,
                                   TERRACE_LIMIT_BATCH_ITEMS, error);

      if (items == NULL)
        return FALSE;
      for (guint i = 0; i < items->len; i++)
        count_item (packing, g_ptr_array_index (items, i));
      if (items->len < TERRACE_LIMIT_BATCH_ITEMS)
        return TRUE;
      g_set_object (&last, g_ptr_array_index (items, items->len - 1));
    }
}

/* --- On the main thread -------------------------------------------------------------------- */

/* (transfer full): one sentence. */
static char *
explain (const Folder *folder,
         const TerracePackingAdvice *advice,
         const char *place,
         const char *currency)
{
  g_autofree char *saving = terrace_format_money (advice->saving_month, currency);
  g_autofree char *separate = terrace_format_money (advice->separate_saving_month, currency);
  g_autofree char *once = terrace_format_money (advice->once, currency);

  /* Translators: 1st: a number; 2nd: a storage class; 3rd to 5th: money */
  return g_strdup_printf (_ ("Pack these %1$" G_GUINT64_FORMAT
                             " small objects into one and move it "
                             "to %2$s: saves %3$s a month, one by one only %4$s; costs %5$s once"),
                          folder->use.n_objects, place, saving, separate, once);
}

/* (transfer full) (nullable): %NULL if the bill does not say so. */
static TerracePacking *
weigh (TerraceEngine *self, Packing *packing, Folder *folder)
{
  const TerraceCandidate *candidates;
  int n_candidates;
  const int current = terrace_assessor_find_place (packing->assessor, folder->location_id,
                                                   folder->class_id, &candidates, &n_candidates);
  TerracePackingAdvice advice;
  TerracePacking *found;

  if (current < 0)
    return NULL;
  folder->use.days_in_class = folder->days_sum / (double) folder->use.n_objects;
  folder->use.egress_counts = self->policy.egress_counts;
  terrace_packing_weigh (&folder->use, &self->policy, candidates, n_candidates, current, &advice);
  if (advice.candidate < 0)
    return NULL;
  found = g_new0 (TerracePacking, 1);
  found->location_id = folder->location_id;
  found->folder = g_strdup (folder->folder);
  found->n_objects = folder->use.n_objects;
  found->size_bytes = folder->use.size_bytes;
  found->class_id = g_strdup (candidates[advice.candidate].storage_class->id);
  found->saving_nanos = terrace_money_to_nanos (advice.saving_month);
  found->once_nanos = terrace_money_to_nanos (advice.once);
  found->sentence = explain (folder, &advice, candidates[advice.candidate].storage_class->name,
                             terrace_engine_get_currency (self));
  return found;
}

static int
compare_savings (gconstpointer a, gconstpointer b)
{
  const TerracePacking *first = *(const TerracePacking *const *) a;
  const TerracePacking *second = *(const TerracePacking *const *) b;

  if (first->saving_nanos != second->saving_nanos)
    return first->saving_nanos > second->saving_nanos ? -1 : 1;
  return strcmp (first->folder, second->folder);
}

static void
sum_up_done (TerraceEngine *self, GTask *task)
{
  Packing *packing = g_task_get_task_data (task);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_packing_free);
  GHashTableIter iter;
  gpointer folder;

  g_hash_table_iter_init (&iter, packing->folders);
  while (g_hash_table_iter_next (&iter, NULL, &folder))
    {
      TerracePacking *one = weigh (self, packing, folder);

      if (one != NULL)
        g_ptr_array_add (found, one);
    }
  g_ptr_array_sort (found, compare_savings);
  if (found->len > MAX_ADVICE)
    g_ptr_array_set_size (found, MAX_ADVICE);
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

void
terrace_engine_find_packing_async (TerraceEngine *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  Packing *packing;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_find_packing_async, cancellable, callback,
                                  user_data);
  packing = g_new0 (Packing, 1);
  packing->assessor = terrace_engine_new_assessor (self);
  packing->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, folder_free);
  g_task_set_task_data (task, packing, (GDestroyNotify) packing_state_free);
  terrace_engine_read_step (self, task, sum_up, sum_up_done);
}

GPtrArray *
terrace_engine_find_packing_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
