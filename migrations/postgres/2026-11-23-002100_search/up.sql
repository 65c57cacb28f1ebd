-- What things are found by: one row per term of a thing. Made from the records, in the same transaction, and can be made anew at any time.
-- Terms are compared octet by octet, so that a prefix is a range of the key.
CREATE TABLE search_terms (
    kind TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    object_id BIGINT NOT NULL,
    class BIGINT NOT NULL CHECK (class IN (0, 1, 2)),
    customer_id BIGINT,
    PRIMARY KEY (kind, term, object_id)
);
CREATE INDEX search_terms_object ON search_terms (kind, object_id);
CREATE INDEX search_terms_customer ON search_terms (customer_id, kind, term) WHERE customer_id IS NOT NULL;
