-- What the community's library says of a type beside its size.
ALTER TABLE device_types ADD COLUMN part_number TEXT NOT NULL DEFAULT '';
ALTER TABLE device_types ADD COLUMN subdevice_role TEXT NOT NULL DEFAULT '' CHECK (subdevice_role IN ('', 'parent', 'child'));
ALTER TABLE device_types ADD COLUMN passive INTEGER NOT NULL DEFAULT 0 CHECK (passive IN (0, 1));

-- The ports that a device of a type has when it comes.
CREATE TABLE device_type_ports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_type_id INTEGER NOT NULL REFERENCES device_types (id),
    sort INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('interface', 'console', 'console_server', 'power_port', 'power_outlet', 'front', 'rear')),
    name TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    connector TEXT NOT NULL DEFAULT '',
    positions INTEGER,
    through_port TEXT NOT NULL DEFAULT '',
    through_position INTEGER,
    feed_leg TEXT NOT NULL DEFAULT '' CHECK (feed_leg IN ('', 'A', 'B', 'C')),
    max_watts INTEGER,
    allocated_watts INTEGER,
    management INTEGER NOT NULL DEFAULT 0 CHECK (management IN (0, 1)),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    poe TEXT NOT NULL DEFAULT '',
    color TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (device_type_id, kind, name)
) STRICT;

-- Bays for blades and modules, and parts that are always there.
CREATE TABLE device_type_bays (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_type_id INTEGER NOT NULL REFERENCES device_types (id),
    sort INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('device', 'module', 'inventory')),
    name TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    position TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (device_type_id, kind, name)
) STRICT;

-- The ports of a device: what cables end at.
CREATE TABLE device_ports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    sort INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('interface', 'console', 'console_server', 'power_port', 'power_outlet', 'front', 'rear')),
    name TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    connector TEXT NOT NULL DEFAULT '',
    positions INTEGER,
    through_port TEXT NOT NULL DEFAULT '',
    through_position INTEGER,
    feed_leg TEXT NOT NULL DEFAULT '' CHECK (feed_leg IN ('', 'A', 'B', 'C')),
    max_watts INTEGER,
    allocated_watts INTEGER,
    management INTEGER NOT NULL DEFAULT 0 CHECK (management IN (0, 1)),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    poe TEXT NOT NULL DEFAULT '',
    color TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    mac TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id, kind, name)
) STRICT;
CREATE INDEX device_ports_mac ON device_ports (mac);

-- Parts that people put into a device and take out again; one that was taken out keeps its row.
CREATE TABLE device_components (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    kind TEXT NOT NULL CHECK (kind IN ('cpu', 'dimm', 'disk', 'nic', 'gpu', 'psu', 'other')),
    slot TEXT NOT NULL DEFAULT '',
    maker TEXT NOT NULL DEFAULT '',
    model TEXT NOT NULL DEFAULT '',
    part_number TEXT NOT NULL DEFAULT '',
    serial TEXT,
    capacity TEXT NOT NULL DEFAULT '',
    installed_on TEXT,
    removed_on TEXT,
    removed_because TEXT NOT NULL DEFAULT '',
    replaces_id INTEGER REFERENCES device_components (id),
    note TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX device_components_device_id ON device_components (device_id, kind, slot);
CREATE INDEX device_components_replaces_id ON device_components (replaces_id);
CREATE UNIQUE INDEX device_components_live_serial ON device_components (kind, serial) WHERE removed_on IS NULL;
