CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    name TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    identity_kind TEXT NOT NULL CHECK (identity_kind IN ('resident_id', 'passport', 'work_pass', 'other', 'none')),
    identity_sealed BLOB,
    identity_fingerprint TEXT,
    identity_masked TEXT NOT NULL DEFAULT '',
    search_folded TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX people_search_folded ON people (search_folded);
CREATE INDEX people_phone ON people (phone);
CREATE INDEX people_identity_fingerprint ON people (identity_fingerprint);
CREATE INDEX people_customer_id ON people (customer_id);

CREATE TABLE visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    number TEXT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    customer_id INTEGER REFERENCES customers (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('install', 'repair', 'inspection', 'delivery', 'audit', 'tour', 'other')),
    purpose_text TEXT NOT NULL DEFAULT '',
    planned_from INTEGER NOT NULL,
    planned_until INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('announced', 'expected', 'refused', 'checked_in', 'checked_out', 'closed', 'no_show', 'cancelled')),
    walk_in INTEGER NOT NULL DEFAULT 0 CHECK (walk_in IN (0, 1)),
    escort_required INTEGER NOT NULL DEFAULT 0 CHECK (escort_required IN (0, 1)),
    escort_name TEXT NOT NULL DEFAULT '',
    areas TEXT NOT NULL DEFAULT '',
    pass_code TEXT NOT NULL,
    host_contact_id INTEGER REFERENCES contacts (id),
    note TEXT NOT NULL DEFAULT '',
    search_folded TEXT NOT NULL DEFAULT '',
    created_by_user_id INTEGER REFERENCES users (id),
    created_by_name TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (number),
    UNIQUE (pass_code)
) STRICT;
CREATE INDEX visits_planned_from ON visits (planned_from);
CREATE INDEX visits_state_planned_from ON visits (state, planned_from);
CREATE INDEX visits_site_id ON visits (site_id);
CREATE INDEX visits_customer_id ON visits (customer_id);
CREATE INDEX visits_host_contact_id ON visits (host_contact_id);
CREATE INDEX visits_created_by_user_id ON visits (created_by_user_id);

CREATE TABLE visit_racks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    rack_id INTEGER NOT NULL REFERENCES racks (id),
    UNIQUE (visit_id, rack_id)
) STRICT;
CREATE INDEX visit_racks_rack_id ON visit_racks (rack_id);

CREATE TABLE visit_people (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    badge TEXT NOT NULL DEFAULT '',
    badge_returned INTEGER CHECK (badge_returned IN (0, 1)),
    badge_note TEXT NOT NULL DEFAULT '',
    checked_in_at INTEGER,
    checked_in_by TEXT NOT NULL DEFAULT '',
    checked_out_at INTEGER,
    checked_out_by TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (visit_id, person_id)
) STRICT;
CREATE INDEX visit_people_checked_out_at_checked_in_at ON visit_people (checked_out_at, checked_in_at);
CREATE INDEX visit_people_person_id ON visit_people (person_id);

CREATE TABLE visit_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    person_id INTEGER REFERENCES people (id),
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    author_user_id INTEGER REFERENCES users (id),
    author_name TEXT NOT NULL,
    remote TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX visit_events_visit_id ON visit_events (visit_id);
CREATE INDEX visit_events_person_id ON visit_events (person_id);
CREATE INDEX visit_events_author_user_id ON visit_events (author_user_id);
