DROP TABLE series_rollups;
DROP TABLE reading_blocks;
DROP TABLE reading_days;
