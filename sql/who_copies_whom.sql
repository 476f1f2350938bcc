-- One row is a pair of publishers: the first one's originals ran as copies at the second, so many times.
-- Variables:
--   top = 100           at most so many rows
--   publisher = any     only pairs with this publisher on either side
SELECT
    original_publisher,
    publisher AS copying_publisher,
    count(*) AS copies,
    count(*) FILTER (WHERE kind = 'exact') AS exact,
    count(*) FILTER (WHERE kind = 'translated') AS translated,
    count(*) FILTER (WHERE NOT credited) AS uncredited,
    round(median(delay_hours), 1) AS median_delay_hours,
    round(median(kept), 2) AS median_kept
FROM copies
WHERE
    latest
    AND id <> original
    AND publisher <> original_publisher
    AND (getvariable('publisher') IS NULL OR getvariable('publisher')::VARCHAR IN (publisher, original_publisher))
GROUP BY original_publisher, publisher
ORDER BY copies DESC, original_publisher, copying_publisher
LIMIT coalesce(getvariable('top')::BIGINT, 100);
