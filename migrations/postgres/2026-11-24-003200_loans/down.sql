DROP TABLE loans;
DROP TABLE loan_items;
