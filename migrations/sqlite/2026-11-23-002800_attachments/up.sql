-- Photos and documents. What is in them lies in files under the name of their SHA-256.
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('device', 'rack')),
    subject_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'text/plain', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document')),
    octets INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    customer_visible INTEGER NOT NULL CHECK (customer_visible IN (0, 1)),
    added_by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    archive_reason TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX attachments_subject ON attachments (subject_kind, subject_id, id);
CREATE INDEX attachments_sha256 ON attachments (sha256);

-- Since when a device is in stock, and where.
CREATE TABLE device_stock (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER NOT NULL UNIQUE REFERENCES devices (id),
    site_id INTEGER REFERENCES sites (id),
    place TEXT NOT NULL DEFAULT '',
    since INTEGER NOT NULL
) STRICT;
CREATE INDEX device_stock_site ON device_stock (site_id, device_id);
INSERT INTO device_stock (device_id, since)
    SELECT id, updated_at FROM devices WHERE status = 'in_stock' AND archived_at IS NULL;

-- The day of purchase.
ALTER TABLE devices ADD COLUMN purchased_on TEXT;
CREATE INDEX devices_purchased ON devices (purchased_on, id);
CREATE INDEX devices_warranty ON devices (warranty_until, id);
