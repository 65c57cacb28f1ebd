DROP INDEX devices_warranty;
DROP INDEX devices_purchased;
ALTER TABLE devices DROP COLUMN purchased_on;
DROP TABLE device_stock;
DROP TABLE attachments;
