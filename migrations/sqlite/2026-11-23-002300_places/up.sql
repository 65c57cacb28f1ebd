-- Rooms get a floor of tiles, racks a place on it, devices halves of a unit and bays of a chassis; stretches of units are kept for somebody.
ALTER TABLE rooms ADD COLUMN grid_columns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN grid_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN tile_mm INTEGER NOT NULL DEFAULT 600;
ALTER TABLE rooms ADD COLUMN aisles TEXT NOT NULL DEFAULT '';
ALTER TABLE racks ADD COLUMN width_mm INTEGER;
ALTER TABLE racks ADD COLUMN grid_x INTEGER;
ALTER TABLE racks ADD COLUMN grid_y INTEGER;
ALTER TABLE racks ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_types ADD COLUMN half_width INTEGER NOT NULL DEFAULT 0 CHECK (half_width IN (0, 1));
ALTER TABLE devices ADD COLUMN half TEXT CHECK (half IN ('left', 'right'));
ALTER TABLE devices ADD COLUMN chassis_id INTEGER REFERENCES devices (id);
ALTER TABLE devices ADD COLUMN bay TEXT;
CREATE INDEX devices_chassis_id ON devices (chassis_id);

CREATE TABLE rack_reservations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rack_id INTEGER NOT NULL REFERENCES racks (id),
    kind TEXT NOT NULL CHECK (kind IN ('reserved', 'rented')),
    first_unit INTEGER NOT NULL,
    last_unit INTEGER NOT NULL,
    faces TEXT NOT NULL CHECK (faces IN ('both', 'front', 'rear')),
    customer_id INTEGER REFERENCES customers (id),
    reason TEXT NOT NULL DEFAULT '',
    until_date TEXT,
    made_by_name TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rack_reservations_rack_id ON rack_reservations (rack_id);
CREATE INDEX rack_reservations_customer_id ON rack_reservations (customer_id);

CREATE TABLE device_moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    moved_by_user_id INTEGER REFERENCES users (id),
    moved_at INTEGER NOT NULL,
    version_after INTEGER NOT NULL,
    status_before TEXT NOT NULL,
    place_before TEXT NOT NULL
) STRICT;
CREATE INDEX device_moves_device_id ON device_moves (device_id);
CREATE INDEX device_moves_moved_by_user_id ON device_moves (moved_by_user_id);
