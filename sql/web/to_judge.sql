-- One row is a pair to be judged, those of the wanted part of the score first; what was judged is left out.
SELECT a, b, score, kind
FROM explorer.to_judge
WHERE
    CASE $sample
        WHEN 'uncertain' THEN true
        WHEN 'copies' THEN score >= $threshold
        ELSE score < $threshold
    END
    AND a || ' ' || b NOT IN (SELECT unnest($judged::VARCHAR[]))
ORDER BY CASE $sample WHEN 'uncertain' THEN floor(abs(score - $threshold) * 20) END, lot
LIMIT 1
