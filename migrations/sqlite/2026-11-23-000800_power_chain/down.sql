DROP TABLE outlets;
DROP TABLE pdus;
DROP TABLE power_feeds;
DROP TABLE gauge_rollups;
DROP TABLE gauge_blocks;
DROP TABLE gauge_days;
DROP TABLE gauge_readings;
DROP TABLE gauges;
