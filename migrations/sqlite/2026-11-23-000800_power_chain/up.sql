CREATE TABLE gauges (
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

CREATE TABLE gauge_readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (device_id, at)
) STRICT;

CREATE TABLE gauge_days (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    day INTEGER NOT NULL,
    polls INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (device_id, day)
) STRICT;
CREATE INDEX gauge_days_day ON gauge_days (day);

CREATE TABLE gauge_blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    gauge_id INTEGER NOT NULL REFERENCES gauges (id),
    day INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (gauge_id, day)
) STRICT;

CREATE TABLE gauge_rollups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    gauge_id INTEGER NOT NULL REFERENCES gauges (id),
    month INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (gauge_id, month)
) STRICT;
CREATE INDEX gauge_rollups_month ON gauge_rollups (month);

CREATE TABLE power_feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    name TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('a', 'b', 'other')),
    phases INTEGER NOT NULL,
    volts INTEGER NOT NULL,
    amps INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (room_id, name)
) STRICT;

CREATE TABLE pdus (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    feed_id INTEGER REFERENCES power_feeds (id),
    family TEXT NOT NULL DEFAULT '',
    last_read_at INTEGER,
    last_trouble TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id)
) STRICT;
CREATE INDEX pdus_feed_id ON pdus (feed_id);

CREATE TABLE outlets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    place TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('on', 'off', 'unknown')),
    state_at INTEGER NOT NULL,
    mapped_device_id INTEGER REFERENCES devices (id),
    supply TEXT NOT NULL DEFAULT '',
    confirmed_by_user_id INTEGER REFERENCES users (id),
    confirmed_by_name TEXT NOT NULL DEFAULT '',
    confirmed_at INTEGER,
    missing_since INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id, place)
) STRICT;
CREATE INDEX outlets_mapped_device_id ON outlets (mapped_device_id);
CREATE INDEX outlets_confirmed_by_user_id ON outlets (confirmed_by_user_id);
