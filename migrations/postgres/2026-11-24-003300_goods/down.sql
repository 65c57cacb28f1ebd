DROP TABLE holds;
DROP TABLE goods_events;
DROP TABLE goods_items;
DROP TABLE goods_passes;
