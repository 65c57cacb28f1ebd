CREATE TABLE reading_days (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    target_id INTEGER NOT NULL REFERENCES snmp_targets (id),
    day INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    polls INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (target_id, day)
) STRICT;
CREATE INDEX reading_days_day ON reading_days (day);

CREATE TABLE reading_blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    port_id INTEGER NOT NULL REFERENCES ports (id),
    day INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (port_id, day)
) STRICT;

CREATE TABLE series_rollups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    port_id INTEGER NOT NULL REFERENCES ports (id),
    month INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (port_id, month)
) STRICT;
CREATE INDEX series_rollups_month ON series_rollups (month);
