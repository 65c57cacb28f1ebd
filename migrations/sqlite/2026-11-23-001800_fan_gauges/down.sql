ALTER TABLE machine_readings DROP COLUMN light_at;
ALTER TABLE machine_readings DROP COLUMN light;

-- Fans have no gauges any more. Readings of the running day name gauges by id, so those of their machines go too.
DELETE FROM gauge_readings WHERE device_id IN (SELECT device_id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauge_blocks WHERE gauge_id IN (SELECT id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauge_rollups WHERE gauge_id IN (SELECT id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauges WHERE quantity IN ('fan_speed', 'fan_share');

CREATE TABLE gauges_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    part TEXT NOT NULL CHECK (part IN ('input', 'line', 'phase', 'bank', 'outlet', 'probe', 'sensor')),
    place TEXT NOT NULL,
    quantity TEXT NOT NULL CHECK (quantity IN ('active_power', 'apparent_power', 'current', 'voltage', 'energy', 'temperature', 'humidity')),
    name TEXT NOT NULL DEFAULT '',
    missing TEXT CHECK (missing IN ('not_measured', 'out_of_range', 'wrong_type', 'no_such')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id, part, place, quantity)
) STRICT;
INSERT INTO gauges_narrower (id, device_id, part, place, quantity, name, missing, created_at, updated_at)
    SELECT id, device_id, part, place, quantity, name, missing, created_at, updated_at FROM gauges;
-- An id that was used once is not used again: readings of the day name gauges by it.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'gauges') WHERE name = 'gauges_narrower';

-- What refers to a gauge moves along: a referenced table cannot be dropped.
CREATE TABLE gauge_blocks_moved (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    gauge_id INTEGER NOT NULL REFERENCES gauges_narrower (id),
    day INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (gauge_id, day)
) STRICT;
INSERT INTO gauge_blocks_moved (id, gauge_id, day, body) SELECT id, gauge_id, day, body FROM gauge_blocks;
DROP TABLE gauge_blocks;

CREATE TABLE gauge_rollups_moved (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    gauge_id INTEGER NOT NULL REFERENCES gauges_narrower (id),
    month INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (gauge_id, month)
) STRICT;
INSERT INTO gauge_rollups_moved (id, gauge_id, month, body) SELECT id, gauge_id, month, body FROM gauge_rollups;
DROP TABLE gauge_rollups;

DROP TABLE gauges;
ALTER TABLE gauges_narrower RENAME TO gauges;
ALTER TABLE gauge_blocks_moved RENAME TO gauge_blocks;
ALTER TABLE gauge_rollups_moved RENAME TO gauge_rollups;
CREATE INDEX gauge_rollups_month ON gauge_rollups (month);
