-- One row is the publisher's profile.
SELECT *
FROM explorer.profiles
WHERE publisher = $publisher
