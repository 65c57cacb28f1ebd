-- What people borrow at the desk: badges, lockers and the keys of racks.
CREATE TABLE loan_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL CHECK (kind IN ('badge', 'locker', 'key')),
    number TEXT NOT NULL,
    rack_id INTEGER REFERENCES racks (id),
    state TEXT NOT NULL DEFAULT 'in_stock' CHECK (state IN ('in_stock', 'out', 'lost', 'retired')),
    note TEXT NOT NULL DEFAULT '',
    search_folded TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX loan_items_live ON loan_items (site_id, kind, number) WHERE state <> 'retired';
CREATE INDEX loan_items_rack ON loan_items (rack_id);
CREATE INDEX loan_items_number ON loan_items (number, id);

-- Who had one from when until when. A visitor's name stays with the person; that of staff is kept as it was.
CREATE TABLE loans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    loan_item_id INTEGER NOT NULL REFERENCES loan_items (id),
    visit_person_id INTEGER REFERENCES visit_people (id),
    user_id INTEGER REFERENCES users (id),
    holder_name TEXT NOT NULL DEFAULT '',
    out_at INTEGER NOT NULL,
    out_by TEXT NOT NULL,
    due_at INTEGER,
    override_reason TEXT NOT NULL DEFAULT '',
    missing_at INTEGER,
    missing_reason TEXT NOT NULL DEFAULT '',
    ended_at INTEGER,
    ended_how TEXT CHECK (ended_how IN ('returned', 'written_off')),
    ended_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX loans_one_holder ON loans (loan_item_id) WHERE ended_at IS NULL;
CREATE INDEX loans_item ON loans (loan_item_id, out_at);
CREATE INDEX loans_visit_person ON loans (visit_person_id);
CREATE INDEX loans_user ON loans (user_id);
