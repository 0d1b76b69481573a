/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The simulated life: what happens when, out of one seed. Pure: knows no clock and no thread; the
 * random numbers are SplitMix64 (Steele, Lea and Flood, 2014), because they are the same everywhere
 * and cost nothing. Popularity is Zipf's, drawn by rejection-inversion (Hörmann and Derflinger,
 * 1996), so that a million objects need no table. */

#include "stream/terrace-simulator.h"

#include "base/terrace-clock.h"
#include "base/terrace-limits.h"

#include <math.h>

#define ZIPF_EXPONENT 1.03
/* Of a thousand events: how many of each kind; the rest are reads. */
#define WRITES_PERMILLE 60
#define CREATES_PERMILLE 4
#define DELETES_PERMILLE 1
#define ERRORS_PERMILLE 4
#define SAMPLES_PERMILLE 50
#define DUPLICATES_PERMILLE 3
#define LATE_PERMILLE 5
/* A fad: one object, known or hitherto cold, takes a part of all events for a while. */
#define FAD_EVERY_SECONDS 90.0
#define FAD_SECONDS 20.0
#define FAD_SHARE 0.15
#define MEAN_BYTES 2e6
#define MEAN_LATENCY_US 12000.0

struct _TerraceStory
{
  guint64 random;
  double rate;
  gint64 start_us;
  GArray *item_ids;

  double time_us; /* of the next event, from the start */
  double usual_rhythm;
  gint64 rhythm_minute;
  double rhythm;
  gint64 sequence;

  double next_fad_us;
  double fad_end_us;
  gint64 fad_item;

  /* Zipf */
  double h_first;
  double h_last;
  double s;
};

static guint64
next_random (TerraceStory *self)
{
  guint64 z = (self->random += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Above 0, below 1. */
static double
next_unit (TerraceStory *self)
{
  return ((double) (next_random (self) >> 11) + 0.5) * 0x1p-53;
}

static double
next_exponential (TerraceStory *self, double mean)
{
  return -mean * log (next_unit (self));
}

/* --- Zipf ---------------------------------------------------------------------------------- */

/* The integral of x^-e and its inverse. */
static double
h_of (double x)
{
  return (pow (x, 1 - ZIPF_EXPONENT) - 1) / (1 - ZIPF_EXPONENT);
}

static double
h_inverse (double y)
{
  return pow (1 + y * (1 - ZIPF_EXPONENT), 1 / (1 - ZIPF_EXPONENT));
}

static void
zipf_init (TerraceStory *self)
{
  self->h_first = h_of (1.5) - 1;
  self->h_last = h_of (self->item_ids->len + 0.5);
  self->s = 2 - h_inverse (h_of (2.5) - pow (2, -ZIPF_EXPONENT));
}

static guint
next_rank (TerraceStory *self)
{
  while (TRUE)
    {
      double u = self->h_last + next_unit (self) * (self->h_first - self->h_last);
      double x = h_inverse (u);
      double k = CLAMP (floor (x + 0.5), 1, self->item_ids->len);

      if (k - x <= self->s || u >= h_of (k + 0.5) - pow (k, -ZIPF_EXPONENT))
        return (guint) k - 1;
    }
}

/* --- The story ----------------------------------------------------------------------------- */

double
terrace_story_get_rhythm (gint64 time_us)
{
  double hours = fmod ((double) time_us / (3600.0 * TERRACE_US_PER_SECOND), 24);
  /* 1970 began on a Thursday. */
  gint64 weekday = (time_us / TERRACE_US_PER_DAY + 3) % 7;
  double day = 1 + 0.6 * cos (2 * G_PI * (hours - 14) / 24);

  return day * (weekday >= 5 ? 0.5 : 1.2);
}

/* Who is popular has nothing to do with who was registered first. */
static GArray *
shuffle (TerraceStory *self, GArray *item_ids)
{
  GArray *shuffled = g_array_copy (item_ids);

  for (guint i = shuffled->len; i > 1; i--)
    {
      guint other = (guint) (next_random (self) % i);
      gint64 id = g_array_index (shuffled, gint64, i - 1);

      g_array_index (shuffled, gint64, i - 1) = g_array_index (shuffled, gint64, other);
      g_array_index (shuffled, gint64, other) = id;
    }

  return shuffled;
}

TerraceStory *
terrace_story_new (guint64 seed, double rate, gint64 start_us, GArray *item_ids)
{
  TerraceStory *self = g_new0 (TerraceStory, 1);

  self->random = seed;
  self->rate = rate;
  self->start_us = start_us;
  self->item_ids = shuffle (self, item_ids);
  self->usual_rhythm = terrace_story_get_rhythm (start_us);
  self->rhythm_minute = -1;
  if (item_ids->len > 0)
    zipf_init (self);
  self->time_us = next_exponential (self, 1e6 / rate);
  self->next_fad_us = next_exponential (self, FAD_EVERY_SECONDS * 1e6);

  return self;
}

void
terrace_story_free (TerraceStory *self)
{
  g_array_unref (self->item_ids);
  g_free (self);
}

static gint64
item_at (TerraceStory *self, guint rank)
{
  return g_array_index (self->item_ids, gint64, rank);
}

static void
follow_fads (TerraceStory *self)
{
  if (self->time_us < self->next_fad_us)
    return;

  /* As often a surprise out of the cold as more of what is popular anyway. */
  self->fad_item = next_random (self) % 2 == 0 ?
                       item_at (self, (guint) (next_random (self) % self->item_ids->len)) :
                       item_at (self, next_rank (self));
  self->fad_end_us = self->time_us + FAD_SECONDS * 1e6;
  self->next_fad_us = self->fad_end_us + next_exponential (self, FAD_EVERY_SECONDS * 1e6);
}

static gint64
next_item (TerraceStory *self)
{
  if (self->item_ids->len == 0)
    return 0;
  follow_fads (self);
  if (self->time_us < self->fad_end_us && next_unit (self) < FAD_SHARE)
    return self->fad_item;

  return item_at (self, next_rank (self));
}

static TerraceStreamKind
next_kind (TerraceStory *self)
{
  static const struct
  {
    TerraceStreamKind kind;
    guint permille;
  } shares[] = {
    { TERRACE_STREAM_WRITE, WRITES_PERMILLE },    { TERRACE_STREAM_CREATE, CREATES_PERMILLE },
    { TERRACE_STREAM_DELETE, DELETES_PERMILLE },  { TERRACE_STREAM_ERROR, ERRORS_PERMILLE },
    { TERRACE_STREAM_LATENCY, SAMPLES_PERMILLE },
  };
  guint dice = (guint) (next_random (self) % 1000);

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      if (dice < shares[i].permille)
        return shares[i].kind;
      dice -= shares[i].permille;
    }

  return TERRACE_STREAM_READ;
}

static void
make_event (TerraceStory *self, TerraceSourceBatch *batch, TerraceStreamEvent *event)
{
  terrace_stream_event_init (event, next_kind (self), self->start_us + (gint64) self->time_us);
  event->partition = 0;
  /* A million numbers a second are more than it may make: they never meet a later story's. */
  event->offset = self->start_us + self->sequence++;
  event->bytes = (guint64) next_exponential (self, MEAN_BYTES);
  event->latency_us = (guint64) (MEAN_LATENCY_US * exp (2 * next_unit (self) + next_unit (self)));

  switch (event->kind)
    {
    case TERRACE_STREAM_CREATE:
    case TERRACE_STREAM_DELETE:
      {
        char key[48];

        /* Objects that nobody registered: a deletion of one that is known would forget it. */
        g_snprintf (key, sizeof key, "simulated/%" G_GINT64_FORMAT, event->offset);
        event->location = "simulator";
        event->key = terrace_source_batch_add_text (batch, key, -1);
        break;
      }
    case TERRACE_STREAM_ERROR:
      event->message = "503 Slow Down";
      event->item_id = next_item (self);
      break;
    case TERRACE_STREAM_LATENCY:
      event->bytes = 0;
      break;
    case TERRACE_STREAM_READ:
    case TERRACE_STREAM_WRITE:
    default:
      event->item_id = next_item (self);
      break;
    }
}

static void
tell_one (TerraceStory *self, TerraceSourceBatch *batch)
{
  TerraceStreamEvent event;
  guint dice;

  make_event (self, batch, &event);
  dice = (guint) (next_random (self) % 1000);
  if (dice < LATE_PERMILLE)
    event.time_us -= (gint64) next_exponential (self, 60e6);
  terrace_source_batch_add (batch, &event);
  if (dice >= 1000 - DUPLICATES_PERMILLE && event.key == NULL)
    terrace_source_batch_add (batch, &event);
}

gboolean
terrace_story_tell (TerraceStory *self, TerraceSourceBatch *batch, gint64 until_us, guint max)
{
  double until = (double) (until_us - self->start_us);

  while (self->time_us < until && batch->events->len < max)
    {
      gint64 minute = (self->start_us + (gint64) self->time_us) / (60 * TERRACE_US_PER_SECOND);

      if (minute != self->rhythm_minute)
        {
          self->rhythm_minute = minute;
          self->rhythm =
              terrace_story_get_rhythm (minute * 60 * TERRACE_US_PER_SECOND) / self->usual_rhythm;
        }
      tell_one (self, batch);
      self->time_us += next_exponential (self, 1e6 / (self->rate * self->rhythm));
    }

  return self->time_us >= until;
}
