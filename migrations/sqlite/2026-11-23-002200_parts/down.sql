DROP TABLE device_components;
DROP TABLE device_ports;
DROP TABLE device_type_bays;
DROP TABLE device_type_ports;
ALTER TABLE device_types DROP COLUMN passive;
ALTER TABLE device_types DROP COLUMN subdevice_role;
ALTER TABLE device_types DROP COLUMN part_number;
