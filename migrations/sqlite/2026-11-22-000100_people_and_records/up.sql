CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    licence_number TEXT NOT NULL DEFAULT '',
    legal_representative TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL CHECK (locale IN ('zh-CN', 'en')),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (code)
) STRICT;

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    name TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL CHECK (locale IN ('zh-CN', 'en')),
    may_announce INTEGER NOT NULL DEFAULT 1 CHECK (may_announce IN (0, 1)),
    receives_notices INTEGER NOT NULL DEFAULT 1 CHECK (receives_notices IN (0, 1)),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_customer_id ON contacts (customer_id);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    login TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL CHECK (role IN ('administrator', 'operations', 'technician', 'reception', 'finance', 'auditor', 'customer_admin', 'customer_member')),
    customer_id INTEGER REFERENCES customers (id),
    locale TEXT NOT NULL CHECK (locale IN ('auto', 'zh-CN', 'en')),
    theme TEXT NOT NULL CHECK (theme IN ('auto', 'light', 'dark')),
    password_hash TEXT,
    failed_logins INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    disabled_at INTEGER,
    last_login_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (login)
) STRICT;
CREATE INDEX users_customer_id ON users (customer_id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    csrf_token TEXT NOT NULL,
    remote TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX api_tokens_user_id ON api_tokens (user_id);

CREATE TABLE setup_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX setup_links_user_id ON setup_links (user_id);

CREATE TABLE login_attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    login TEXT NOT NULL,
    remote TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'wrong', 'locked', 'limited', 'disabled'))
) STRICT;
CREATE INDEX login_attempts_remote_at ON login_attempts (remote, at);
CREATE INDEX login_attempts_login_at ON login_attempts (login, at);

CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at INTEGER NOT NULL,
    author_user_id INTEGER,
    author_name TEXT NOT NULL,
    via TEXT NOT NULL CHECK (via IN ('web', 'api', 'cli', 'task')),
    remote TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id INTEGER,
    object_label TEXT NOT NULL DEFAULT '',
    customer_id INTEGER,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    entry_hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_author_user_id ON audit_entries (author_user_id);
CREATE INDEX audit_entries_customer_id ON audit_entries (customer_id);
CREATE INDEX audit_entries_object_kind_object_id ON audit_entries (object_kind, object_id);
CREATE INDEX audit_entries_at ON audit_entries (at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedupe_key TEXT,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until INTEGER,
    done_at INTEGER,
    dead_at INTEGER,
    last_error TEXT,
    UNIQUE (dedupe_key)
) STRICT;
CREATE INDEX outbox_done_at_dead_at_not_before ON outbox (done_at, dead_at, not_before);

CREATE TABLE task_runs (
    name TEXT PRIMARY KEY NOT NULL,
    last_started_at INTEGER,
    last_reason TEXT NOT NULL DEFAULT '',
    last_outcome TEXT NOT NULL DEFAULT '',
    last_detail TEXT NOT NULL DEFAULT '',
    last_duration_ms INTEGER NOT NULL DEFAULT 0,
    runs INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
