-- One row is a counted anchor of a text, and how many other texts of its language (`within`) and of others have it.
SELECT a.n, a.language, a.bucket, c.own - 1 AS within, c.texts - c.own AS across
FROM (
    SELECT n, language, bucket FROM opened
    UNION ALL
    SELECT n, language, bucket FROM older
) AS a
INNER JOIN counted AS c ON c.bucket = a.bucket AND c.language = a.language
WHERE c.texts <= $common
