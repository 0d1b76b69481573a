/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider.h"

/* A provider around another one that counts the calls, and fails, corrupts, holds back or kills
 * where a test asks for it. Calls that no test needs are not passed on. Main thread. */

G_BEGIN_DECLS

#define FAULT_TYPE_PROVIDER (fault_provider_get_type ())
G_DECLARE_FINAL_TYPE (FaultProvider, fault_provider, FAULT, PROVIDER, GObject)

typedef enum
{
  FAULT_CALL_STAT,
  FAULT_CALL_READ,
  FAULT_CALL_BEGIN,
  FAULT_CALL_RESUME,
  FAULT_CALL_WRITE,
  FAULT_CALL_FINISH,
  FAULT_CALL_ABORT,
  FAULT_CALL_COPY_FROM,
  FAULT_CALL_REMOVE,
  /* A kill at one of those that a plain move makes comes for certain; not at these. */
  N_USUAL_FAULT_CALLS,
  FAULT_CALL_SET_CLASS = N_USUAL_FAULT_CALLS,
  FAULT_CALL_PROBE,
  N_FAULT_CALLS,
} FaultCall;

/**
 * FaultHook:
 * @nth: from 1, of this kind of call
 * @after: the real call has succeeded (its result is thrown away if there is an error)
 *
 * Returns: (transfer full) (nullable): an error to give instead
 */
typedef GError *(*FaultHook) (FaultCall call, guint nth, gboolean after, gpointer data);

FaultProvider *fault_provider_new (TerraceProvider *inner);
void fault_provider_set_hook (FaultProvider *self, FaultHook hook, gpointer data);

/* The calls @first to @last of a kind fail with @code instead of being made. */
void fault_provider_fail (FaultProvider *self, FaultCall call, guint first, guint last, int code);
/* The bytes of the @nth write or read are not what they should be. */
void fault_provider_corrupt (FaultProvider *self, FaultCall call, guint nth);
/* From the @nth on, calls of this kind wait for fault_provider_release(). */
void fault_provider_hold (FaultProvider *self, FaultCall call, guint nth);
void fault_provider_release (FaultProvider *self);
guint fault_provider_get_n_held (FaultProvider *self);
/* Capabilities that it denies. */
void fault_provider_mask (FaultProvider *self, TerraceCapabilities without);

/* What stat() says and set_class() changes; without, the inner provider's class is told. */
void fault_provider_play_class (FaultProvider *self, const char *class_id);
const char *fault_provider_get_class (FaultProvider *self);

/* stat() tells this checksum, as if the place had computed it. */
void fault_provider_play_digest (FaultProvider *self, const TerraceDigest *digest);

guint fault_provider_get_n_calls (FaultProvider *self, FaultCall call);
guint64 fault_provider_get_bytes_written (FaultProvider *self);
/* The most calls of any kind that were under way at the same time. */
guint fault_provider_get_most_at_once (FaultProvider *self);

G_END_DECLS
