-- A list as a person wants it: the text of its address, checked before it was kept.
CREATE TABLE saved_views (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    list TEXT NOT NULL CHECK (list IN ('devices', 'racks', 'ports')),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, list, name)
) STRICT;

-- Since when a device says what it says, until when a difference is set aside, and one more source.
CREATE TABLE device_facts_wider (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    source TEXT NOT NULL CHECK (source IN ('snmp', 'bmc', 'lldp')),
    part INTEGER NOT NULL DEFAULT 1,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    ignored_at INTEGER,
    ignored_by_name TEXT NOT NULL DEFAULT '',
    said_at INTEGER NOT NULL DEFAULT 0,
    ignored_until INTEGER,
    UNIQUE (device_id, source, part, field)
) STRICT;
INSERT INTO device_facts_wider (id, device_id, source, part, field, value, seen_at, ignored_at, ignored_by_name, said_at)
    SELECT id, device_id, source, part, field, value, seen_at, ignored_at, ignored_by_name, seen_at FROM device_facts;
DROP TABLE device_facts;
ALTER TABLE device_facts_wider RENAME TO device_facts;
CREATE INDEX device_facts_said ON device_facts (said_at, id);

-- The names that polled devices have told so far.
INSERT INTO device_facts (device_id, source, part, field, value, seen_at, said_at)
    SELECT device_id, 'snmp', 1, 'system_name', MIN(system_name), COALESCE(MAX(last_good_at), 0), COALESCE(MAX(last_good_at), 0)
    FROM snmp_targets WHERE system_name <> '' GROUP BY device_id;
