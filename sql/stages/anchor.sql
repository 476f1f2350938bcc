-- One row is a signed text whose anchors have not been chosen yet.
SELECT s.*
FROM signatures AS s
ANTI JOIN anchors AS a ON a.text_id = s.text_id
