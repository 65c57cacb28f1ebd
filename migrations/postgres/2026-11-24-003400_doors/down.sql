DROP TABLE visit_chain;
DROP INDEX visit_events_sequence;
ALTER TABLE visit_events DROP COLUMN named_digest;
ALTER TABLE visit_events DROP COLUMN named_salt;
ALTER TABLE visit_events DROP COLUMN entry_hash;
ALTER TABLE visit_events DROP COLUMN previous_hash;
ALTER TABLE visit_events DROP COLUMN sequence;
DROP TABLE door_events;
DROP TABLE doors;
