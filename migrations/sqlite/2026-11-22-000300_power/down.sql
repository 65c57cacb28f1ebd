DROP TABLE power_intent_steps;
DROP TABLE power_intents;
DROP TABLE bmc_endpoints;
