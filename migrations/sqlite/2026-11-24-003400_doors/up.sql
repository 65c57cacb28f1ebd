-- Doors that an access controller watches, each with the way it is passed.
CREATE TABLE doors (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    from_area_id INTEGER REFERENCES areas (id),
    to_area_id INTEGER REFERENCES areas (id),
    room_id INTEGER REFERENCES rooms (id),
    visitor_badges TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (site_id, code)
) STRICT;
CREATE INDEX doors_from_area_id ON doors (from_area_id);
CREATE INDEX doors_to_area_id ON doors (to_area_id);
CREATE INDEX doors_room_id ON doors (room_id);

-- What controllers tell of badges at doors; rows are added and never changed.
CREATE TABLE door_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    door_id INTEGER REFERENCES doors (id),
    door_code TEXT NOT NULL,
    badge TEXT NOT NULL,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
    source TEXT NOT NULL,
    external_id TEXT,
    content_key TEXT NOT NULL,
    visit_person_id INTEGER REFERENCES visit_people (id),
    alert TEXT CHECK (alert IN ('unknown_badge', 'badge_not_out', 'not_checked_in', 'refused_often', 'after_check_out')),
    UNIQUE (content_key),
    UNIQUE (source, external_id)
) STRICT;
CREATE INDEX door_events_at ON door_events (at, id);
CREATE INDEX door_events_site_id ON door_events (site_id, at);
CREATE INDEX door_events_door_id ON door_events (door_id, at);
CREATE INDEX door_events_visit_person_id ON door_events (visit_person_id, at);
CREATE INDEX door_events_badge ON door_events (badge, at);

-- The chain of the visits' record: each entry holds the hash of the one before. What names people hangs on a salted
-- digest, so that forgetting them (the salt goes) leaves the chain whole.
ALTER TABLE visit_events ADD COLUMN sequence INTEGER;
ALTER TABLE visit_events ADD COLUMN previous_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE visit_events ADD COLUMN entry_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE visit_events ADD COLUMN named_salt TEXT;
ALTER TABLE visit_events ADD COLUMN named_digest TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX visit_events_sequence ON visit_events (sequence);

-- Where the chain stands: one row.
CREATE TABLE visit_chain (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entries INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    older_entries INTEGER NOT NULL,
    older_hash TEXT NOT NULL
) STRICT;
INSERT INTO visit_chain (id, entries, head_hash, older_entries, older_hash) VALUES (1, 0, '', 0, '');
