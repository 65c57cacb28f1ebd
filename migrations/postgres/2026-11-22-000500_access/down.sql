DROP TABLE visit_events;
DROP TABLE visit_people;
DROP TABLE visit_racks;
DROP TABLE visits;
DROP TABLE people;
