/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every call can be cancelled: before it starts, and while it waits or works. Its callback comes
 * exactly once, and says cancelled unless the work was done already. */

#include "contract-suite.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "terrace-test-support.h"

#define PART_BYTES (1024 * 1024)

typedef struct
{
  TerraceProvider *provider;
  TerraceObjectInfo *info;
  GBytes *bytes;
  char *upload;
  GPtrArray *parts;
  TerraceWriteOptions options;
} Situation;

typedef enum
{
  CALL_PROBE,
  CALL_LIST,
  CALL_STAT,
  CALL_READ,
  CALL_BEGIN,
  CALL_RESUME,
  CALL_WRITE,
  CALL_FINISH,
  CALL_ABORT,
  CALL_COPY,
  CALL_REMOVE,
  N_CALLS
} Call;

static void
start (Situation *s, Call call, GCancellable *cancellable, GAsyncResult **result)
{
  GAsyncReadyCallback cb = terrace_test_store_result;
  TerraceProvider *p = s->provider;
  TerraceWriteOptions other = { "other", PART_BYTES, PART_BYTES, NULL, NULL };

  switch (call)
    {
    case CALL_PROBE:
      terrace_provider_probe_async (p, cancellable, cb, result);
      break;
    case CALL_LIST:
      terrace_provider_list_async (p, "", NULL, cancellable, cb, result);
      break;
    case CALL_STAT:
      terrace_provider_stat_async (p, "key", cancellable, cb, result);
      break;
    case CALL_READ:
      terrace_provider_read_range_async (p, "key", s->info->version, 0, PART_BYTES, cancellable, cb,
                                         result);
      break;
    case CALL_BEGIN:
      terrace_provider_begin_async (p, "begun", &other, cancellable, cb, result);
      break;
    case CALL_RESUME:
      terrace_provider_resume_async (p, "new", s->upload, &s->options, cancellable, cb, result);
      break;
    case CALL_WRITE:
      terrace_provider_write_part_async (p, "new", s->upload, 0, 0, s->bytes, cancellable, cb,
                                         result);
      break;
    case CALL_FINISH:
      terrace_provider_finish_async (p, "new", s->upload, s->parts, &s->options, cancellable, cb,
                                     result);
      break;
    case CALL_ABORT:
      terrace_provider_abort_async (p, "new", s->upload, cancellable, cb, result);
      break;
    case CALL_COPY:
      terrace_provider_copy_from_async (p, "copy", &other, p, "key", s->info->version, cancellable,
                                        cb, result);
      break;
    case CALL_REMOVE:
      terrace_provider_remove_async (p, "key", s->info->version, "rm", cancellable, cb, result);
      break;
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

/* Whether the call succeeded; what it returned is dropped. */
static gboolean
end (TerraceProvider *p, Call call, GAsyncResult *result, GError **error)
{
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (TerraceListing) listing = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  g_autofree char *text = NULL;

  switch (call)
    {
    case CALL_PROBE:
      return (probe = terrace_provider_probe_finish (p, result, error)) != NULL;
    case CALL_LIST:
      return (listing = terrace_provider_list_finish (p, result, error)) != NULL;
    case CALL_STAT:
      return (info = terrace_provider_stat_finish (p, result, error)) != NULL;
    case CALL_READ:
      return (bytes = terrace_provider_read_range_finish (p, result, error)) != NULL;
    case CALL_BEGIN:
      return (text = terrace_provider_begin_finish (p, result, error)) != NULL;
    case CALL_RESUME:
      return (parts = terrace_provider_resume_finish (p, result, error)) != NULL;
    case CALL_WRITE:
      return (text = terrace_provider_write_part_finish (p, result, error)) != NULL;
    case CALL_FINISH:
      return (info = terrace_provider_finish_finish (p, result, error)) != NULL;
    case CALL_ABORT:
      return terrace_provider_abort_finish (p, result, error);
    case CALL_COPY:
      return (info = terrace_provider_copy_from_finish (p, result, error)) != NULL;
    case CALL_REMOVE:
      return terrace_provider_remove_finish (p, result, error);
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
has_call (ContractFixture *fixture, Call call)
{
  return call != CALL_COPY || (fixture->factory->capabilities & TERRACE_CAPABILITY_COPY_FROM) != 0;
}

static void
situation_init (Situation *s, ContractFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  s->provider = fixture->provider;
  s->options = (TerraceWriteOptions){ "token", PART_BYTES, PART_BYTES, NULL, NULL };
  s->bytes = contract_make_bytes (PART_BYTES, 1);
  s->info = contract_put (s->provider, "key", "put", s->bytes, PART_BYTES);
  s->upload = contract_begin (s->provider, "new", &s->options, &error);
  g_assert_no_error (error);
  s->parts = contract_new_parts ();
  contract_add_part (s->parts, 0, 0, PART_BYTES,
                     contract_write (s->provider, "new", s->upload, 0, 0, s->bytes, &error));
  g_assert_no_error (error);
}

static void
situation_clear (Situation *s)
{
  g_ptr_array_unref (s->parts);
  g_free (s->upload);
  terrace_object_info_free (s->info);
  g_bytes_unref (s->bytes);
}

static void
test_cancelled_before (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Situation s;
  guint traces;

  situation_init (&s, fixture);
  traces = fixture->factory->count_traces (fixture->place);
  g_cancellable_cancel (cancellable);
  for (Call call = 0; call < N_CALLS; call++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (!has_call (fixture, call))
        continue;
      start (&s, call, cancellable, &result);
      g_assert_null (result);
      terrace_test_await (&result);
      g_assert_false (end (s.provider, call, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      terrace_test_settle ();
    }

  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, traces);
  contract_assert_holds (s.provider, "key", s.bytes);
  situation_clear (&s);
}

/* All calls at once, cancelled while they wait or work: what they say is what is there. */
static void
test_cancelled_during (ContractFixture *fixture, gconstpointer data)
{
  Situation s;

  situation_init (&s, fixture);
  for (Call call = 0; call < N_CALLS; call++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gboolean done;

      if (!has_call (fixture, call))
        continue;
      start (&s, call, cancellable, &result);
      g_cancellable_cancel (cancellable);
      g_assert_null (result);
      terrace_test_await (&result);
      done = end (s.provider, call, result, &error);
      if (!done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      terrace_test_settle ();

      if (call == CALL_REMOVE && done)
        contract_assert_absent (s.provider, "key");
      else
        contract_assert_holds (s.provider, "key", s.bytes);
      if (call == CALL_COPY && done)
        contract_assert_holds (s.provider, "copy", s.bytes);
      if (call == CALL_FINISH && done)
        contract_assert_holds (s.provider, "new", s.bytes);
    }
  situation_clear (&s);
}

void
contract_add_cancelling (const ContractFactory *factory)
{
  contract_add (factory, "cancelled-before", test_cancelled_before);
  contract_add (factory, "cancelled-during", test_cancelled_during);
}
