CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    subject_label TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
    tell_customer INTEGER NOT NULL CHECK (tell_customer IN (0, 1)),
    facts TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    ended_at INTEGER,
    acked_at INTEGER,
    acked_by_user_id INTEGER REFERENCES users (id),
    acked_by_name TEXT NOT NULL,
    ack_note TEXT NOT NULL
) STRICT;
-- One open event of a kind about a thing.
CREATE UNIQUE INDEX events_open ON events (kind, subject_kind, subject_id) WHERE ended_at IS NULL;
CREATE INDEX events_subject ON events (subject_kind, subject_id);
CREATE INDEX events_ended_at ON events (ended_at, id);
CREATE INDEX events_customer_id ON events (customer_id, id);
CREATE INDEX events_acked_by_user_id ON events (acked_by_user_id);

CREATE TABLE threshold_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('above_commitment', 'port_down', 'errors_rising', 'target_silent')),
    scope TEXT NOT NULL CHECK (scope IN ('all', 'customer', 'device', 'port', 'allocation')),
    scope_id INTEGER NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
    raise_percent INTEGER NOT NULL,
    clear_percent INTEGER NOT NULL,
    raise_minutes INTEGER NOT NULL,
    clear_minutes INTEGER NOT NULL,
    errors_per_minute INTEGER NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- One rule of a kind for a place; that of everything has the number 0.
CREATE UNIQUE INDEX threshold_rules_place ON threshold_rules (kind, scope, scope_id);

-- What every machine room wants to hear of; people change them.
INSERT INTO threshold_rules
    (kind, scope, scope_id, severity, raise_percent, clear_percent, raise_minutes, clear_minutes, errors_per_minute,
     enabled, created_at, updated_at)
VALUES
    ('above_commitment', 'all', 0, 'warning', 100, 90, 15, 15, 0, 1, 0, 0),
    ('port_down', 'all', 0, 'critical', 0, 0, 5, 5, 0, 1, 0, 0),
    ('errors_rising', 'all', 0, 'warning', 0, 50, 15, 15, 10, 1, 0, 0),
    ('target_silent', 'all', 0, 'critical', 0, 0, 15, 0, 0, 1, 0, 0);

CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'webhook', 'wecom', 'dingtalk', 'feishu')),
    address_sealed BLOB NOT NULL,
    address_shown TEXT NOT NULL,
    signing_sealed BLOB,
    locale TEXT NOT NULL,
    min_severity TEXT NOT NULL CHECK (min_severity IN ('critical', 'warning', 'notice')),
    event_kinds TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    quiet_from_minute INTEGER,
    quiet_until_minute INTEGER,
    quiet_days TEXT NOT NULL,
    quiet_zone TEXT NOT NULL,
    critical_passes INTEGER NOT NULL CHECK (critical_passes IN (0, 1)),
    escalate_minutes INTEGER,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    tested_at INTEGER,
    test_outcome TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_customer_id ON channels (customer_id);
