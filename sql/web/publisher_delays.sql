-- One row is a span of delays with the number of this publisher's copies in it.
SELECT
    CASE
        WHEN delay_hours < 0 THEN 0
        WHEN delay_hours < 1 THEN 1
        WHEN delay_hours < 3 THEN 2
        WHEN delay_hours < 6 THEN 3
        WHEN delay_hours < 12 THEN 4
        WHEN delay_hours < 24 THEN 5
        WHEN delay_hours < 72 THEN 6
        ELSE 7
    END AS span,
    count(*) AS copies
FROM explorer.facts
WHERE publisher = $publisher AND latest AND is_copy AND delay_hours IS NOT NULL
GROUP BY span
ORDER BY span
