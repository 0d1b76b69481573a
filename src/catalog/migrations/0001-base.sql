-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 1: the nouns. Keys and roots are bytes (BLOB): file names need not be UTF-8. Money is
-- whole billionths (INTEGER). Numbers of enumerations are those of model/terrace-enums.h.

CREATE TABLE location (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  root BLOB NOT NULL,
  class_ids TEXT NOT NULL, -- one a line, best known first
  latency_ms INTEGER NOT NULL,
  bandwidth_bytes_s INTEGER NOT NULL,
  capacity_bytes INTEGER NOT NULL,
  accepts INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  UNIQUE (kind, root)
) STRICT;

-- An item's row is its leading copy too (location, key, version, class): at ten million items a
-- second row and a second index on the key would be a third of the file. replica_id is the id of
-- that copy; at registration it is twice the item's id, so it costs no counter, and copies made
-- later get odd ids. An id stays with its copy when another one takes the lead.
CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  replica_id INTEGER NOT NULL,
  location_id INTEGER NOT NULL REFERENCES location (id),
  key BLOB NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  content_type TEXT NOT NULL,
  version TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  created_us INTEGER NOT NULL,
  modified_us INTEGER NOT NULL,
  registered_us INTEGER NOT NULL,
  checksum_kind INTEGER NOT NULL,
  checksum BLOB,
  verified_us INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  tier INTEGER NOT NULL,
  class_id TEXT NOT NULL,
  class_since_us INTEGER NOT NULL,
  temperature INTEGER NOT NULL,
  rates_updated_us INTEGER NOT NULL,
  rates_first_us INTEGER NOT NULL,
  last_access_us INTEGER NOT NULL,
  reads_7d REAL NOT NULL,
  reads_30d REAL NOT NULL,
  reads_90d REAL NOT NULL,
  total_reads INTEGER NOT NULL,
  reads_per_month REAL NOT NULL,
  assessed_us INTEGER NOT NULL,
  monthly_nanos INTEGER NOT NULL,
  wanted_location_id INTEGER NOT NULL,
  wanted_class_id TEXT,
  saving_nanos INTEGER NOT NULL,
  once_nanos INTEGER NOT NULL,
  reason TEXT,
  moving INTEGER NOT NULL,
  UNIQUE (location_id, key)
) STRICT;

CREATE INDEX item_replica ON item (replica_id) WHERE replica_id % 2 = 1;
CREATE INDEX item_unhashed ON item (id) WHERE checksum_kind = 0 AND missing = 0;

-- The copies beside the leading one.
CREATE TABLE replica (
  id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  location_id INTEGER NOT NULL REFERENCES location (id),
  key BLOB NOT NULL,
  version TEXT NOT NULL,
  class_id TEXT NOT NULL,
  class_since_us INTEGER NOT NULL,
  checksum_kind INTEGER NOT NULL,
  checksum BLOB,
  verified_us INTEGER NOT NULL,
  UNIQUE (location_id, key)
) STRICT;

CREATE INDEX replica_item ON replica (item_id);

-- Where the next odd replica id comes from; never counts down, so no id is used twice.
CREATE TABLE replica_sequence (next_id INTEGER NOT NULL) STRICT;
INSERT INTO replica_sequence (next_id) VALUES (1);

-- One place holds one object under one key, whichever table knows it.
CREATE TRIGGER item_taken_insert BEFORE INSERT ON item
WHEN EXISTS (SELECT 1 FROM replica WHERE location_id = NEW.location_id AND key = NEW.key)
BEGIN
  SELECT RAISE (ABORT, 'taken');
END;
CREATE TRIGGER item_taken_update BEFORE UPDATE OF location_id, key ON item
WHEN (NEW.location_id <> OLD.location_id OR NEW.key <> OLD.key) AND
     EXISTS (SELECT 1 FROM replica WHERE location_id = NEW.location_id AND key = NEW.key)
BEGIN
  SELECT RAISE (ABORT, 'taken');
END;
CREATE TRIGGER replica_taken_insert BEFORE INSERT ON replica
WHEN EXISTS (SELECT 1 FROM item WHERE location_id = NEW.location_id AND key = NEW.key)
BEGIN
  SELECT RAISE (ABORT, 'taken');
END;

CREATE TABLE access_day (
  item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
  day INTEGER NOT NULL, -- since 1970, UTC
  reads INTEGER NOT NULL,
  writes INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (item_id, day)
) STRICT, WITHOUT ROWID;

-- The latest accesses of an item packed into one value, newest first: one page is touched per item
-- and batch instead of one per access.
CREATE TABLE access_recent (
  item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
  entries BLOB NOT NULL
) STRICT;

-- Moves outlive their items: they are the history too. lease_owner carries the move out until
-- lease_until_us.
CREATE TABLE move (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  source_location_id INTEGER NOT NULL,
  source_key BLOB NOT NULL,
  source_version TEXT NOT NULL,
  source_class_id TEXT NOT NULL,
  dest_location_id INTEGER NOT NULL,
  dest_key BLOB NOT NULL,
  dest_class_id TEXT NOT NULL,
  state INTEGER NOT NULL,
  resume_state INTEGER NOT NULL,
  request INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  token TEXT NOT NULL,
  upload TEXT,
  dest_version TEXT,
  checksum_kind INTEGER NOT NULL,
  checksum BLOB,
  keep_source INTEGER NOT NULL,
  hold INTEGER NOT NULL,
  undo_of INTEGER NOT NULL,
  undone_by INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  retry_us INTEGER NOT NULL,
  error TEXT,
  error_code INTEGER NOT NULL,
  saving_nanos INTEGER NOT NULL,
  once_nanos INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  finished_us INTEGER NOT NULL,
  done_bytes INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until_us INTEGER NOT NULL
) STRICT;

-- States 5, 7 and 8 (done, failed, cancelled) are final.
CREATE UNIQUE INDEX move_open ON move (item_id) WHERE state NOT IN (5, 7, 8);
CREATE INDEX move_ready ON move (priority DESC, id) WHERE state NOT IN (5, 7, 8);
CREATE INDEX move_unfinished ON move (id) WHERE state NOT IN (5, 7, 8);
CREATE INDEX move_final ON move (id) WHERE state IN (5, 7, 8);
CREATE INDEX move_item ON move (item_id);
CREATE INDEX move_lease ON move (lease_owner) WHERE lease_owner IS NOT NULL;

CREATE TABLE move_part (
  move_id INTEGER NOT NULL REFERENCES move (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (move_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_us INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  move_id INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  message TEXT NOT NULL
) STRICT;

CREATE INDEX event_item ON event (item_id) WHERE item_id <> 0;

CREATE TABLE policy (
  id INTEGER PRIMARY KEY,
  horizon_months REAL NOT NULL,
  break_even_months REAL NOT NULL,
  min_saving_nanos INTEGER NOT NULL,
  max_first_byte_ms INTEGER NOT NULL,
  max_first_byte_hot_ms INTEGER NOT NULL,
  hot_reads_per_month REAL NOT NULL,
  warm_reads_per_month REAL NOT NULL,
  wanted_copies INTEGER NOT NULL,
  egress_counts INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
