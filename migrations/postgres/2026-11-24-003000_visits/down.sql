DROP INDEX visit_events_corrects_event_id;
ALTER TABLE visit_events DROP COLUMN corrected_at;
ALTER TABLE visit_events DROP COLUMN corrects_event_id;
ALTER TABLE visit_people DROP COLUMN stepped_out_at;
DROP INDEX visits_standing_permission_id;
ALTER TABLE visits DROP COLUMN standing_permission_id;
DROP TABLE visit_works;
DROP TABLE visit_intents;
DROP TABLE visit_devices;
INSERT INTO settings (name, value, updated_at)
    SELECT 'visits.last_number.' || year, CAST(max(last) AS TEXT), 0 FROM visit_counters GROUP BY year;
DROP TABLE visit_counters;
DROP TABLE approval_rules;
DROP TABLE standing_areas;
DROP TABLE standing_racks;
DROP TABLE standing_permissions;
DROP TABLE visit_areas;
DROP TABLE areas;
