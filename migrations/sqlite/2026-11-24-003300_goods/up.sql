-- Goods passes: what is carried in and out, who let it, and what holds it back.
CREATE TABLE goods_passes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    number TEXT NOT NULL,
    site_id INTEGER NOT NULL REFERENCES sites (id),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    customer_id INTEGER REFERENCES customers (id),
    visit_id INTEGER REFERENCES visits (id),
    carrier_person_id INTEGER REFERENCES people (id),
    carrier_name TEXT NOT NULL DEFAULT '',
    carrier_company TEXT NOT NULL DEFAULT '',
    vehicle_plate TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL CHECK (state IN ('drafted', 'submitted', 'approved', 'done', 'refused', 'cancelled')),
    search_folded TEXT NOT NULL DEFAULT '',
    created_by_user_id INTEGER REFERENCES users (id),
    created_by_name TEXT NOT NULL,
    released_by_user_id INTEGER REFERENCES users (id),
    released_by_name TEXT NOT NULL DEFAULT '',
    released_at INTEGER,
    done_by_user_id INTEGER REFERENCES users (id),
    done_by_name TEXT NOT NULL DEFAULT '',
    done_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (number)
) STRICT;
CREATE INDEX goods_passes_site_id ON goods_passes (site_id);
CREATE INDEX goods_passes_customer_id ON goods_passes (customer_id);
CREATE INDEX goods_passes_visit_id ON goods_passes (visit_id);
CREATE INDEX goods_passes_carrier_person_id ON goods_passes (carrier_person_id);
CREATE INDEX goods_passes_state_created_at ON goods_passes (state, created_at);
CREATE INDEX goods_passes_created_at ON goods_passes (created_at);
CREATE INDEX goods_passes_created_by_user_id ON goods_passes (created_by_user_id);
CREATE INDEX goods_passes_released_by_user_id ON goods_passes (released_by_user_id);
CREATE INDEX goods_passes_done_by_user_id ON goods_passes (done_by_user_id);

CREATE TABLE goods_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    goods_pass_id INTEGER NOT NULL REFERENCES goods_passes (id),
    sort INTEGER NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    serial TEXT NOT NULL DEFAULT '',
    count INTEGER NOT NULL DEFAULT 1,
    device_id INTEGER REFERENCES devices (id),
    device_type_id INTEGER REFERENCES device_types (id),
    rack_id INTEGER REFERENCES racks (id),
    unit TEXT NOT NULL DEFAULT '',
    face TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX goods_items_goods_pass_id ON goods_items (goods_pass_id);
CREATE INDEX goods_items_device_id ON goods_items (device_id);
CREATE INDEX goods_items_device_type_id ON goods_items (device_type_id);
CREATE INDEX goods_items_rack_id ON goods_items (rack_id);

CREATE TABLE goods_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    goods_pass_id INTEGER NOT NULL REFERENCES goods_passes (id),
    at INTEGER NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('drafted', 'submitted', 'approved', 'done', 'refused', 'cancelled')),
    author_user_id INTEGER REFERENCES users (id),
    author_name TEXT NOT NULL,
    remote TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX goods_events_goods_pass_id ON goods_events (goods_pass_id);
CREATE INDEX goods_events_author_user_id ON goods_events (author_user_id);

CREATE TABLE holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id INTEGER REFERENCES devices (id),
    customer_id INTEGER REFERENCES customers (id),
    kind TEXT NOT NULL CHECK (kind IN ('unpaid', 'evidence', 'other')),
    reason TEXT NOT NULL,
    set_by_user_id INTEGER REFERENCES users (id),
    set_by_name TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    lifted_by_user_id INTEGER REFERENCES users (id),
    lifted_by_name TEXT NOT NULL DEFAULT '',
    lifted_at INTEGER,
    lift_reason TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX holds_device_id ON holds (device_id);
CREATE INDEX holds_customer_id ON holds (customer_id);
CREATE INDEX holds_set_by_user_id ON holds (set_by_user_id);
CREATE INDEX holds_lifted_by_user_id ON holds (lifted_by_user_id);
