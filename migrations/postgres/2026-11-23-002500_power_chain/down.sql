ALTER TABLE racks DROP COLUMN contracted_watts;
DROP INDEX power_feeds_panel_id;
ALTER TABLE power_feeds DROP COLUMN contracted_watts;
ALTER TABLE power_feeds DROP COLUMN max_percent;
ALTER TABLE power_feeds DROP COLUMN panel_id;
DROP TABLE power_panels;
