-- One row is a signed text whose anchors have not been chosen yet.
WITH unanchored AS (
    SELECT s.part, s.text_id
    FROM signatures_by_part AS s
    ANTI JOIN anchors AS a ON a.text_id = s.text_id
)
SELECT s.*
FROM signatures_by_part AS s
SEMI JOIN unanchored AS u ON u.part = s.part AND u.text_id = s.text_id
