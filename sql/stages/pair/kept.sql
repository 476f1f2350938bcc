-- One row is an anchor of a text that is rare enough in it to count: within its language, across languages, or both; and
-- how much it tells.
SELECT
    m.n, m.language, m.bucket, t.fresh, t.since, t.until_,
    ln((SELECT count(*) FROM texts) / (m.within + m.across + 1)) AS told,
    m.within BETWEEN 1 AND t.room_within AS within,
    m.across BETWEEN 1 AND t.room_across AS across
FROM met AS m
INNER JOIN (
    SELECT
        t.n, t.fresh, t.since, t.until_,
        coalesce(f.room_within, t.room_within) AS room_within,
        coalesce(f.room_across, t.room_across) AS room_across
    FROM texts AS t
    LEFT JOIN fresh AS f ON f.text_id = t.text_id
) AS t ON t.n = m.n
WHERE m.within BETWEEN 1 AND t.room_within OR m.across BETWEEN 1 AND t.room_across
