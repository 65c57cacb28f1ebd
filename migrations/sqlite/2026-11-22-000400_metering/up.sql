CREATE TABLE snmp_targets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    snmp_version TEXT NOT NULL CHECK (snmp_version IN ('v2c', 'v3')),
    community_sealed BLOB,
    v3_user TEXT NOT NULL DEFAULT '',
    v3_auth_protocol TEXT NOT NULL DEFAULT '',
    v3_auth_sealed BLOB,
    v3_privacy_protocol TEXT NOT NULL DEFAULT '',
    v3_privacy_sealed BLOB,
    v3_context TEXT NOT NULL DEFAULT '',
    interval_s INTEGER NOT NULL DEFAULT 300,
    port_identity TEXT NOT NULL CHECK (port_identity IN ('if_name', 'if_descr', 'if_alias')),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    max_repetitions INTEGER NOT NULL DEFAULT 25,
    next_poll_at INTEGER NOT NULL DEFAULT 0,
    last_good_at INTEGER,
    last_attempt_at INTEGER,
    last_error TEXT,
    consecutive_failures INTEGER NOT NULL DEFAULT 0,
    system_name TEXT NOT NULL DEFAULT '',
    system_descr TEXT NOT NULL DEFAULT '',
    system_object_id TEXT NOT NULL DEFAULT '',
    last_uptime_ms INTEGER,
    names_read_at INTEGER,
    lease_owner TEXT,
    lease_until INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id)
) STRICT;
CREATE INDEX snmp_targets_next_poll_at ON snmp_targets (next_poll_at);

CREATE TABLE ports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    name TEXT NOT NULL,
    if_index INTEGER,
    descr TEXT NOT NULL DEFAULT '',
    alias TEXT NOT NULL DEFAULT '',
    if_type INTEGER,
    speed_bps INTEGER,
    speed_override_bps INTEGER,
    admin_up INTEGER CHECK (admin_up IN (0, 1)),
    oper_up INTEGER CHECK (oper_up IN (0, 1)),
    counter_bits INTEGER,
    last_seen_at INTEGER,
    missing_since INTEGER,
    warning TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id, name)
) STRICT;

CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    target_id INTEGER NOT NULL REFERENCES snmp_targets (id),
    at INTEGER NOT NULL,
    uptime_ms INTEGER,
    body BLOB NOT NULL,
    UNIQUE (target_id, at)
) STRICT;

CREATE TABLE bandwidth_allocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    committed_bps INTEGER NOT NULL,
    burst_bps INTEGER,
    direction_rule TEXT NOT NULL CHECK (direction_rule IN ('max_of_p95', 'p95_of_max', 'p95_of_sum', 'in', 'out')),
    gap_rule TEXT NOT NULL CHECK (gap_rule IN ('drop', 'zero', 'average')),
    billing_day INTEGER NOT NULL DEFAULT 1,
    time_zone TEXT NOT NULL,
    active_from INTEGER NOT NULL,
    active_until INTEGER,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (customer_id, name)
) STRICT;

CREATE TABLE allocation_ports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    allocation_id INTEGER NOT NULL REFERENCES bandwidth_allocations (id),
    port_id INTEGER NOT NULL REFERENCES ports (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    UNIQUE (allocation_id, port_id, from_at)
) STRICT;
CREATE INDEX allocation_ports_port_id ON allocation_ports (port_id);
