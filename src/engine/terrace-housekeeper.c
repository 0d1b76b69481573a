/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A round of short write transactions, every hour by the injected clock. Main thread but for the
 * functions handed to the catalogue. */

#include "config.h"

#include "engine/terrace-housekeeper.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"
#include "catalog/terrace-cost-table.h"

#define ROUND_MS (60 * 60 * 1000)

struct _TerraceHousekeeper
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog;
  TerraceClock *clock;

  /* in progress */
  GCancellable *cancellable;
  guint timeout_id;
  gboolean working;
  gboolean due_again;
  gint64 compacted_day; /* 0 until accesses were compacted */
};

G_DEFINE_FINAL_TYPE (TerraceHousekeeper, terrace_housekeeper, G_TYPE_OBJECT)

/* What one round carries from step to step. */
typedef struct
{
  TerraceHousekeeper *keeper;
  gint64 day;
  gint64 after_item;
  gboolean compacted;
} Chore;

static void
chore_free (Chore *self)
{
  g_object_unref (self->keeper);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chore, chore_free)

static gboolean
note_costs (TerraceConnection *connection, gpointer data, GError **error)
{
  Chore *chore = data;

  return terrace_cost_table_note (connection, chore->day, error);
}

static gboolean
compact_accesses (TerraceConnection *connection, gpointer data, GError **error)
{
  Chore *chore = data;

  return terrace_access_table_compact (connection, chore->day, &chore->after_item,
                                       TERRACE_LIMIT_BATCH_ITEMS, &chore->compacted, error);
}

static void housekeeper_work (TerraceHousekeeper *self);

static void
housekeeper_rest (TerraceHousekeeper *self, const GError *error)
{
  self->working = FALSE;
  /* A locked or full catalogue is said by whatever a person does with it; the next round makes up
   * for this one. */
  if (error != NULL && !terrace_error_is_cancelled (error))
    g_info ("Housekeeping was put off: %s", error->message);
  if (self->due_again && !g_cancellable_is_cancelled (self->cancellable))
    housekeeper_work (self);
}

static void compact_next (Chore *chore);

static void
compact_accesses_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Chore) chore = user_data;
  TerraceHousekeeper *self = chore->keeper;
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (source), result, &error))
    housekeeper_rest (self, error);
  else if (!chore->compacted)
    compact_next (g_steal_pointer (&chore));
  else
    {
      self->compacted_day = chore->day;
      housekeeper_rest (self, NULL);
    }
}

static void
compact_next (Chore *chore)
{
  TerraceHousekeeper *self = chore->keeper;

  terrace_catalog_write_async (self->catalog, compact_accesses, chore, 0, self->cancellable,
                               compact_accesses_cb, chore);
}

static void
note_costs_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Chore) chore = user_data;
  TerraceHousekeeper *self = chore->keeper;
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (source), result, &error))
    housekeeper_rest (self, error);
  else if (self->compacted_day != chore->day)
    compact_next (g_steal_pointer (&chore));
  else
    housekeeper_rest (self, NULL);
}

static void
housekeeper_work (TerraceHousekeeper *self)
{
  Chore *chore = g_new0 (Chore, 1);

  self->working = TRUE;
  self->due_again = FALSE;
  chore->keeper = g_object_ref (self);
  chore->day = terrace_clock_get_now_us (self->clock) / TERRACE_US_PER_DAY;
  terrace_catalog_write_async (self->catalog, note_costs, chore, 0, self->cancellable,
                               note_costs_cb, chore);
}

static gboolean
round_cb (gpointer user_data)
{
  TerraceHousekeeper *self = user_data;

  if (self->working)
    self->due_again = TRUE;
  else
    housekeeper_work (self);
  return G_SOURCE_CONTINUE;
}

void
terrace_housekeeper_stop (TerraceHousekeeper *self)
{
  g_return_if_fail (TERRACE_IS_HOUSEKEEPER (self));

  g_cancellable_cancel (self->cancellable);
  if (self->timeout_id != 0)
    terrace_clock_remove_timeout (self->clock, self->timeout_id);
  self->timeout_id = 0;
}

static void
terrace_housekeeper_dispose (GObject *object)
{
  TerraceHousekeeper *self = TERRACE_HOUSEKEEPER (object);

  terrace_housekeeper_stop (self);

  G_OBJECT_CLASS (terrace_housekeeper_parent_class)->dispose (object);
}

static void
terrace_housekeeper_finalize (GObject *object)
{
  TerraceHousekeeper *self = TERRACE_HOUSEKEEPER (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->catalog);
  g_object_unref (self->clock);

  G_OBJECT_CLASS (terrace_housekeeper_parent_class)->finalize (object);
}

static void
terrace_housekeeper_class_init (TerraceHousekeeperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_housekeeper_dispose;
  object_class->finalize = terrace_housekeeper_finalize;
}

static void
terrace_housekeeper_init (TerraceHousekeeper *self)
{
  self->cancellable = g_cancellable_new ();
}

TerraceHousekeeper *
terrace_housekeeper_new (TerraceCatalog *catalog, TerraceClock *clock)
{
  TerraceHousekeeper *self;

  g_return_val_if_fail (TERRACE_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);

  self = g_object_new (TERRACE_TYPE_HOUSEKEEPER, NULL);
  self->catalog = g_object_ref (catalog);
  self->clock = g_object_ref (clock);
  self->timeout_id = terrace_clock_add_timeout (clock, ROUND_MS, round_cb, self);
  housekeeper_work (self);
  return self;
}
