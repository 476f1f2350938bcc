-- One row is a publisher's profile in the wanted order; `found` is how many there are on all pages.
SELECT *, count(*) OVER () AS found
FROM explorer.profiles
ORDER BY
    CASE $sort
        WHEN 'wire' THEN wire / articles
        WHEN 'uncredited' THEN uncredited
        WHEN 'originals' THEN originals
        WHEN 'articles' THEN articles
    END DESC NULLS LAST,
    CASE $sort WHEN 'fast' THEN median_delay END NULLS LAST,
    CASE $sort WHEN 'name' THEN lower(publisher) END NULLS LAST,
    articles DESC,
    publisher
LIMIT $most OFFSET $start
