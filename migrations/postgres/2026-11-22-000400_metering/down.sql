DROP TABLE allocation_ports;
DROP TABLE bandwidth_allocations;
DROP TABLE readings;
DROP TABLE ports;
DROP TABLE snmp_targets;
