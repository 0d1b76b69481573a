-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 2: what a view asks for on each frame is kept, not computed: counters, orders, and whether
-- an item is moving.

CREATE TABLE total (
  location_id INTEGER NOT NULL,
  tier INTEGER NOT NULL,
  temperature INTEGER NOT NULL,
  items INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  monthly_nanos INTEGER NOT NULL,
  planned_items INTEGER NOT NULL,
  planned_saving_nanos INTEGER NOT NULL,
  PRIMARY KEY (location_id, tier, temperature)
) STRICT, WITHOUT ROWID;

INSERT INTO total
SELECT location_id, tier, temperature, count(*), sum(size_bytes), sum(monthly_nanos),
       sum(wanted_location_id > 0 AND moving = 0),
       sum((wanted_location_id > 0 AND moving = 0) * saving_nanos)
FROM item GROUP BY location_id, tier, temperature;

CREATE TRIGGER item_total_insert AFTER INSERT ON item
BEGIN
  INSERT INTO total
  VALUES (NEW.location_id, NEW.tier, NEW.temperature, 1, NEW.size_bytes, NEW.monthly_nanos,
          NEW.wanted_location_id > 0 AND NEW.moving = 0,
          (NEW.wanted_location_id > 0 AND NEW.moving = 0) * NEW.saving_nanos)
  ON CONFLICT DO UPDATE SET
    items = items + 1,
    size_bytes = size_bytes + excluded.size_bytes,
    monthly_nanos = monthly_nanos + excluded.monthly_nanos,
    planned_items = planned_items + excluded.planned_items,
    planned_saving_nanos = planned_saving_nanos + excluded.planned_saving_nanos;
END;

CREATE TRIGGER item_total_delete AFTER DELETE ON item
BEGIN
  UPDATE total SET
    items = items - 1,
    size_bytes = size_bytes - OLD.size_bytes,
    monthly_nanos = monthly_nanos - OLD.monthly_nanos,
    planned_items = planned_items - (OLD.wanted_location_id > 0 AND OLD.moving = 0),
    planned_saving_nanos = planned_saving_nanos -
      (OLD.wanted_location_id > 0 AND OLD.moving = 0) * OLD.saving_nanos
  WHERE location_id = OLD.location_id AND tier = OLD.tier AND temperature = OLD.temperature;
  DELETE FROM total
  WHERE location_id = OLD.location_id AND tier = OLD.tier AND temperature = OLD.temperature AND
        items = 0;
END;

-- Within one cell, one update of the difference; only a change of cell pays for two.
CREATE TRIGGER item_total_change
AFTER UPDATE OF size_bytes, monthly_nanos, wanted_location_id, saving_nanos, moving ON item
WHEN NEW.location_id = OLD.location_id AND NEW.tier = OLD.tier AND
     NEW.temperature = OLD.temperature AND
     (NEW.size_bytes <> OLD.size_bytes OR NEW.monthly_nanos <> OLD.monthly_nanos OR
      NEW.wanted_location_id <> OLD.wanted_location_id OR
      NEW.saving_nanos <> OLD.saving_nanos OR NEW.moving <> OLD.moving)
BEGIN
  UPDATE total SET
    size_bytes = size_bytes + NEW.size_bytes - OLD.size_bytes,
    monthly_nanos = monthly_nanos + NEW.monthly_nanos - OLD.monthly_nanos,
    planned_items = planned_items + (NEW.wanted_location_id > 0 AND NEW.moving = 0) -
      (OLD.wanted_location_id > 0 AND OLD.moving = 0),
    planned_saving_nanos = planned_saving_nanos +
      (NEW.wanted_location_id > 0 AND NEW.moving = 0) * NEW.saving_nanos -
      (OLD.wanted_location_id > 0 AND OLD.moving = 0) * OLD.saving_nanos
  WHERE location_id = OLD.location_id AND tier = OLD.tier AND temperature = OLD.temperature;
END;

CREATE TRIGGER item_total_cell AFTER UPDATE OF location_id, tier, temperature ON item
WHEN NEW.location_id <> OLD.location_id OR NEW.tier <> OLD.tier OR
     NEW.temperature <> OLD.temperature
BEGIN
  INSERT INTO total
  VALUES (NEW.location_id, NEW.tier, NEW.temperature, 1, NEW.size_bytes, NEW.monthly_nanos,
          NEW.wanted_location_id > 0 AND NEW.moving = 0,
          (NEW.wanted_location_id > 0 AND NEW.moving = 0) * NEW.saving_nanos)
  ON CONFLICT DO UPDATE SET
    items = items + 1,
    size_bytes = size_bytes + excluded.size_bytes,
    monthly_nanos = monthly_nanos + excluded.monthly_nanos,
    planned_items = planned_items + excluded.planned_items,
    planned_saving_nanos = planned_saving_nanos + excluded.planned_saving_nanos;
  UPDATE total SET
    items = items - 1,
    size_bytes = size_bytes - OLD.size_bytes,
    monthly_nanos = monthly_nanos - OLD.monthly_nanos,
    planned_items = planned_items - (OLD.wanted_location_id > 0 AND OLD.moving = 0),
    planned_saving_nanos = planned_saving_nanos -
      (OLD.wanted_location_id > 0 AND OLD.moving = 0) * OLD.saving_nanos
  WHERE location_id = OLD.location_id AND tier = OLD.tier AND temperature = OLD.temperature;
  DELETE FROM total
  WHERE location_id = OLD.location_id AND tier = OLD.tier AND temperature = OLD.temperature AND
        items = 0;
END;

CREATE TABLE move_total (
  state INTEGER PRIMARY KEY,
  moves INTEGER NOT NULL
) STRICT;

INSERT INTO move_total SELECT state, count(*) FROM move GROUP BY state;

CREATE TRIGGER move_total_insert AFTER INSERT ON move
BEGIN
  INSERT INTO move_total VALUES (NEW.state, 1) ON CONFLICT DO UPDATE SET moves = moves + 1;
  UPDATE item SET moving = 1 WHERE id = NEW.item_id AND NEW.state NOT IN (5, 7, 8);
END;

CREATE TRIGGER move_total_update AFTER UPDATE OF state ON move
WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO move_total VALUES (NEW.state, 1) ON CONFLICT DO UPDATE SET moves = moves + 1;
  UPDATE move_total SET moves = moves - 1 WHERE state = OLD.state;
  UPDATE item SET moving = NEW.state NOT IN (5, 7, 8)
  WHERE id = NEW.item_id AND (NEW.state IN (5, 7, 8)) <> (OLD.state IN (5, 7, 8));
END;

-- One index for each order of TerraceItemSort; the row id that follows in every index breaks ties.
-- By location is answered by UNIQUE (location_id, key); by tier and by class share one.
CREATE INDEX item_name ON item (name);
CREATE INDEX item_size ON item (size_bytes);
CREATE INDEX item_reads ON item (reads_per_month);
CREATE INDEX item_class ON item (tier, class_id);
CREATE INDEX item_last_access ON item (last_access_us);
CREATE INDEX item_monthly ON item (monthly_nanos);
CREATE INDEX item_saving ON item (saving_nanos);
CREATE INDEX item_planned ON item (saving_nanos) WHERE wanted_location_id > 0 AND moving = 0;

PRAGMA user_version = 2;
