DROP TRIGGER ports_stamp_delete;
DROP TRIGGER ports_stamp_update;
DROP TRIGGER ports_stamp_insert;
ALTER TABLE snmp_targets DROP COLUMN ports_stamp;
DROP TABLE port_speed_changes;
