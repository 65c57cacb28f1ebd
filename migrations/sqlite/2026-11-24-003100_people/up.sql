-- More about a person, and into whom a record was merged.
ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT 'zh-CN' CHECK (language IN ('zh-CN', 'en'));
ALTER TABLE people ADD COLUMN nationality TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN vehicle_plate TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN merged_into_id INTEGER REFERENCES people (id);
ALTER TABLE people ADD COLUMN anonymised_at INTEGER;
CREATE INDEX people_merged_into_id ON people (merged_into_id);
CREATE INDEX people_name ON people (name, id);

-- When the names were taken out of a visit.
ALTER TABLE visits ADD COLUMN anonymised_at INTEGER;

-- Who may not come in: at a site, or anywhere. The fingerprint finds the same document under another name.
CREATE TABLE person_blocks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    identity_fingerprint TEXT,
    site_id INTEGER REFERENCES sites (id),
    reason TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    blocked_by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    lifted_at INTEGER,
    lifted_by_name TEXT NOT NULL DEFAULT '',
    lift_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX person_blocks_person_id ON person_blocks (person_id);
CREATE INDEX person_blocks_identity_fingerprint ON person_blocks (identity_fingerprint);
CREATE INDEX person_blocks_site_id ON person_blocks (site_id);

-- Notices that people agree to, an edition a row, in both languages.
CREATE TABLE consent_texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('safety', 'privacy')),
    site_id INTEGER REFERENCES sites (id),
    edition INTEGER NOT NULL,
    text_zh TEXT NOT NULL,
    text_en TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    written_by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    withdrawn_at INTEGER
) STRICT;
CREATE INDEX consent_texts_site_id ON consent_texts (site_id);

-- Who agreed to which edition, when and how.
CREATE TABLE consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    consent_text_id INTEGER NOT NULL REFERENCES consent_texts (id),
    agreed_at INTEGER NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('desk', 'tablet', 'portal')),
    noted_by_name TEXT NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by_name TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX consents_person_id ON consents (person_id);
CREATE INDEX consents_consent_text_id ON consents (consent_text_id);

-- What is kept however old it is.
CREATE TABLE legal_holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER REFERENCES people (id),
    visit_id INTEGER REFERENCES visits (id),
    reason TEXT NOT NULL,
    placed_by_name TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    lifted_at INTEGER,
    lifted_by_name TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX legal_holds_person_id ON legal_holds (person_id);
CREATE INDEX legal_holds_visit_id ON legal_holds (visit_id);
