-- One row is a publisher: how long after the original its copies appear. Copies without a time are counted apart.
-- Variables:
--   least = 1           only publishers with at least so many timed copies
--   agency = any        only copies of this agency's text
SELECT
    publisher,
    count(delay_hours) AS timed_copies,
    count(*) - count(delay_hours) AS untimed_copies,
    round(quantile_cont(delay_hours, 0.1), 2) AS fast_hours,
    round(median(delay_hours), 2) AS median_hours,
    round(quantile_cont(delay_hours, 0.9), 2) AS slow_hours,
    count(*) FILTER (WHERE delay_hours < 0) AS before_the_original
FROM copies
WHERE
    latest
    AND id <> original
    AND publisher <> original_publisher
    AND (getvariable('agency') IS NULL OR cluster_agency = getvariable('agency'))
GROUP BY publisher
HAVING count(delay_hours) >= coalesce(getvariable('least')::BIGINT, 1)
ORDER BY median_hours, publisher;
