-- SQLite has triggers for each row only, and one writer: nothing changes here.
SELECT 1;
