-- Events that are over for long are found without reading them all.
CREATE INDEX events_ended_at ON events (ended_at);
