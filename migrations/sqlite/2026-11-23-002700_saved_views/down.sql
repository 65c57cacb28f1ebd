DELETE FROM device_facts WHERE field = 'system_name';
CREATE TABLE device_facts_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    source TEXT NOT NULL CHECK (source IN ('snmp', 'bmc')),
    part INTEGER NOT NULL DEFAULT 1,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    ignored_at INTEGER,
    ignored_by_name TEXT NOT NULL DEFAULT '',
    UNIQUE (device_id, source, part, field)
) STRICT;
INSERT INTO device_facts_narrower (id, device_id, source, part, field, value, seen_at, ignored_at, ignored_by_name)
    SELECT id, device_id, source, part, field, value, seen_at, ignored_at, ignored_by_name FROM device_facts
    WHERE source <> 'lldp';
DROP TABLE device_facts;
ALTER TABLE device_facts_narrower RENAME TO device_facts;

DROP TABLE saved_views;
