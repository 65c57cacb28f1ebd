ALTER TABLE devices DROP COLUMN role;

DELETE FROM saved_views WHERE list NOT IN ('devices', 'racks', 'ports');
ALTER TABLE saved_views DROP CONSTRAINT saved_views_list_check;
ALTER TABLE saved_views ADD CONSTRAINT saved_views_list_check
    CHECK (list IN ('devices', 'racks', 'ports'))
;
