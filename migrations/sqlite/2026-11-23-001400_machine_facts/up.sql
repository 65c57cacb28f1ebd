-- What is read of a machine through its BMC, and how far. One row per machine, written once a reading.
CREATE TABLE machine_readings (
    device_id INTEGER PRIMARY KEY NOT NULL REFERENCES devices (id),
    endpoint TEXT NOT NULL,
    next_at INTEGER NOT NULL,
    asked_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    sensors_at INTEGER,
    sensors_said TEXT NOT NULL DEFAULT '',
    sensors_trouble TEXT NOT NULL DEFAULT '',
    watts INTEGER,
    log_at INTEGER,
    log_mark TEXT NOT NULL DEFAULT '',
    log_epoch INTEGER NOT NULL DEFAULT 1,
    log_drift_ms INTEGER,
    log_free_percent INTEGER,
    log_trouble TEXT NOT NULL DEFAULT '',
    parts_at INTEGER,
    parts_trouble TEXT NOT NULL DEFAULT '',
    controller TEXT NOT NULL DEFAULT '',
    boot TEXT NOT NULL DEFAULT '',
    off_since INTEGER
) STRICT;
CREATE INDEX machine_readings_next_at ON machine_readings (next_at);

-- The sensors of a machine: a row changes when the BMC judges it otherwise, not with every value.
CREATE TABLE machine_sensors (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    sensor_key TEXT NOT NULL,
    name TEXT NOT NULL,
    entity TEXT NOT NULL DEFAULT '',
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL DEFAULT '',
    limits TEXT NOT NULL DEFAULT '',
    health TEXT NOT NULL CHECK (health IN ('ok', 'warning', 'critical', 'fatal', 'unknown')),
    state TEXT NOT NULL DEFAULT '',
    states TEXT NOT NULL DEFAULT '',
    health_since INTEGER NOT NULL,
    missing_since INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id, sensor_key)
) STRICT;
CREATE INDEX machine_sensors_health ON machine_sensors (health);

-- Entries of the BMCs' event logs; they stay when the BMC's own log is cleared.
CREATE TABLE machine_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    origin TEXT NOT NULL CHECK (origin IN ('entry', 'cleared')),
    entry_id TEXT NOT NULL,
    at INTEGER,
    since_start_s INTEGER,
    read_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    asserted INTEGER NOT NULL CHECK (asserted IN (0, 1)),
    health TEXT NOT NULL CHECK (health IN ('ok', 'warning', 'critical', 'fatal', 'unknown')),
    raw TEXT NOT NULL,
    print TEXT NOT NULL,
    search_folded TEXT NOT NULL,
    UNIQUE (device_id, print)
) STRICT;
CREATE INDEX machine_log_device_id ON machine_log (device_id, id);
CREATE INDEX machine_log_read_at ON machine_log (read_at);

-- Parts of a machine as its BMC tells them; one that was taken out or replaced keeps its row.
CREATE TABLE machine_parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    kind TEXT NOT NULL,
    slot TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    model TEXT NOT NULL,
    part_number TEXT NOT NULL,
    serial TEXT NOT NULL,
    asset_tag TEXT NOT NULL,
    revision TEXT NOT NULL,
    mac TEXT NOT NULL,
    octets INTEGER,
    detail TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    gone_at INTEGER
) STRICT;
CREATE INDEX machine_parts_device_id ON machine_parts (device_id, kind, slot);

-- Changes of a BMC's password, step by step. The new one is kept sealed until it has worked or is given up.
CREATE TABLE bmc_rotations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'testing', 'done', 'failed', 'unclear')),
    password_sealed BLOB,
    requested_by_user_id INTEGER REFERENCES users (id),
    requested_by_name TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    sent_at INTEGER,
    finished_at INTEGER,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX bmc_rotations_device_id ON bmc_rotations (device_id, id);
CREATE INDEX bmc_rotations_requested_by_user_id ON bmc_rotations (requested_by_user_id);
CREATE INDEX bmc_rotations_state ON bmc_rotations (state);

CREATE TABLE bmc_rotation_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rotation_id INTEGER NOT NULL REFERENCES bmc_rotations (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL
) STRICT;
CREATE INDEX bmc_rotation_steps_rotation_id ON bmc_rotation_steps (rotation_id, id);

-- A BMC is one more source of what a device says of itself, and a person may set a difference aside.
CREATE TABLE device_facts_wider (
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
INSERT INTO device_facts_wider (id, device_id, source, part, field, value, seen_at)
    SELECT id, device_id, source, part, field, value, seen_at FROM device_facts;
DROP TABLE device_facts;
ALTER TABLE device_facts_wider RENAME TO device_facts;

-- Rules for what goes wrong with machines.
CREATE TABLE threshold_rules_wider (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('above_commitment', 'port_down', 'errors_rising', 'target_silent', 'machine_off', 'sensor_over', 'supply_lost', 'bmc_silent', 'credential_stopped')),
    scope TEXT NOT NULL CHECK (scope IN ('all', 'customer', 'device', 'port', 'allocation')),
    scope_id INTEGER NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
    raise_percent INTEGER NOT NULL,
    clear_percent INTEGER NOT NULL,
    raise_minutes INTEGER NOT NULL,
    clear_minutes INTEGER NOT NULL,
    errors_per_minute INTEGER NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
INSERT INTO threshold_rules_wider SELECT * FROM threshold_rules;
DROP TABLE threshold_rules;
ALTER TABLE threshold_rules_wider RENAME TO threshold_rules;
CREATE UNIQUE INDEX threshold_rules_place ON threshold_rules (kind, scope, scope_id);
INSERT INTO threshold_rules
    (kind, scope, scope_id, severity, raise_percent, clear_percent, raise_minutes, clear_minutes, errors_per_minute,
     enabled, created_at, updated_at)
VALUES
    ('machine_off', 'all', 0, 'critical', 0, 0, 5, 0, 0, 1, 0, 0),
    ('sensor_over', 'all', 0, 'critical', 0, 0, 2, 5, 0, 1, 0, 0),
    ('supply_lost', 'all', 0, 'critical', 0, 0, 0, 0, 0, 1, 0, 0),
    ('bmc_silent', 'all', 0, 'warning', 0, 0, 15, 0, 0, 1, 0, 0),
    ('credential_stopped', 'all', 0, 'warning', 0, 0, 0, 0, 0, 1, 0, 0);
