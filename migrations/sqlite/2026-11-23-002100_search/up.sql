-- What things are found by: one row per term of a thing. Made from the records, in the same transaction, and can be made anew at any time.
CREATE TABLE search_terms (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    object_id INTEGER NOT NULL,
    class INTEGER NOT NULL CHECK (class IN (0, 1, 2)),
    customer_id INTEGER,
    PRIMARY KEY (kind, term, object_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_terms_object ON search_terms (kind, object_id);
CREATE INDEX search_terms_customer ON search_terms (customer_id, kind, term) WHERE customer_id IS NOT NULL;
