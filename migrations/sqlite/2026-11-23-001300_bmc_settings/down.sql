ALTER TABLE bmc_endpoints DROP COLUMN suites;
ALTER TABLE bmc_endpoints DROP COLUMN lookup;
ALTER TABLE bmc_endpoints DROP COLUMN privilege;
ALTER TABLE bmc_endpoints DROP COLUMN certificate_refused;
ALTER TABLE bmc_endpoints DROP COLUMN certificate_sha256;
ALTER TABLE bmc_endpoints DROP COLUMN trust;
