DROP TRIGGER ports_stamp ON ports;
DROP FUNCTION raise_ports_stamp;
ALTER TABLE snmp_targets DROP COLUMN ports_stamp;
DROP TABLE port_speed_changes;
