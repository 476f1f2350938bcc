-- One row is a signed text whose anchors have not been chosen yet.
WITH unanchored AS (
    SELECT s.text_id
    FROM signatures AS s
    ANTI JOIN anchors AS a ON a.text_id = s.text_id
)
SELECT s.*
FROM signatures AS s
SEMI JOIN unanchored AS u ON u.text_id = s.text_id
