-- Boards that feeds come from, how far a feed may be loaded, and the power that contracts promise.
CREATE TABLE power_panels (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX power_panels_room_id ON power_panels (room_id);
CREATE UNIQUE INDEX power_panels_live_name ON power_panels (room_id, name) WHERE archived_at IS NULL;
ALTER TABLE power_feeds ADD COLUMN panel_id INTEGER REFERENCES power_panels (id);
ALTER TABLE power_feeds ADD COLUMN max_percent INTEGER NOT NULL DEFAULT 80;
ALTER TABLE power_feeds ADD COLUMN contracted_watts INTEGER;
CREATE INDEX power_feeds_panel_id ON power_feeds (panel_id);
ALTER TABLE racks ADD COLUMN contracted_watts INTEGER;
