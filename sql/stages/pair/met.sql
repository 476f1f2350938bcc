-- One row is an anchor of a text, and how many other texts of its language (`within`) and of others (`across`) have it.
SELECT t.n, t.language, a.bucket, c.own - 1 AS within, c.texts - c.own AS across
FROM anchors AS a
INNER JOIN texts AS t ON t.text_id = a.text_id
INNER JOIN counted AS c ON c.bucket = a.bucket AND c.language = t.language
