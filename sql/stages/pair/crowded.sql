-- One row is an anchor that is common from now on: more than $common texts have it. It tells nothing and, as a corpus only
-- grows, never will: it is not looked for again.
SELECT DISTINCT bucket
FROM counted
WHERE texts > $common
