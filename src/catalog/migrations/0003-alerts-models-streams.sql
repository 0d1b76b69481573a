-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 3: alerts and their rules, models and what they foretold, streams and what is waiting to be
-- merged from them, and the money and requests of a move. Times in microseconds since 1970 (_us),
-- days since 1970 in UTC, money in whole billionths (_nanos); 0 where nothing is known.

-- --- Alerts ------------------------------------------------------------------------------------

-- What to watch for, as data that a person edits: thresholds are JSON because each kind
-- (TerraceAlertKind) has its own. silence_s: for how long an alert that cleared and comes back is
-- the same one.
CREATE TABLE alert_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  location_id INTEGER NOT NULL, -- 0: everywhere
  settings TEXT NOT NULL, -- a JSON object
  silence_s INTEGER NOT NULL,
  updated_us INTEGER NOT NULL
) STRICT;

-- One row for everything that is one matter to a person (group_key), however often it happens.
-- notified_us: when a person was told last. Alerts outlive their rules and items: they are history.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rule_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  move_id INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  group_key TEXT NOT NULL,
  message TEXT NOT NULL,
  count INTEGER NOT NULL,
  opened_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  cleared_us INTEGER NOT NULL, -- 0: still so
  acknowledged_us INTEGER NOT NULL,
  snoozed_until_us INTEGER NOT NULL,
  notified_us INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX alert_open ON alert (group_key) WHERE cleared_us = 0;
CREATE INDEX alert_group ON alert (group_key, id);
CREATE INDEX alert_cleared ON alert (id) WHERE cleared_us <> 0;

-- --- Models and what they foretold -------------------------------------------------------------

-- A trained model of a kind ("tier", "reads"); at most one of a kind is chosen to decide. score:
-- JSON of the held-back days. features: the columns it was trained on, one a line. bytes: the model
-- as its library saves it.
CREATE TABLE model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  trained_us INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  score TEXT NOT NULL,
  features TEXT NOT NULL,
  chosen INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (kind, version)
) STRICT;

CREATE UNIQUE INDEX model_chosen ON model (kind) WHERE chosen = 1;

-- The latest forecast per item: reads in the days to come with their interval, the tier that is
-- best for them and how sure that is (0 to 1). model_id 0: the plain rule.
CREATE TABLE forecast (
  item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
  made_us INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  reads_7d_low REAL NOT NULL,
  reads_7d REAL NOT NULL,
  reads_7d_high REAL NOT NULL,
  reads_30d_low REAL NOT NULL,
  reads_30d REAL NOT NULL,
  reads_30d_high REAL NOT NULL,
  reads_90d_low REAL NOT NULL,
  reads_90d REAL NOT NULL,
  reads_90d_high REAL NOT NULL,
  tier INTEGER NOT NULL,
  confidence REAL NOT NULL
) STRICT;

-- What everything cost at the end of each day, for the overview's chart. location_id 0: all.
CREATE TABLE cost_day (
  day INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  tier INTEGER NOT NULL,
  items INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  monthly_nanos INTEGER NOT NULL,
  PRIMARY KEY (day, location_id, tier)
) STRICT, WITHOUT ROWID;

-- --- Accesses ----------------------------------------------------------------------------------

-- Old days are merged into weeks and months: a row stands for this many days from its day on.
ALTER TABLE access_day ADD COLUMN days INTEGER NOT NULL DEFAULT 1;

-- Log files that were read, by the digest of their content: the same file twice changes nothing.
CREATE TABLE log_import (
  digest BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  lines INTEGER NOT NULL,
  accesses INTEGER NOT NULL, -- counted for an object
  skipped INTEGER NOT NULL, -- understood, but do not heat: metadata calls, failures, scans
  unknown INTEGER NOT NULL, -- of objects that are not registered
  bad_lines INTEGER NOT NULL,
  imported_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- --- Streams -----------------------------------------------------------------------------------

-- Where events come from, or where ours are published (publishes: flags of what, 0 for a source).
-- settings: a JSON object WITHOUT secrets: those are in the keyring. The lease keeps two programs
-- from reading the same source.
CREATE TABLE stream_source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  settings TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  publishes INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until_us INTEGER NOT NULL
) STRICT;

-- Up to where a source was read; written with the accesses of that batch or not at all.
CREATE TABLE stream_offset (
  source_id INTEGER NOT NULL,
  partition TEXT NOT NULL,
  offset INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  PRIMARY KEY (source_id, partition)
) STRICT, WITHOUT ROWID;

-- Ids of recent events, 64 bits of each, a row per batch: what came already is known again after a
-- restart. upto counts the ids of a source up to the end of the row, so that the oldest rows can go
-- without a count.
CREATE TABLE stream_seen (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  ids BLOB NOT NULL,
  UNIQUE (source_id, upto)
) STRICT;

-- Coalesced accesses that wait to be merged into item, access_day and access_recent. The id is the
-- range of items (high half) and a running number (low half): appending touches one page per range,
-- merging reads a range in one go.
CREATE TABLE stream_pending (
  id INTEGER PRIMARY KEY,
  n_accesses INTEGER NOT NULL,
  accesses BLOB NOT NULL
) STRICT;

-- One row. How much waits in stream_pending, and since when; and how far the merge that goes from
-- the first range to the last has come (range_after), with the moment of the latest append when it
-- began.
CREATE TABLE stream_pending_total (
  next_number INTEGER NOT NULL,
  accesses INTEGER NOT NULL,
  since_us INTEGER NOT NULL,
  appended_us INTEGER NOT NULL,
  range_after INTEGER NOT NULL,
  merge_began_us INTEGER NOT NULL
) STRICT;
INSERT INTO stream_pending_total VALUES (1, 0, 0, 0, -1, 0);

-- The latest events themselves, a packed block per batch, for the live log's past and the dry run
-- of a rule. Bounded by age and by bytes; upto_bytes counts them up to the end of the block.
CREATE TABLE stream_block (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  n_events INTEGER NOT NULL,
  upto_bytes INTEGER NOT NULL,
  events BLOB NOT NULL
) STRICT;

-- What a source did in a minute. latency: a sketch that can be merged with others.
CREATE TABLE stream_minute (
  minute INTEGER NOT NULL, -- since 1970
  source_id INTEGER NOT NULL,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  late INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  latency BLOB NOT NULL,
  PRIMARY KEY (minute, source_id)
) STRICT, WITHOUT ROWID;

-- Messages that nobody could read: a sample of the bytes and why. Bounded.
CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  reason TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, -- of the whole message
  sample BLOB NOT NULL
) STRICT;

-- --- Moves -------------------------------------------------------------------------------------

-- What a move has sent and cost so far, what leaving its class early costs (a part of once_nanos),
-- how fast its bytes flowed when that was written last, and the moves it was accepted with.
ALTER TABLE move ADD COLUMN requests_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE move ADD COLUMN spent_nanos INTEGER NOT NULL DEFAULT 0;
ALTER TABLE move ADD COLUMN leave_nanos INTEGER NOT NULL DEFAULT 0;
ALTER TABLE move ADD COLUMN bytes_per_second REAL NOT NULL DEFAULT 0;
ALTER TABLE move ADD COLUMN batch_id INTEGER NOT NULL DEFAULT 0;

-- Moves accepted together. spent_nanos is what they cost once: the ended ones what they did cost,
-- those under way at least what they were expected to. Kept so that a cap needs no sum.
CREATE TABLE move_batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  created_us INTEGER NOT NULL,
  spent_nanos INTEGER NOT NULL
) STRICT;

-- Which parts of an upload are stored is asked of the place itself.
DROP TABLE move_part;

-- --- Inserting items ---------------------------------------------------------------------------

-- What these did per row, the functions that insert do per batch: a third of the time of a large
-- import went into them. Every row comes through those functions.
DROP TRIGGER item_total_insert;
DROP TRIGGER item_taken_insert;

PRAGMA user_version = 3;
