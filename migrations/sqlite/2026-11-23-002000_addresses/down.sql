DROP TABLE ip_assignments;
DROP TABLE ip_addresses;
DROP TABLE ip_ranges;
DROP TABLE prefixes;
DROP TABLE vlans;
DROP TABLE vrfs;
