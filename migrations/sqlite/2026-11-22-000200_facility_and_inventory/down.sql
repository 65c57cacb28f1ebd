DROP TABLE devices;
DROP TABLE device_types;
DROP TABLE racks;
DROP TABLE rooms;
DROP TABLE sites;
