CREATE TABLE cables (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL CHECK (kind IN ('cat5e', 'cat6', 'cat6a', 'cat7', 'cat8', 'mmf-om3', 'mmf-om4', 'mmf-om5', 'smf-os2', 'dac', 'aoc', 'coax', 'power', 'console', 'usb', 'other')),
    status TEXT NOT NULL CHECK (status IN ('planned', 'connected', 'decommissioning')),
    colour TEXT NOT NULL DEFAULT '',
    length_mm INTEGER,
    bundle TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- A label is on one live cable.
CREATE UNIQUE INDEX cables_label ON cables (label) WHERE archived_at IS NULL AND label <> '';

-- What a cable is plugged into. The ends of an archived cable stay for the record and carry its time.
CREATE TABLE cable_ends (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    cable_id INTEGER NOT NULL REFERENCES cables (id),
    side TEXT NOT NULL CHECK (side IN ('a', 'b')),
    device_port_id INTEGER NOT NULL REFERENCES device_ports (id),
    position INTEGER,
    archived_at INTEGER
) STRICT;
CREATE INDEX cable_ends_cable_id ON cable_ends (cable_id);
CREATE INDEX cable_ends_device_port_id ON cable_ends (device_port_id);
-- A port has one cable.
CREATE UNIQUE INDEX cable_ends_one_of_a_port ON cable_ends (device_port_id) WHERE archived_at IS NULL;
