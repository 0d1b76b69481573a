/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Changes of files below a folder. Folders are walked on a thread; monitors and events are the main
 * thread's. */

#include "config.h"

#include "stream/terrace-folder-source.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-worker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DELIVER_MS 100
#define SCAN_MS 60000

struct _TerraceFolderSource
{
  TerraceSource parent_instance;

  /* inputs */
  TerraceClock *clock;
  char *location;
  char *prefix;

  /* in progress */
  TerraceWorker *worker;
  GHashTable *monitors; /* (element-type filename GFileMonitor) */
  TerraceSourceBatch *batch;
  guint deliver_timeout;
  guint scan_timeout;
  gint64 scanned_us;
  gboolean walking;
  gboolean too_many;
  GTask *stopping;
};

G_DEFINE_FINAL_TYPE (TerraceFolderSource, terrace_folder_source, TERRACE_TYPE_SOURCE)

static void walk (TerraceFolderSource *self, const char *folder, gboolean tell_files);
static void watch (TerraceFolderSource *self, const char *folder);

/* --- Events -------------------------------------------------------------------------------- */

static void
deliver (TerraceFolderSource *self)
{
  g_autoptr (TerraceSourceBatch) batch = g_steal_pointer (&self->batch);

  self->batch = terrace_source_batch_new ();
  terrace_source_deliver (TERRACE_SOURCE (self), g_steal_pointer (&batch));
}

static gboolean
deliver_cb (gpointer user_data)
{
  TerraceFolderSource *self = user_data;

  self->deliver_timeout = 0;
  deliver (self);

  return G_SOURCE_REMOVE;
}

static void
add_event (TerraceFolderSource *self, TerraceStreamKind kind, const char *path, guint64 bytes)
{
  const char *root = terrace_source_get_settings (TERRACE_SOURCE (self))->address;
  g_autofree char *key = NULL;
  TerraceStreamEvent event;
  gsize length = strlen (root);

  if (!g_str_has_prefix (path, root) || path[length] != G_DIR_SEPARATOR)
    return;
  /* The kernel does not wait for us: what is too much is lost, and counted. */
  if (terrace_source_batch_is_full (self->batch) ||
      !terrace_source_has_room (TERRACE_SOURCE (self)))
    {
      self->batch->n_dropped++;
      return;
    }

  key = g_strconcat (self->prefix, path + length + 1, NULL);
  terrace_stream_event_init (&event, kind, terrace_clock_get_now_us (self->clock));
  event.location = terrace_source_batch_add_text (self->batch, self->location, -1);
  event.key = terrace_source_batch_add_text (self->batch, key, -1);
  event.bytes = bytes;
  terrace_source_batch_add (self->batch, &event);
  if (self->deliver_timeout == 0)
    self->deliver_timeout = terrace_clock_add_timeout (self->clock, DELIVER_MS, deliver_cb, self);
}

static void
changed_cb (TerraceFolderSource *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  const char *path = g_file_peek_path (file);

  if (self->stopping != NULL || path == NULL)
    return;
  switch (event)
    {
    case G_FILE_MONITOR_EVENT_CREATED:
    case G_FILE_MONITOR_EVENT_MOVED_IN:
      /* A folder is watched from now on, and what came into it meanwhile is told. */
      if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL) ==
          G_FILE_TYPE_DIRECTORY)
        walk (self, path, TRUE);
      else
        add_event (self, TERRACE_STREAM_CREATE, path, 0);
      break;
    case G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT:
      add_event (self, TERRACE_STREAM_WRITE, path, 0);
      break;
    case G_FILE_MONITOR_EVENT_DELETED:
    case G_FILE_MONITOR_EVENT_MOVED_OUT:
      if (!g_hash_table_remove (self->monitors, path))
        add_event (self, TERRACE_STREAM_DELETE, path, 0);
      break;
    case G_FILE_MONITOR_EVENT_RENAMED:
      add_event (self, TERRACE_STREAM_DELETE, path, 0);
      if (other != NULL && g_file_peek_path (other) != NULL)
        add_event (self, TERRACE_STREAM_CREATE, g_file_peek_path (other), 0);
      break;
    case G_FILE_MONITOR_EVENT_CHANGED:
    case G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED:
    case G_FILE_MONITOR_EVENT_PRE_UNMOUNT:
    case G_FILE_MONITOR_EVENT_UNMOUNTED:
    case G_FILE_MONITOR_EVENT_MOVED:
    default:
      break;
    }
}

/* --- Walking ------------------------------------------------------------------------------- */

typedef struct
{
  char *folder;
  gboolean tell_files;
  gint64 since_us; /* tell only what changed since */
  GPtrArray *folders;
  GPtrArray *files;
  gboolean too_many;
} Walk;

static void
walk_free (Walk *walk)
{
  g_free (walk->folder);
  g_ptr_array_unref (walk->folders);
  g_ptr_array_unref (walk->files);
  g_free (walk);
}

static void
note_entry (Walk *walk, const char *folder, GFileInfo *info)
{
  g_autofree char *path = g_build_filename (folder, g_file_info_get_name (info), NULL);
  GFileType type = g_file_info_get_file_type (info);
  gint64 changed_us =
      (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) *
      TERRACE_US_PER_SECOND;

  if (type == G_FILE_TYPE_DIRECTORY)
    g_ptr_array_add (walk->folders, g_steal_pointer (&path));
  else if (type == G_FILE_TYPE_REGULAR && walk->tell_files && changed_us >= walk->since_us &&
           walk->files->len < TERRACE_LIMIT_STREAM_BATCH_EVENTS)
    g_ptr_array_add (walk->files, g_steal_pointer (&path));
}

/* Breadth first, the list of folders is what is still to do as well. */
static void
walk_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Walk *walk = data;

  g_ptr_array_add (walk->folders, g_strdup (walk->folder));
  for (guint i = 0; i < walk->folders->len; i++)
    {
      const char *path = g_ptr_array_index (walk->folders, i);
      g_autoptr (GFile) folder = g_file_new_for_path (path);
      g_autoptr (GFileEnumerator) entries = NULL;
      GFileInfo *info;

      /* A scan looks at all of them, watching at no more than the bound. */
      if (i >= TERRACE_LIMIT_WATCHES && walk->since_us == 0)
        {
          walk->too_many = TRUE;
          break;
        }
      entries = g_file_enumerate_children (folder,
                                           G_FILE_ATTRIBUTE_STANDARD_NAME
                                           "," G_FILE_ATTRIBUTE_STANDARD_TYPE
                                           "," G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                           G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
      while (entries != NULL && g_file_enumerator_iterate (entries, &info, NULL, NULL, NULL) &&
             info != NULL)
        note_entry (walk, path, info);
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
scan_cb (gpointer user_data)
{
  TerraceFolderSource *self = user_data;

  walk (self, terrace_source_get_settings (TERRACE_SOURCE (self))->address, TRUE);

  return G_SOURCE_CONTINUE;
}

static void
fall_back (TerraceFolderSource *self)
{
  if (self->too_many)
    return;
  self->too_many = TRUE;
  g_hash_table_remove_all (self->monitors);
  self->scanned_us = terrace_clock_get_now_us (self->clock);
  self->scan_timeout = terrace_clock_add_timeout (self->clock, SCAN_MS, scan_cb, self);
  terrace_source_set_state (TERRACE_SOURCE (self), TERRACE_SOURCE_RUNNING,
                            _ ("More folders than can be watched: they are scanned once a minute, "
                               "and what is deleted is not noticed"));
}

static void end (TerraceFolderSource *self);

static void
walk_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  TerraceFolderSource *self = TERRACE_FOLDER_SOURCE (object);
  Walk *walk = g_task_get_task_data (G_TASK (result));

  self->walking = FALSE;
  if (self->stopping != NULL)
    {
      end (self);
      return;
    }
  if (walk->since_us > 0)
    self->scanned_us = walk->since_us;
  if (walk->too_many ||
      g_hash_table_size (self->monitors) + walk->folders->len > TERRACE_LIMIT_WATCHES)
    fall_back (self);
  for (guint i = 0; i < walk->folders->len && !self->too_many; i++)
    watch (self, g_ptr_array_index (walk->folders, i));
  for (guint i = 0; i < walk->files->len; i++)
    add_event (self, self->too_many ? TERRACE_STREAM_WRITE : TERRACE_STREAM_CREATE,
               g_ptr_array_index (walk->files, i), 0);
  if (terrace_source_get_state (TERRACE_SOURCE (self)) == TERRACE_SOURCE_CONNECTING)
    terrace_source_set_state (TERRACE_SOURCE (self), TERRACE_SOURCE_RUNNING, NULL);
}

static void
walk (TerraceFolderSource *self, const char *folder, gboolean tell_files)
{
  Walk *state = g_new0 (Walk, 1);
  GTask *task = g_task_new (self, NULL, walk_cb, NULL);

  state->folder = g_strdup (folder);
  state->tell_files = tell_files;
  state->since_us = self->too_many ? self->scanned_us : 0;
  if (self->too_many)
    self->scanned_us = terrace_clock_get_now_us (self->clock);
  state->folders = g_ptr_array_new_with_free_func (g_free);
  state->files = g_ptr_array_new_with_free_func (g_free);
  self->walking = TRUE;
  g_task_set_task_data (task, state, (GDestroyNotify) walk_free);
  terrace_worker_queue (self->worker, G_PRIORITY_LOW, walk_work, task);
}

static void
watch (TerraceFolderSource *self, const char *path)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor;

  if (g_hash_table_contains (self->monitors, path))
    return;
  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (monitor == NULL)
    {
      fall_back (self);
      return;
    }
  g_signal_connect_object (monitor, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->monitors, g_strdup (path), monitor);
}

/* --- The source's virtual functions -------------------------------------------------------- */

static void
end_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceFolderSource *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_clear_object (&self->worker);
  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
end (TerraceFolderSource *self)
{
  g_hash_table_remove_all (self->monitors);
  if (self->deliver_timeout != 0)
    terrace_clock_remove_timeout (self->clock, self->deliver_timeout);
  if (self->scan_timeout != 0)
    terrace_clock_remove_timeout (self->clock, self->scan_timeout);
  self->deliver_timeout = self->scan_timeout = 0;
  deliver (self);
  terrace_worker_shutdown_async (self->worker, NULL, end_cb, g_steal_pointer (&self->stopping));
}

static void
terrace_folder_source_start (TerraceSource *source)
{
  TerraceFolderSource *self = TERRACE_FOLDER_SOURCE (source);

  self->batch = terrace_source_batch_new ();
  self->worker = terrace_worker_new ("terrace-watch", 1);
  walk (self, terrace_source_get_settings (source)->address, FALSE);
}

static void
terrace_folder_source_stop_async (TerraceSource *source, GTask *task)
{
  TerraceFolderSource *self = TERRACE_FOLDER_SOURCE (source);

  self->stopping = task;
  if (!self->walking)
    end (self);
}

static void
terrace_folder_source_finalize (GObject *object)
{
  TerraceFolderSource *self = TERRACE_FOLDER_SOURCE (object);

  g_free (self->location);
  g_free (self->prefix);
  g_hash_table_unref (self->monitors);
  g_clear_pointer (&self->batch, terrace_source_batch_unref);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (terrace_folder_source_parent_class)->finalize (object);
}

static void
terrace_folder_source_class_init (TerraceFolderSourceClass *klass)
{
  TerraceSourceClass *source_class = TERRACE_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = terrace_folder_source_finalize;
  source_class->start = terrace_folder_source_start;
  source_class->stop_async = terrace_folder_source_stop_async;
}

static void
terrace_folder_source_init (TerraceFolderSource *self)
{
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

TerraceSource *
terrace_folder_source_new (const TerraceSourceSettings *settings,
                           TerraceClock *clock,
                           const char *location,
                           const char *prefix)
{
  TerraceFolderSource *self = g_object_new (TERRACE_TYPE_FOLDER_SOURCE, "settings", settings, NULL);

  self->clock = g_object_ref (clock);
  self->location = g_strdup (location);
  self->prefix = g_strdup (prefix);

  return TERRACE_SOURCE (self);
}
