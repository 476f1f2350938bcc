-- One row is an agency whose text this publisher printed, and how often it did not name it.
SELECT whose AS agency, count(*) AS articles, count(*) FILTER (WHERE agency IS NULL) AS uncredited
FROM explorer.facts
WHERE publisher = $publisher AND latest AND whose IS NOT NULL
GROUP BY whose
ORDER BY articles DESC, whose
