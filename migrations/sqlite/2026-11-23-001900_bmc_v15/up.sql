-- Whether a BMC that has no IPMI 2.0 may be spoken to with IPMI 1.5, which does not encrypt. Off unless a person says so.
ALTER TABLE bmc_endpoints ADD COLUMN allow_v15 INTEGER NOT NULL DEFAULT 0 CHECK (allow_v15 IN (0, 1));
