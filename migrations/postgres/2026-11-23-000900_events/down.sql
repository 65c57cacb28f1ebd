DROP TABLE channels;
DROP TABLE threshold_rules;
DROP TABLE events;
