ALTER TABLE ports
ADD COLUMN metered INTEGER NOT NULL DEFAULT 1 CHECK (metered IN (0, 1))
;

CREATE TABLE target_discoveries (
    target_id INTEGER PRIMARY KEY NOT NULL REFERENCES snmp_targets (id),
    take_over TEXT NOT NULL DEFAULT 'all' CHECK (take_over IN ('all', 'chosen')),
    asked_at INTEGER,
    surveyed_at INTEGER,
    own_chassis_id TEXT NOT NULL DEFAULT '',
    neighbours_state TEXT NOT NULL DEFAULT 'unread' CHECK (neighbours_state IN ('unread', 'read', 'absent', 'failed')),
    neighbours_detail TEXT NOT NULL DEFAULT '',
    unplaced INTEGER NOT NULL DEFAULT 0,
    chassis_state TEXT NOT NULL DEFAULT 'unread' CHECK (chassis_state IN ('unread', 'read', 'absent', 'failed')),
    chassis_detail TEXT NOT NULL DEFAULT '',
    trap_at INTEGER,
    trap_kind TEXT NOT NULL DEFAULT '',
    traps INTEGER NOT NULL DEFAULT 0,
    hinted_at INTEGER
) STRICT;

CREATE TABLE neighbours (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    port_id INTEGER NOT NULL REFERENCES ports (id),
    chassis_id_kind TEXT NOT NULL,
    chassis_id TEXT NOT NULL,
    port_id_kind TEXT NOT NULL,
    remote_port_id TEXT NOT NULL,
    port_descr TEXT NOT NULL DEFAULT '',
    system_name TEXT NOT NULL DEFAULT '',
    system_descr TEXT NOT NULL DEFAULT '',
    management_address TEXT NOT NULL DEFAULT '',
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    gone_at INTEGER,
    UNIQUE (port_id, chassis_id_kind, chassis_id, port_id_kind, remote_port_id)
) STRICT;

CREATE TABLE device_facts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    source TEXT NOT NULL CHECK (source IN ('snmp')),
    part INTEGER NOT NULL DEFAULT 1,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (device_id, source, part, field)
) STRICT;
