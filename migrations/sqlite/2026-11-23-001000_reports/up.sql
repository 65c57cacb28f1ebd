ALTER TABLE contacts ADD COLUMN
    wants_reports INTEGER NOT NULL DEFAULT 0 CHECK (wants_reports IN (0, 1))
;
ALTER TABLE ports ADD COLUMN
    is_uplink INTEGER NOT NULL DEFAULT 0 CHECK (is_uplink IN (0, 1))
;

CREATE TABLE month_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    month TEXT NOT NULL,
    edition INTEGER NOT NULL,
    locale TEXT NOT NULL CHECK (locale IN ('zh-CN', 'en')),
    is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
    basis TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    UNIQUE (customer_id, month, edition)
) STRICT;

-- What was sent stays as it was: a corrected report is a new edition.
CREATE TRIGGER month_reports_no_update BEFORE UPDATE ON month_reports
BEGIN
    SELECT RAISE(ABORT, 'a report never changes');
END;
CREATE TRIGGER month_reports_no_delete BEFORE DELETE ON month_reports
BEGIN
    SELECT RAISE(ABORT, 'a report never changes');
END;
