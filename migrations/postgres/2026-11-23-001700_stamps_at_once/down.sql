DROP TRIGGER ports_stamp_insert ON ports;
DROP TRIGGER ports_stamp_update ON ports;
DROP TRIGGER ports_stamp_delete ON ports;
DROP FUNCTION raise_ports_stamp;
CREATE FUNCTION raise_ports_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        UPDATE snmp_targets SET ports_stamp = ports_stamp + 1 WHERE device_id = NEW.device_id;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.device_id <> NEW.device_id) THEN
        UPDATE snmp_targets SET ports_stamp = ports_stamp + 1 WHERE device_id = OLD.device_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ports_stamp AFTER INSERT OR UPDATE OR DELETE ON ports
    FOR EACH ROW EXECUTE FUNCTION raise_ports_stamp();
