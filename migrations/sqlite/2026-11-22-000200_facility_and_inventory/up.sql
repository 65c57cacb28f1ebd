CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (code)
) STRICT;

CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (site_id, name)
) STRICT;

CREATE TABLE racks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    name TEXT NOT NULL,
    row_name TEXT NOT NULL DEFAULT '',
    position_in_row INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL,
    starting_unit INTEGER NOT NULL DEFAULT 1,
    numbering TEXT NOT NULL CHECK (numbering IN ('up', 'down')),
    depth_mm INTEGER,
    max_watts INTEGER,
    max_weight_g INTEGER,
    ownership TEXT NOT NULL CHECK (ownership IN ('operator', 'customer', 'shared')),
    customer_id INTEGER REFERENCES customers (id),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (room_id, name)
) STRICT;
CREATE INDEX racks_customer_id ON racks (customer_id);

CREATE TABLE device_types (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    slug TEXT NOT NULL,
    height_half_units INTEGER NOT NULL,
    full_depth INTEGER NOT NULL DEFAULT 1 CHECK (full_depth IN (0, 1)),
    role TEXT NOT NULL CHECK (role IN ('server', 'switch', 'router', 'firewall', 'storage', 'pdu', 'patch_panel', 'console_server', 'blank', 'other')),
    airflow TEXT NOT NULL DEFAULT '',
    weight_g INTEGER,
    watts INTEGER,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (slug)
) STRICT;

CREATE TABLE devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL DEFAULT '',
    serial TEXT,
    asset_tag TEXT,
    device_type_id INTEGER NOT NULL REFERENCES device_types (id),
    customer_id INTEGER REFERENCES customers (id),
    status TEXT NOT NULL CHECK (status IN ('planned', 'in_stock', 'installed', 'decommissioning', 'removed')),
    rack_id INTEGER REFERENCES racks (id),
    position_half_units INTEGER,
    face TEXT CHECK (face IN ('front', 'rear', 'left', 'right')),
    cpu TEXT NOT NULL DEFAULT '',
    memory_mib INTEGER,
    disks TEXT NOT NULL DEFAULT '',
    nics TEXT NOT NULL DEFAULT '',
    warranty_until TEXT,
    protected INTEGER NOT NULL DEFAULT 0 CHECK (protected IN (0, 1)),
    lock_reason TEXT,
    locked_by_user_id INTEGER REFERENCES users (id),
    locked_at INTEGER,
    note TEXT NOT NULL DEFAULT '',
    search_folded TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (name),
    UNIQUE (serial),
    UNIQUE (asset_tag)
) STRICT;
CREATE INDEX devices_search_folded ON devices (search_folded);
CREATE INDEX devices_device_type_id ON devices (device_type_id);
CREATE INDEX devices_customer_id ON devices (customer_id);
CREATE INDEX devices_rack_id ON devices (rack_id);
CREATE INDEX devices_locked_by_user_id ON devices (locked_by_user_id);
