DROP INDEX events_ended_at;
