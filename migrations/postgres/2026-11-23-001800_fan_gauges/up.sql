-- Fans have gauges too: in revolutions a minute, or as a share of their full speed.
ALTER TABLE gauges DROP CONSTRAINT gauges_quantity_check;
ALTER TABLE gauges ADD CONSTRAINT gauges_quantity_check
    CHECK (quantity IN ('active_power', 'apparent_power', 'current', 'voltage', 'energy', 'temperature', 'humidity', 'fan_speed', 'fan_share'));

-- The identify light as the BMC tells it: off, for a while, or until it is switched off; empty where it does not tell.
ALTER TABLE machine_readings ADD COLUMN light TEXT NOT NULL DEFAULT '' CHECK (light IN ('', 'off', 'timed', 'on'));
ALTER TABLE machine_readings ADD COLUMN light_at BIGINT;
