-- Parts of a site that visits name.
CREATE TABLE areas (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    occupancy_limit INTEGER,
    escort_required INTEGER NOT NULL CHECK (escort_required IN (0, 1)),
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX areas_site ON areas (site_id, code);

-- Which areas a visit may enter.
CREATE TABLE visit_areas (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    area_id INTEGER NOT NULL REFERENCES areas (id),
    UNIQUE (visit_id, area_id)
) STRICT;
CREATE INDEX visit_areas_area_id ON visit_areas (area_id);

-- Who may come again and again without being asked.
CREATE TABLE standing_permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    customer_id INTEGER REFERENCES customers (id),
    person_id INTEGER REFERENCES people (id),
    company TEXT NOT NULL DEFAULT '',
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    weekdays INTEGER NOT NULL,
    from_minute INTEGER NOT NULL,
    until_minute INTEGER NOT NULL,
    escort_required INTEGER NOT NULL CHECK (escort_required IN (0, 1)),
    note TEXT NOT NULL DEFAULT '',
    last_used_at INTEGER,
    last_used_by TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    created_by_name TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX standing_permissions_site_id ON standing_permissions (site_id);
CREATE INDEX standing_permissions_customer_id ON standing_permissions (customer_id);
CREATE INDEX standing_permissions_person_id ON standing_permissions (person_id);

CREATE TABLE standing_racks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    standing_permission_id INTEGER NOT NULL REFERENCES standing_permissions (id),
    rack_id INTEGER NOT NULL REFERENCES racks (id),
    UNIQUE (standing_permission_id, rack_id)
) STRICT;
CREATE INDEX standing_racks_rack_id ON standing_racks (rack_id);

CREATE TABLE standing_areas (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    standing_permission_id INTEGER NOT NULL REFERENCES standing_permissions (id),
    area_id INTEGER NOT NULL REFERENCES areas (id),
    UNIQUE (standing_permission_id, area_id)
) STRICT;
CREATE INDEX standing_areas_area_id ON standing_areas (area_id);

-- What is approved without asking anyone.
CREATE TABLE approval_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    known_person INTEGER NOT NULL CHECK (known_person IN (0, 1)),
    own_rack INTEGER NOT NULL CHECK (own_rack IN (0, 1)),
    weekdays INTEGER NOT NULL,
    from_minute INTEGER NOT NULL,
    until_minute INTEGER NOT NULL,
    escort_required INTEGER NOT NULL CHECK (escort_required IN (0, 1)),
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_rules_site ON approval_rules (site_id, name);
CREATE INDEX approval_rules_customer_id ON approval_rules (customer_id);

-- The last number of a site and a year.
CREATE TABLE visit_counters (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    UNIQUE (site_id, year)
) STRICT;
INSERT INTO visit_counters (site_id, year, last)
    SELECT (SELECT min(id) FROM sites), CAST(substr(name, 20) AS INTEGER), CAST(value AS INTEGER)
    FROM settings WHERE name LIKE 'visits.last_number.%' AND EXISTS (SELECT 1 FROM sites);
DELETE FROM settings WHERE name LIKE 'visits.last_number.%';

-- What a visit is for and what came of it.
CREATE TABLE visit_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    device_id INTEGER NOT NULL REFERENCES devices (id),
    UNIQUE (visit_id, device_id)
) STRICT;
CREATE INDEX visit_devices_device_id ON visit_devices (device_id);

CREATE TABLE visit_intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL REFERENCES visits (id),
    power_intent_id INTEGER NOT NULL REFERENCES power_intents (id),
    UNIQUE (visit_id, power_intent_id)
) STRICT;
CREATE INDEX visit_intents_power_intent_id ON visit_intents (power_intent_id);

CREATE TABLE visit_works (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id INTEGER NOT NULL UNIQUE REFERENCES visits (id),
    touched TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL CHECK (result IN ('done', 'partly', 'not_done')),
    remote_hands_minutes INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;

ALTER TABLE visits ADD COLUMN standing_permission_id INTEGER REFERENCES standing_permissions (id);
CREATE INDEX visits_standing_permission_id ON visits (standing_permission_id);
ALTER TABLE visit_people ADD COLUMN stepped_out_at INTEGER;
ALTER TABLE visit_events ADD COLUMN corrects_event_id INTEGER REFERENCES visit_events (id);
ALTER TABLE visit_events ADD COLUMN corrected_at INTEGER;
CREATE INDEX visit_events_corrects_event_id ON visit_events (corrects_event_id);
