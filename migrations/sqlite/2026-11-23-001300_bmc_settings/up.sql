-- How a BMC is reached beyond address and account: whose certificate is trusted (Redfish), and what is asked of an
-- IPMI login.
ALTER TABLE bmc_endpoints ADD COLUMN trust TEXT NOT NULL DEFAULT 'pin' CHECK (trust IN ('pin', 'authority'));
ALTER TABLE bmc_endpoints ADD COLUMN certificate_sha256 TEXT;
ALTER TABLE bmc_endpoints ADD COLUMN certificate_refused TEXT;
ALTER TABLE bmc_endpoints ADD COLUMN privilege TEXT NOT NULL DEFAULT 'operator' CHECK (privilege IN ('user', 'operator', 'administrator'));
ALTER TABLE bmc_endpoints ADD COLUMN lookup TEXT NOT NULL DEFAULT 'name' CHECK (lookup IN ('name', 'name_privilege'));
ALTER TABLE bmc_endpoints ADD COLUMN suites TEXT NOT NULL DEFAULT '';
