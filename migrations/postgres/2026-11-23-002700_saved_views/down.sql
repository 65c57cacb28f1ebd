DELETE FROM device_facts WHERE field = 'system_name';
DROP INDEX device_facts_said;
ALTER TABLE device_facts DROP COLUMN ignored_until;
ALTER TABLE device_facts DROP COLUMN said_at;
DELETE FROM device_facts WHERE source = 'lldp';
ALTER TABLE device_facts DROP CONSTRAINT device_facts_source_check;
ALTER TABLE device_facts ADD CONSTRAINT device_facts_source_check
    CHECK (source IN ('snmp', 'bmc'));

DROP TABLE saved_views;
