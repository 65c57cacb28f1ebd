-- The shift book of a site: entries are added, never changed or removed.
CREATE TABLE shift_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'handover', 'taken_over', 'correction')),
    refers_to_id INTEGER REFERENCES shift_notes (id),
    body TEXT NOT NULL DEFAULT '',
    author_user_id INTEGER REFERENCES users (id),
    author_name TEXT NOT NULL,
    search_folded TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX shift_notes_site_id ON shift_notes (site_id, id);
CREATE INDEX shift_notes_refers_to_id ON shift_notes (refers_to_id);
CREATE INDEX shift_notes_author_user_id ON shift_notes (author_user_id);
