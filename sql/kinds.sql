-- One row is a kind of copy: how many there are, how much they keep, how late they come, how many are credited.
-- Variables:
--   publisher = any     only this publisher's copies
--   agency = any        only copies of this agency's text
SELECT
    kind,
    count(*) AS copies,
    round(count(*) / sum(count(*)) OVER (), 3) AS share,
    count(DISTINCT cluster_id) AS clusters,
    count(DISTINCT publisher) AS publishers,
    round(median(kept), 2) AS median_kept,
    round(median(borrowed), 2) AS median_borrowed,
    round(median(delay_hours), 1) AS median_delay_hours,
    round(avg(credited::INTEGER), 3) AS credited_share
FROM copies
WHERE
    latest
    AND id <> original
    AND (getvariable('publisher') IS NULL OR publisher = getvariable('publisher'))
    AND (getvariable('agency') IS NULL OR cluster_agency = getvariable('agency'))
GROUP BY kind
ORDER BY copies DESC, kind;
