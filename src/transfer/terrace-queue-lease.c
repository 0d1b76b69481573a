/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the catalogue about leases. Main thread, except the functions that take a
 * TerraceConnection. */

#include "config.h"

#include "transfer/terrace-queue-lease.h"

#include "catalog/terrace-move-table.h"
#include "transfer/terrace-queue-owner.h"

typedef struct
{
  char *owner;
  gint64 lease_until_us;
  GArray *held;
  GArray *lost;
} LeaseRenewal;

typedef struct
{
  char *owner;
  GPtrArray *moves;
} LeaseRequests;

static void
lease_renewal_free (LeaseRenewal *renewal)
{
  g_free (renewal->owner);
  g_array_unref (renewal->held);
  g_clear_pointer (&renewal->lost, g_array_unref);
  g_free (renewal);
}

static void
lease_requests_free (LeaseRequests *requests)
{
  g_free (requests->owner);
  g_clear_pointer (&requests->moves, g_ptr_array_unref);
  g_free (requests);
}

static gboolean
lease_bury_dead (TerraceConnection *connection, const char *own, GError **error)
{
  g_autoptr (GPtrArray) owners = terrace_move_table_owners (connection, error);

  if (owners == NULL)
    return FALSE;

  for (guint i = 0; i < owners->len; i++)
    {
      const char *owner = g_ptr_array_index (owners, i);

      if (g_strcmp0 (owner, own) != 0 && terrace_queue_owner_is_dead (owner) &&
          !terrace_move_table_expire_owner (connection, owner, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
lease_renew_write (TerraceConnection *connection, gpointer data, GError **error)
{
  LeaseRenewal *renewal = data;

  g_clear_pointer (&renewal->lost, g_array_unref);
  renewal->lost = g_array_new (FALSE, FALSE, sizeof (gint64));

  return lease_bury_dead (connection, renewal->owner, error) &&
         (renewal->held->len == 0 ||
          terrace_move_table_renew (connection, renewal->owner, renewal->lease_until_us,
                                    (const gint64 *) (gpointer) renewal->held->data,
                                    renewal->held->len, renewal->lost, error));
}

static void
lease_renew_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LeaseRenewal *renewal = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&renewal->lost), (GDestroyNotify) g_array_unref);
}

void
terrace_queue_lease_renew_async (TerraceCatalog *catalog,
                                 const char *owner,
                                 gint64 lease_until_us,
                                 GArray *held,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  LeaseRenewal *renewal = g_new0 (LeaseRenewal, 1);

  g_task_set_source_tag (task, terrace_queue_lease_renew_async);
  g_task_set_task_data (task, renewal, (GDestroyNotify) lease_renewal_free);
  renewal->owner = g_strdup (owner);
  renewal->lease_until_us = lease_until_us;
  renewal->held = g_array_ref (held);
  terrace_catalog_write_async (catalog, lease_renew_write, renewal, 0, NULL, lease_renew_cb, task);
}

GArray *
terrace_queue_lease_renew_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
lease_requested_read (TerraceConnection *connection, gpointer data, GError **error)
{
  LeaseRequests *requests = data;

  requests->moves = terrace_move_table_requested (connection, requests->owner, error);

  return requests->moves != NULL;
}

static void
lease_requested_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LeaseRequests *requests = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&requests->moves),
                           (GDestroyNotify) g_ptr_array_unref);
}

void
terrace_queue_lease_requested_async (TerraceCatalog *catalog,
                                     const char *owner,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  LeaseRequests *requests = g_new0 (LeaseRequests, 1);

  g_task_set_source_tag (task, terrace_queue_lease_requested_async);
  g_task_set_task_data (task, requests, (GDestroyNotify) lease_requests_free);
  requests->owner = g_strdup (owner);
  terrace_catalog_read_async (catalog, lease_requested_read, requests, NULL, lease_requested_cb,
                              task);
}

GPtrArray *
terrace_queue_lease_requested_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
