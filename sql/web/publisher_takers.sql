-- One row is a publisher that copied this one's originals.
SELECT taker AS publisher, copies, uncredited, translated, median_delay, kept
FROM explorer.flows
WHERE giver = $publisher
ORDER BY copies DESC, taker
LIMIT $most
