-- Views of the stock room and of devices by age too.
ALTER TABLE saved_views DROP CONSTRAINT saved_views_list_check;
ALTER TABLE saved_views ADD CONSTRAINT saved_views_list_check
    CHECK (list IN ('devices', 'racks', 'ports', 'stock', 'ages'))
;

-- What a device does where that is not what its type says.
ALTER TABLE devices ADD COLUMN role TEXT
    CHECK (role IN ('server', 'switch', 'router', 'firewall', 'storage', 'pdu', 'patch_panel', 'console_server', 'blank', 'other'))
;
