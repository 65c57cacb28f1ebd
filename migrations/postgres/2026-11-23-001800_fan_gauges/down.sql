ALTER TABLE machine_readings DROP COLUMN light_at;
ALTER TABLE machine_readings DROP COLUMN light;

-- Fans have no gauges any more. Readings of the running day name gauges by id, so those of their machines go too.
DELETE FROM gauge_readings WHERE device_id IN (SELECT device_id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauge_blocks WHERE gauge_id IN (SELECT id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauge_rollups WHERE gauge_id IN (SELECT id FROM gauges WHERE quantity IN ('fan_speed', 'fan_share'));
DELETE FROM gauges WHERE quantity IN ('fan_speed', 'fan_share');

ALTER TABLE gauges DROP CONSTRAINT gauges_quantity_check;
ALTER TABLE gauges ADD CONSTRAINT gauges_quantity_check
    CHECK (quantity IN ('active_power', 'apparent_power', 'current', 'voltage', 'energy', 'temperature', 'humidity'));
