DROP TABLE period_corrections;
DROP TABLE closed_periods;
DROP FUNCTION refuse_change_of_what_was_billed();
