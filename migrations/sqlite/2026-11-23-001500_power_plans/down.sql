DROP TABLE power_bulk_machines;
DROP TABLE power_bulks;
DROP TABLE power_schedule_machines;
DROP TABLE power_schedules;
-- SQLite can't change a CHECK: intents and their steps are written anew, with the ids they had.
CREATE TABLE power_intents_before AS SELECT * FROM power_intents;
CREATE TABLE power_intent_steps_before AS SELECT * FROM power_intent_steps;
DROP TABLE power_intent_steps;
DROP TABLE power_intents;

CREATE TABLE power_intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    action TEXT NOT NULL CHECK (action IN ('on', 'off', 'soft_off', 'cycle', 'reset')),
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
SELECT id, device_id, action, reason, state, state_detail, requested_by_user_id, requested_by_name, via, remote, idempotency_key, unknown_state_confirmed, presence_acknowledged, approved_by_user_id, approved_at, observed_before, observed_after, command_sent_at, requested_at, not_before, deadline_at, finished_at, lease_owner, lease_until, version FROM power_intents_before WHERE action IN ('on', 'off', 'soft_off', 'cycle', 'reset');
INSERT INTO power_intent_steps (id, intent_id, at, state, detail)
SELECT id, intent_id, at, state, detail FROM power_intent_steps_before WHERE intent_id IN (SELECT id FROM power_intents_before WHERE action IN ('on', 'off', 'soft_off', 'cycle', 'reset'));
DROP TABLE power_intent_steps_before;
DROP TABLE power_intents_before;
CREATE INDEX power_intents_state ON power_intents (state);
CREATE INDEX power_intents_device_id_requested_at ON power_intents (device_id, requested_at);
CREATE INDEX power_intents_approved_by_user_id ON power_intents (approved_by_user_id);
CREATE INDEX power_intent_steps_intent_id ON power_intent_steps (intent_id);
