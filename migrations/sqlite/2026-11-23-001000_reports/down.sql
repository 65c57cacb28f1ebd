DROP TABLE month_reports;
ALTER TABLE ports DROP COLUMN is_uplink;
ALTER TABLE contacts DROP COLUMN wants_reports;
