ALTER TABLE devices DROP COLUMN role;

CREATE TABLE saved_views_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    list TEXT NOT NULL CHECK (list IN ('devices', 'racks', 'ports')),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (user_id, list, name)
) STRICT;
INSERT INTO saved_views_narrower (id, user_id, list, name, query, is_shared, version, created_at, updated_at)
    SELECT id, user_id, list, name, query, is_shared, version, created_at, updated_at FROM saved_views
    WHERE list IN ('devices', 'racks', 'ports');
DROP TABLE saved_views;
ALTER TABLE saved_views_narrower RENAME TO saved_views;
