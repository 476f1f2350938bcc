-- One row is a pair of languages: originals in the first ran as copies in the second, so many times.
SELECT
    original_language,
    language AS copy_language,
    count(*) AS copies,
    count(DISTINCT cluster_id) AS clusters,
    count(DISTINCT publisher) AS publishers,
    count(*) FILTER (WHERE credited) AS credited,
    round(median(words / nullif(original_words, 0)), 2) AS median_length_ratio,
    round(median(delay_hours), 1) AS median_delay_hours,
    arg_min(url, coalesce(delay_hours, 1e9)) AS example
FROM copies
WHERE latest AND id <> original AND language <> original_language
GROUP BY original_language, language
ORDER BY copies DESC, original_language, copy_language;
