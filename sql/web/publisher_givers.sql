-- One row is a publisher whose originals this one copied.
SELECT giver AS publisher, copies, uncredited, translated, median_delay, kept
FROM explorer.flows
WHERE taker = $publisher
ORDER BY copies DESC, giver
LIMIT $most
