-- What a device said of a port's line speed before it said another: a rate is judged by the speed of its time.
CREATE TABLE port_speed_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    port_id INTEGER NOT NULL REFERENCES ports (id),
    at INTEGER NOT NULL,
    before_bps INTEGER,
    after_bps INTEGER
) STRICT;
CREATE INDEX port_speed_changes_port_id ON port_speed_changes (port_id, at);

-- Rises with every change of a device's ports, whoever makes it: what a poller remembers of them holds as long as it
-- stays the same.
ALTER TABLE snmp_targets ADD COLUMN ports_stamp INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER ports_stamp_insert AFTER INSERT ON ports BEGIN
    UPDATE snmp_targets SET ports_stamp = ports_stamp + 1 WHERE device_id = NEW.device_id;
END;
CREATE TRIGGER ports_stamp_update AFTER UPDATE ON ports BEGIN
    UPDATE snmp_targets SET ports_stamp = ports_stamp + 1 WHERE device_id IN (OLD.device_id, NEW.device_id);
END;
CREATE TRIGGER ports_stamp_delete AFTER DELETE ON ports BEGIN
    UPDATE snmp_targets SET ports_stamp = ports_stamp + 1 WHERE device_id = OLD.device_id;
END;
