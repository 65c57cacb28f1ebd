DROP TABLE device_facts;
DROP TABLE neighbours;
DROP TABLE target_discoveries;
ALTER TABLE ports DROP COLUMN metered;
