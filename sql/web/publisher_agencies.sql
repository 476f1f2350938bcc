-- One row is an agency whose text this publisher printed, and how often it did not name it.
SELECT agency, articles, uncredited
FROM explorer.publisher_agencies
WHERE publisher = $publisher
ORDER BY articles DESC, agency
