-- One row is an anchor that is common from now on: more than $common texts have it. It tells nothing and, as a corpus only
-- grows, will not before rarity is learned again, which forgets it: until then it is not looked for.
SELECT DISTINCT bucket
FROM counted
WHERE texts > $common
