CREATE TABLE bmc_endpoints (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    protocol TEXT NOT NULL CHECK (protocol IN ('ipmi', 'redfish')),
    address TEXT NOT NULL,
    port INTEGER NOT NULL,
    username TEXT NOT NULL,
    password_sealed BLOB NOT NULL,
    kg_sealed BLOB,
    remembered_suite INTEGER,
    expected_guid TEXT,
    credential_fault TEXT,
    credential_fault_at INTEGER,
    power_state TEXT NOT NULL CHECK (power_state IN ('on', 'off', 'unknown')),
    power_state_at INTEGER,
    last_answer_at INTEGER,
    last_error TEXT,
    last_error_at INTEGER,
    consecutive_failures INTEGER NOT NULL DEFAULT 0,
    next_poll_at INTEGER NOT NULL DEFAULT 0,
    manufacturer_id INTEGER,
    product_id INTEGER,
    firmware TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (device_id)
) STRICT;
CREATE INDEX bmc_endpoints_next_poll_at ON bmc_endpoints (next_poll_at);

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
CREATE INDEX power_intents_state ON power_intents (state);
CREATE INDEX power_intents_device_id_requested_at ON power_intents (device_id, requested_at);
CREATE INDEX power_intents_approved_by_user_id ON power_intents (approved_by_user_id);

CREATE TABLE power_intent_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    intent_id INTEGER NOT NULL REFERENCES power_intents (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX power_intent_steps_intent_id ON power_intent_steps (intent_id);
