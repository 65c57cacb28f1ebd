DROP TABLE console_grants;
DROP TABLE console_seats;
DROP TABLE console_parts;
DROP TABLE console_sessions;
