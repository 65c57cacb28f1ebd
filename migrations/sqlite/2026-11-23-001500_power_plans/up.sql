-- SQLite can't change a CHECK: intents and their steps are written anew, with the ids they had.
CREATE TABLE power_intents_before AS SELECT * FROM power_intents;
CREATE TABLE power_intent_steps_before AS SELECT * FROM power_intent_steps;
DROP TABLE power_intent_steps;
DROP TABLE power_intents;

CREATE TABLE power_intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    action TEXT NOT NULL CHECK (action IN ('on', 'off', 'soft_off', 'cycle', 'reset', 'nmi', 'identify', 'boot_device', 'bmc_reset')),
    reason TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('awaiting_approval', 'queued', 'running', 'verifying', 'succeeded', 'failed', 'timed_out', 'refused', 'cancelled')),
    state_detail TEXT NOT NULL DEFAULT '',
    requested_by_user_id INTEGER REFERENCES users (id),
    requested_by_name TEXT NOT NULL,
    via TEXT NOT NULL,
    remote TEXT NOT NULL DEFAULT '',
    idempotency_key TEXT,
    unknown_state_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (unknown_state_confirmed IN (0, 1)),
    presence_acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (presence_acknowledged IN (0, 1)),
    approved_by_user_id INTEGER REFERENCES users (id),
    approved_at INTEGER,
    observed_before TEXT,
    observed_after TEXT,
    command_sent_at INTEGER,
    requested_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    deadline_at INTEGER,
    finished_at INTEGER,
    lease_owner TEXT,
    lease_until INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    path TEXT NOT NULL DEFAULT 'bmc' CHECK (path IN ('bmc', 'outlets')),
    setting TEXT NOT NULL DEFAULT '',
    UNIQUE (requested_by_user_id, idempotency_key)
) STRICT;

CREATE TABLE power_intent_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    intent_id INTEGER NOT NULL REFERENCES power_intents (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

INSERT INTO power_intents (id, device_id, action, reason, state, state_detail, requested_by_user_id, requested_by_name, via, remote, idempotency_key, unknown_state_confirmed, presence_acknowledged, approved_by_user_id, approved_at, observed_before, observed_after, command_sent_at, requested_at, not_before, deadline_at, finished_at, lease_owner, lease_until, version)
SELECT id, device_id, action, reason, state, state_detail, requested_by_user_id, requested_by_name, via, remote, idempotency_key, unknown_state_confirmed, presence_acknowledged, approved_by_user_id, approved_at, observed_before, observed_after, command_sent_at, requested_at, not_before, deadline_at, finished_at, lease_owner, lease_until, version FROM power_intents_before;
INSERT INTO power_intent_steps (id, intent_id, at, state, detail)
SELECT id, intent_id, at, state, detail FROM power_intent_steps_before;
DROP TABLE power_intent_steps_before;
DROP TABLE power_intents_before;
CREATE INDEX power_intents_state ON power_intents (state);
CREATE INDEX power_intents_device_id_requested_at ON power_intents (device_id, requested_at);
CREATE INDEX power_intents_approved_by_user_id ON power_intents (approved_by_user_id);
CREATE INDEX power_intent_steps_intent_id ON power_intent_steps (intent_id);

CREATE TABLE power_schedules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('on', 'off', 'soft_off', 'cycle', 'reset', 'nmi', 'identify', 'boot_device', 'bmc_reset')),
    setting TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT 'bmc' CHECK (path IN ('bmc', 'outlets')),
    reason TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL,
    rhythm TEXT NOT NULL CHECK (rhythm IN ('once', 'weekly')),
    local_date TEXT NOT NULL DEFAULT '',
    weekdays INTEGER NOT NULL DEFAULT 0,
    minute_of_day INTEGER NOT NULL,
    stagger_ms INTEGER NOT NULL,
    stop_after INTEGER NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    owner_user_id INTEGER REFERENCES users (id),
    owner_name TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    next_run_at INTEGER,
    last_run_at INTEGER,
    last_said TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX power_schedules_next_run_at ON power_schedules (next_run_at);
CREATE INDEX power_schedules_customer_id ON power_schedules (customer_id);
CREATE INDEX power_schedules_owner_user_id ON power_schedules (owner_user_id);

CREATE TABLE power_schedule_machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    schedule_id INTEGER NOT NULL REFERENCES power_schedules (id),
    device_id INTEGER NOT NULL REFERENCES devices (id),
    UNIQUE (schedule_id, device_id)
) STRICT;
CREATE INDEX power_schedule_machines_device_id ON power_schedule_machines (device_id);

CREATE TABLE power_bulks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('on', 'off', 'soft_off', 'cycle', 'reset', 'nmi', 'identify', 'boot_device', 'bmc_reset')),
    setting TEXT NOT NULL DEFAULT '',
    path TEXT NOT NULL DEFAULT 'bmc' CHECK (path IN ('bmc', 'outlets')),
    reason TEXT NOT NULL DEFAULT '',
    stagger_ms INTEGER NOT NULL,
    stop_after INTEGER NOT NULL,
    schedule_id INTEGER REFERENCES power_schedules (id),
    customer_id INTEGER REFERENCES customers (id),
    requested_by_user_id INTEGER REFERENCES users (id),
    requested_by_name TEXT NOT NULL,
    via TEXT NOT NULL,
    idempotency_key TEXT,
    requested_at INTEGER NOT NULL,
    stopped_at INTEGER,
    stopped_why TEXT CHECK (stopped_why IN ('failures', 'person')),
    stopped_by_name TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (requested_by_user_id, idempotency_key)
) STRICT;
CREATE INDEX power_bulks_schedule_id ON power_bulks (schedule_id);
CREATE INDEX power_bulks_customer_id ON power_bulks (customer_id);

CREATE TABLE power_bulk_machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    bulk_id INTEGER NOT NULL REFERENCES power_bulks (id),
    place INTEGER NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    intent_id INTEGER REFERENCES power_intents (id),
    refused TEXT,
    UNIQUE (bulk_id, device_id)
) STRICT;
CREATE INDEX power_bulk_machines_device_id ON power_bulk_machines (device_id);
CREATE UNIQUE INDEX power_bulk_machines_intent_id ON power_bulk_machines (intent_id);
