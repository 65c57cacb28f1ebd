DROP TABLE target_polls;
