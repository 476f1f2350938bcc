-- One row is a pair of countries: originals from the first ran as copies in the second, so many times.
-- A publisher's country is that of its top-level domain; publishers under .com and its like have none ('unknown').
-- Variables:
--   agency = any        only copies of this agency's text
SELECT
    coalesce(original_country, 'unknown') AS original_country,
    coalesce(country, 'unknown') AS copying_country,
    count(*) AS copies,
    count(DISTINCT cluster_id) AS clusters,
    count(DISTINCT publisher) AS copying_publishers,
    count(*) FILTER (WHERE language <> original_language) AS into_another_language,
    round(median(delay_hours), 1) AS median_delay_hours
FROM copies
WHERE
    latest
    AND id <> original
    AND publisher IS DISTINCT FROM original_publisher
    AND (getvariable('agency') IS NULL OR cluster_agency = getvariable('agency'))
GROUP BY ALL
ORDER BY copies DESC, original_country, copying_country;
