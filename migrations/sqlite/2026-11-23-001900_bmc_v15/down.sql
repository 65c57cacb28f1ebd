ALTER TABLE bmc_endpoints DROP COLUMN allow_v15;
