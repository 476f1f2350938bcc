-- One row is a span of delays with the number of this publisher's copies in it.
SELECT span, copies
FROM explorer.publisher_delays
WHERE publisher = $publisher
ORDER BY span
