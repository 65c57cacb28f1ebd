DROP TABLE period_corrections;
DROP TABLE closed_periods;
