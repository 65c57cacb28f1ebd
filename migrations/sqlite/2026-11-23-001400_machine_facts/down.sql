CREATE TABLE threshold_rules_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('above_commitment', 'port_down', 'errors_rising', 'target_silent')),
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
INSERT INTO threshold_rules_narrower SELECT * FROM threshold_rules
    WHERE kind IN ('above_commitment', 'port_down', 'errors_rising', 'target_silent');
DROP TABLE threshold_rules;
ALTER TABLE threshold_rules_narrower RENAME TO threshold_rules;
CREATE UNIQUE INDEX threshold_rules_place ON threshold_rules (kind, scope, scope_id);

CREATE TABLE device_facts_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    source TEXT NOT NULL CHECK (source IN ('snmp')),
    part INTEGER NOT NULL DEFAULT 1,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    UNIQUE (device_id, source, part, field)
) STRICT;
INSERT INTO device_facts_narrower (id, device_id, source, part, field, value, seen_at)
    SELECT id, device_id, source, part, field, value, seen_at FROM device_facts WHERE source = 'snmp';
DROP TABLE device_facts;
ALTER TABLE device_facts_narrower RENAME TO device_facts;

DROP TABLE bmc_rotation_steps;
DROP TABLE bmc_rotations;
DROP TABLE machine_parts;
DROP TABLE machine_log;
DROP TABLE machine_sensors;
DROP TABLE machine_readings;
