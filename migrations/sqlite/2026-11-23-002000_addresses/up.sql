CREATE TABLE vrfs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    route_distinguisher TEXT,
    refuse_duplicates INTEGER NOT NULL CHECK (refuse_duplicates IN (0, 1)),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (name),
    UNIQUE (route_distinguisher)
) STRICT;

CREATE TABLE vlans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    site_id INTEGER REFERENCES sites (id),
    group_name TEXT NOT NULL DEFAULT '',
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (site_id, group_name, number)
) STRICT;

CREATE TABLE prefixes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    vrf_id INTEGER NOT NULL REFERENCES vrfs (id),
    family INTEGER NOT NULL CHECK (family IN (4, 6)),
    network BLOB NOT NULL,
    length INTEGER NOT NULL,
    site_id INTEGER REFERENCES sites (id),
    vlan_id INTEGER REFERENCES vlans (id),
    status TEXT NOT NULL CHECK (status IN ('container', 'active', 'reserved', 'deprecated')),
    role TEXT NOT NULL DEFAULT '',
    is_pool INTEGER NOT NULL CHECK (is_pool IN (0, 1)),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (vrf_id, family, network, length)
) STRICT;
CREATE INDEX prefixes_site_id ON prefixes (site_id);
CREATE INDEX prefixes_vlan_id ON prefixes (vlan_id);

CREATE TABLE ip_ranges (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    vrf_id INTEGER NOT NULL REFERENCES vrfs (id),
    family INTEGER NOT NULL CHECK (family IN (4, 6)),
    first BLOB NOT NULL,
    last BLOB NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    purpose TEXT NOT NULL CHECK (purpose IN ('pool', 'dhcp', 'reserved')),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (vrf_id, family, first, last)
) STRICT;

CREATE TABLE ip_addresses (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    vrf_id INTEGER NOT NULL REFERENCES vrfs (id),
    family INTEGER NOT NULL CHECK (family IN (4, 6)),
    address BLOB NOT NULL,
    dns_name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL CHECK (role IN ('host', 'gateway', 'virtual', 'loopback')),
    status TEXT NOT NULL CHECK (status IN ('active', 'reserved', 'deprecated')),
    note TEXT NOT NULL DEFAULT '',
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ip_addresses_vrf_id ON ip_addresses (vrf_id, family, address);

CREATE TABLE ip_assignments (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    address_id INTEGER REFERENCES ip_addresses (id),
    prefix_id INTEGER REFERENCES prefixes (id),
    device_id INTEGER REFERENCES devices (id),
    interface TEXT NOT NULL DEFAULT '',
    customer_id INTEGER REFERENCES customers (id),
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    note TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ip_assignments_address_id ON ip_assignments (address_id, from_at);
CREATE INDEX ip_assignments_prefix_id ON ip_assignments (prefix_id, from_at);
CREATE INDEX ip_assignments_device_id ON ip_assignments (device_id);
CREATE INDEX ip_assignments_customer_id ON ip_assignments (customer_id);
