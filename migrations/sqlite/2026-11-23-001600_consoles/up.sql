-- A console of a machine from the first person who opened it to the last who left, with what it showed.
CREATE TABLE console_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    -- The owner at the time: a recording does not move to the next one.
    customer_id INTEGER REFERENCES customers (id),
    machine TEXT NOT NULL,
    opened_by_user_id INTEGER REFERENCES users (id),
    opened_by_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    -- When its process last wrote: a session without an end whose process died is closed by this.
    seen_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT CHECK (end_reason IN ('left', 'idle', 'right', 'stopped', 'died', 'failed')),
    octets INTEGER NOT NULL DEFAULT 0,
    cut INTEGER NOT NULL DEFAULT 0 CHECK (cut IN (0, 1))
) STRICT;
CREATE INDEX console_sessions_device_id ON console_sessions (device_id, opened_at);
CREATE INDEX console_sessions_customer_id ON console_sessions (customer_id);
CREATE INDEX console_sessions_opened_by_user_id ON console_sessions (opened_by_user_id);
CREATE INDEX console_sessions_ended_at ON console_sessions (ended_at);

-- Pieces of a recording, compressed, in order.
CREATE TABLE console_parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    session_id INTEGER NOT NULL REFERENCES console_sessions (id),
    number INTEGER NOT NULL,
    octets INTEGER NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (session_id, number)
) STRICT;

-- Who sat at a console, from when to when, and whether they could type.
CREATE TABLE console_seats (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    session_id INTEGER NOT NULL REFERENCES console_sessions (id),
    user_id INTEGER REFERENCES users (id),
    name TEXT NOT NULL,
    remote TEXT NOT NULL,
    wrote INTEGER NOT NULL CHECK (wrote IN (0, 1)),
    joined_at INTEGER NOT NULL,
    left_at INTEGER
) STRICT;
CREATE INDEX console_seats_session_id ON console_seats (session_id);
CREATE INDEX console_seats_user_id ON console_seats (user_id);

-- Machines whose owner may use the console; it ends with the ownership.
CREATE TABLE console_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES devices (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    granted_by_user_id INTEGER REFERENCES users (id),
    granted_at INTEGER NOT NULL,
    UNIQUE (device_id)
) STRICT;
CREATE INDEX console_grants_customer_id ON console_grants (customer_id);
CREATE INDEX console_grants_granted_by_user_id ON console_grants (granted_by_user_id);
