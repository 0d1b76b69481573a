/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"

/* A clock that stands still until a test moves it on. Belongs to one thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_FAKE_CLOCK (terrace_fake_clock_get_type ())
G_DECLARE_FINAL_TYPE (TerraceFakeClock, terrace_fake_clock, TERRACE, FAKE_CLOCK, TerraceClock)

/* (transfer full) */
TerraceClock *terrace_fake_clock_new (gint64 now_us);

/* Moves the time on by @step_us and calls what becomes due on the way, in the order in which it
 * is due, each at its own moment. A negative step is a clock that was set back: nothing fires. */
void terrace_fake_clock_advance_us (TerraceFakeClock *self, gint64 step_us);

/* Moves on to the moment of the next timeout and calls it; %FALSE if none waits. */
gboolean terrace_fake_clock_advance_to_next (TerraceFakeClock *self);

guint terrace_fake_clock_get_n_timeouts (TerraceFakeClock *self);

G_END_DECLS
