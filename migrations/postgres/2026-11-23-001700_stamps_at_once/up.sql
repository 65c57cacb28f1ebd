-- Once for each statement instead of once for each port: ten thousand ports of a new chassis changed one row ten
-- thousand times in a transaction, and each change had to pass over all those before it.
DROP TRIGGER ports_stamp ON ports;
DROP FUNCTION raise_ports_stamp;
CREATE FUNCTION raise_ports_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE snmp_targets SET ports_stamp = ports_stamp + 1
            WHERE device_id IN (SELECT device_id FROM after_it);
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE snmp_targets SET ports_stamp = ports_stamp + 1
            WHERE device_id IN (SELECT device_id FROM before_it);
    ELSE
        UPDATE snmp_targets SET ports_stamp = ports_stamp + 1
            WHERE device_id IN (SELECT device_id FROM before_it UNION SELECT device_id FROM after_it);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ports_stamp_insert AFTER INSERT ON ports REFERENCING NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION raise_ports_stamp();
CREATE TRIGGER ports_stamp_update AFTER UPDATE ON ports REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION raise_ports_stamp();
CREATE TRIGGER ports_stamp_delete AFTER DELETE ON ports REFERENCING OLD TABLE AS before_it
    FOR EACH STATEMENT EXECUTE FUNCTION raise_ports_stamp();
