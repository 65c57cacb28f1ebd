CREATE TABLE closed_periods (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    allocation_id INTEGER NOT NULL REFERENCES bandwidth_allocations (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    figure_bps INTEGER,
    direction_rule TEXT NOT NULL CHECK (direction_rule IN ('max_of_p95', 'p95_of_max', 'p95_of_sum', 'in', 'out')),
    gap_rule TEXT NOT NULL CHECK (gap_rule IN ('drop', 'zero', 'average')),
    rule_version INTEGER NOT NULL,
    committed_bps INTEGER NOT NULL,
    overage_bps INTEGER,
    slots INTEGER NOT NULL,
    used_slots INTEGER NOT NULL,
    gap_slots INTEGER NOT NULL,
    estimated_slots INTEGER NOT NULL,
    suspect_slots INTEGER NOT NULL,
    incomplete_slots INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL,
    closed_by_user_id INTEGER REFERENCES users (id),
    closed_by_name TEXT NOT NULL,
    closed_at INTEGER NOT NULL,
    UNIQUE (allocation_id, from_at)
) STRICT;
CREATE INDEX closed_periods_closed_by_user_id ON closed_periods (closed_by_user_id);

CREATE TABLE period_corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    closed_period_id INTEGER NOT NULL REFERENCES closed_periods (id),
    credit_bps INTEGER,
    credit_octets INTEGER,
    reason TEXT NOT NULL,
    author_user_id INTEGER REFERENCES users (id),
    author_name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX period_corrections_closed_period_id ON period_corrections (closed_period_id);
CREATE INDEX period_corrections_author_user_id ON period_corrections (author_user_id);

-- What was billed stays as it was: a correction is a new row.
CREATE TRIGGER closed_periods_no_update BEFORE UPDATE ON closed_periods
BEGIN
    SELECT RAISE(ABORT, 'a closed period never changes');
END;
CREATE TRIGGER closed_periods_no_delete BEFORE DELETE ON closed_periods
BEGIN
    SELECT RAISE(ABORT, 'a closed period never changes');
END;
CREATE TRIGGER period_corrections_no_update BEFORE UPDATE ON period_corrections
BEGIN
    SELECT RAISE(ABORT, 'a correction never changes');
END;
CREATE TRIGGER period_corrections_no_delete BEFORE DELETE ON period_corrections
BEGIN
    SELECT RAISE(ABORT, 'a correction never changes');
END;
