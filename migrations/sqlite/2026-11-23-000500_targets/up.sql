CREATE TABLE target_polls (
    target_id INTEGER PRIMARY KEY NOT NULL REFERENCES snmp_targets (id),
    at INTEGER NOT NULL,
    lag_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    timeouts INTEGER NOT NULL,
    varbinds INTEGER NOT NULL,
    packets INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    extent TEXT NOT NULL CHECK (extent IN ('whole_table', 'known_rows')),
    notes TEXT NOT NULL
) STRICT;
