DELETE FROM threshold_rules WHERE kind IN ('machine_off', 'sensor_over', 'supply_lost', 'bmc_silent', 'credential_stopped');
ALTER TABLE threshold_rules DROP CONSTRAINT threshold_rules_kind_check;
ALTER TABLE threshold_rules ADD CONSTRAINT threshold_rules_kind_check
    CHECK (kind IN ('above_commitment', 'port_down', 'errors_rising', 'target_silent'));

ALTER TABLE device_facts DROP COLUMN ignored_by_name;
ALTER TABLE device_facts DROP COLUMN ignored_at;
DELETE FROM device_facts WHERE source <> 'snmp';
ALTER TABLE device_facts DROP CONSTRAINT device_facts_source_check;
ALTER TABLE device_facts ADD CONSTRAINT device_facts_source_check
    CHECK (source IN ('snmp'));

DROP TABLE bmc_rotation_steps;
DROP TABLE bmc_rotations;
DROP TABLE machine_parts;
DROP TABLE machine_log;
DROP TABLE machine_sensors;
DROP TABLE machine_readings;
