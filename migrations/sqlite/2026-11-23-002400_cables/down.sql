DROP TABLE cable_ends;
DROP TABLE cables;
