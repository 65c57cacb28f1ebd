CREATE TABLE target_polls (
    target_id BIGINT PRIMARY KEY REFERENCES snmp_targets (id),
    at BIGINT NOT NULL,
    lag_ms BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    timeouts BIGINT NOT NULL,
    varbinds BIGINT NOT NULL,
    packets BIGINT NOT NULL,
    octets BIGINT NOT NULL,
    extent TEXT NOT NULL CHECK (extent IN ('whole_table', 'known_rows')),
    notes TEXT NOT NULL
);
