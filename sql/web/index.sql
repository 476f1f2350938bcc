-- Makes the explorer's tables from the users' views, once for each state of the corpus. The database `explorer` is
-- attached; what pages ask of it must not depend on how many texts there are.

-- One row is an article (or one of its revisions) with its cluster's facts, without its text.
-- `part` and `place` say where its text is: which part file, which row of it. One without a title is called by the first
-- words of its text.
CREATE TABLE explorer.facts AS
WITH places AS (
    SELECT id, parse_filename(filename) AS part, file_row_number AS place
    FROM read_parquet('articles/part-*.parquet', filename = true, file_row_number = true)
    WHERE outcome = 'ok'
),
untitled AS (
    SELECT id, regexp_replace(trim(left(text, 90)), '\s+', ' ', 'g') || '…' AS words
    FROM read_parquet('articles/part-*.parquet')
    WHERE outcome = 'ok' AND title IS NULL
)
SELECT
    articles.id,
    articles.url,
    left(coalesce(articles.title, untitled.words), 300) AS title,
    articles.title IS NOT NULL AS titled,
    left(articles.publisher, 120) AS publisher,
    articles.country,
    articles.language,
    articles.published_at,
    articles.agency,
    left(articles.byline, 200) AS byline,
    left(articles.dateline, 200) AS dateline,
    left(articles.credit, 200) AS credit,
    articles.words,
    articles.text_id,
    articles.revision,
    articles.latest,
    copies.cluster_id,
    copies.size,
    copies.kind,
    copies.score,
    copies.original,
    copies.original_reason,
    copies.original_confidence,
    left(copies.original_publisher, 120) AS original_publisher,
    copies.cluster_agency,
    copies.credited,
    copies.delay_hours,
    copies.kept,
    copies.borrowed,
    coalesce(articles.agency, copies.cluster_agency) AS whose,
    coalesce(copies.id <> copies.original, false) AS is_copy,
    places.part,
    places.place
FROM articles
JOIN places USING (id)
LEFT JOIN untitled USING (id)
LEFT JOIN copies USING (id)
WHERE articles.outcome = 'ok'
ORDER BY copies.cluster_id, articles.published_at;

-- One row is a cluster of two or more articles: how far it reached, how fast, how much was altered.
CREATE TABLE explorer.reach AS
SELECT
    cluster_id,
    count(DISTINCT publisher) AS publishers,
    count(DISTINCT coalesce(url, id)) AS articles,
    count(DISTINCT country) AS countries,
    list_sort(list(DISTINCT language) FILTER (WHERE language IS NOT NULL)) AS languages,
    list_sort(list(DISTINCT kind) FILTER (WHERE is_copy)) AS kinds,
    histogram(kind) FILTER (WHERE is_copy) AS copies_by_kind,
    any_value(cluster_agency) AS agency,
    count(*) FILTER (WHERE is_copy AND credited) AS credited,
    count(*) FILTER (WHERE is_copy AND NOT credited) AS uncredited,
    min(published_at) AS first_at,
    max(published_at) AS last_at,
    epoch(max(published_at) - min(published_at)) / 3600 AS hours,
    median(delay_hours) FILTER (WHERE is_copy) AS median_delay,
    avg(((1 - kept) + (1 - borrowed)) / 2) FILTER (WHERE is_copy) AS altered,
    any_value(original) AS original,
    any_value(original_publisher) AS original_publisher,
    coalesce(any_value(title) FILTER (WHERE NOT is_copy), min(title)) AS title,
    coalesce(any_value(language) FILTER (WHERE NOT is_copy), mode(language)) AS language
FROM explorer.facts
WHERE latest AND cluster_id IS NOT NULL
GROUP BY cluster_id
HAVING count(*) >= 2
ORDER BY publishers DESC, articles DESC, cluster_id;

-- One row is a pair of texts (a < b) in one cluster, with what they share.
CREATE TABLE explorer.edges AS
WITH texts AS (
    SELECT DISTINCT cluster_id, text_id
    FROM explorer.facts
    WHERE latest AND cluster_id IS NOT NULL
)
SELECT
    one.cluster_id,
    pairs.a,
    pairs.b,
    pairs.score,
    pairs.kind,
    greatest(pairs.containment_a, pairs.containment_b) AS shared
FROM pairs
JOIN texts AS one ON one.text_id = pairs.a
JOIN texts AS other ON other.text_id = pairs.b AND other.cluster_id = one.cluster_id
ORDER BY one.cluster_id;

-- One row is a publisher: how much of what it prints is an agency's or somebody else's, credited or not, how late.
CREATE TABLE explorer.profiles AS
SELECT
    publisher,
    mode(country ORDER BY country) AS country,
    mode(language ORDER BY language) AS language,
    count(*) AS articles,
    count(*) FILTER (WHERE whose IS NOT NULL) AS wire,
    count(*) FILTER (WHERE is_copy) AS copies,
    count(*) FILTER (WHERE is_copy AND publisher IS DISTINCT FROM original_publisher) AS foreign_copies,
    count(*) FILTER (WHERE NOT is_copy AND cluster_id IS NOT NULL) AS originals,
    count(*) FILTER (WHERE is_copy AND credited) AS credited,
    count(*) FILTER (WHERE is_copy AND NOT credited) AS uncredited,
    median(delay_hours) FILTER (WHERE is_copy) AS median_delay,
    avg(kept) FILTER (WHERE is_copy) AS kept,
    min(published_at) AS first_at,
    max(published_at) AS last_at
FROM explorer.facts
WHERE latest
GROUP BY publisher
ORDER BY articles DESC, publisher;

-- One row is a kind of copy that a publisher ran.
CREATE TABLE explorer.publisher_kinds AS
SELECT publisher, kind, count(*) AS copies
FROM explorer.facts
WHERE latest AND is_copy
GROUP BY publisher, kind
ORDER BY publisher, copies DESC, kind;

-- One row is an agency whose text a publisher printed, and how often it did not name it.
CREATE TABLE explorer.publisher_agencies AS
SELECT publisher, whose AS agency, count(*) AS articles, count(*) FILTER (WHERE agency IS NULL) AS uncredited
FROM explorer.facts
WHERE latest AND whose IS NOT NULL
GROUP BY publisher, whose
ORDER BY publisher, articles DESC, whose;

-- One row is a span of delays with the number of a publisher's copies in it.
CREATE TABLE explorer.publisher_delays AS
SELECT
    publisher,
    CASE
        WHEN delay_hours < 0 THEN 0
        WHEN delay_hours < 1 THEN 1
        WHEN delay_hours < 3 THEN 2
        WHEN delay_hours < 6 THEN 3
        WHEN delay_hours < 12 THEN 4
        WHEN delay_hours < 24 THEN 5
        WHEN delay_hours < 72 THEN 6
        ELSE 7
    END AS span,
    count(*) AS copies
FROM explorer.facts
WHERE latest AND is_copy AND delay_hours IS NOT NULL
GROUP BY publisher, span
ORDER BY publisher, span;

-- One row is one of the 50 newest copies that a publisher ran.
CREATE TABLE explorer.publisher_copies AS
SELECT
    publisher,
    id,
    title,
    language,
    kind,
    published_at,
    delay_hours,
    original,
    original_publisher,
    credited,
    agency,
    cluster_id
FROM explorer.facts
WHERE latest AND is_copy
QUALIFY row_number() OVER (PARTITION BY publisher ORDER BY published_at DESC NULLS LAST, id) <= 50
ORDER BY publisher, published_at DESC NULLS LAST, id;

-- One row is one of 20 copies in the original's language in which a publisher changed the text, drawn by hash.
CREATE TABLE explorer.publisher_altered AS
SELECT publisher, id, original, language
FROM explorer.facts
WHERE latest AND is_copy AND kind IN ('near', 'excerpt') AND publisher IS DISTINCT FROM original_publisher
QUALIFY row_number() OVER (PARTITION BY publisher ORDER BY hash(id)) <= 20
ORDER BY publisher;

-- One row is a pair of publishers: how often the second one ran a copy of the first one's original.
CREATE TABLE explorer.flows AS
SELECT
    original_publisher AS giver,
    publisher AS taker,
    count(*) AS copies,
    count(*) FILTER (WHERE NOT credited) AS uncredited,
    count(*) FILTER (WHERE kind = 'translated') AS translated,
    median(delay_hours) AS median_delay,
    avg(kept) AS kept
FROM explorer.facts
WHERE latest AND is_copy AND publisher <> original_publisher
GROUP BY giver, taker
ORDER BY copies DESC, giver, taker;

-- One row is a day (UTC): how many articles, how many of them an agency's, how many copies of another article.
CREATE TABLE explorer.days AS
SELECT
    published_at::DATE AS day,
    count(*) AS articles,
    count(*) FILTER (WHERE whose IS NOT NULL) AS wire,
    count(*) FILTER (WHERE is_copy) AS copies
FROM explorer.facts
WHERE latest
GROUP BY day
ORDER BY day NULLS LAST;

-- One row is a kind of copy.
CREATE TABLE explorer.kinds AS
SELECT
    kind,
    count(*) AS copies,
    count(*) FILTER (WHERE NOT credited) AS uncredited,
    median(delay_hours) AS median_delay,
    avg(kept) AS kept
FROM explorer.facts
WHERE latest AND is_copy
GROUP BY kind
ORDER BY copies DESC, kind;

-- One row is a language.
CREATE TABLE explorer.languages AS
SELECT language, count(*) AS articles, count(*) FILTER (WHERE is_copy) AS copies
FROM explorer.facts
WHERE latest
GROUP BY language
ORDER BY articles DESC, language;

-- One row is an agency whose text was printed, in how many articles, credited in how many.
CREATE TABLE explorer.agencies AS
SELECT whose AS agency, count(*) AS articles, count(*) FILTER (WHERE agency IS NULL) AS uncredited
FROM explorer.facts
WHERE latest AND whose IS NOT NULL
GROUP BY whose
ORDER BY articles DESC, whose;

-- One row is an outcome of fetching (page) or reading (article), with its commonest reason.
CREATE TABLE explorer.outcomes AS
WITH steps AS (
    SELECT 'page' AS step, outcome, reason FROM pages
    UNION ALL BY NAME
    SELECT 'article' AS step, outcome, reason FROM articles
)
SELECT step, outcome, count(*) AS number, left(mode(reason ORDER BY reason), 200) AS reason
FROM steps
GROUP BY step, outcome
ORDER BY step DESC, number DESC, outcome;

-- One row is a scored pair to be judged by a person: at most 200 of each tenth of the score, drawn by hash.
CREATE TABLE explorer.to_judge AS
WITH drawn AS (
    SELECT a, b, score, kind, hash(a, b) AS lot
    FROM pairs
    QUALIFY row_number() OVER (PARTITION BY least(9, floor(score * 10)) ORDER BY hash(a, b)) <= 200
),
texts AS (
    SELECT text_id, min(id) AS id
    FROM explorer.facts
    WHERE latest
    GROUP BY text_id
)
SELECT one.id AS a, other.id AS b, drawn.score, drawn.kind, drawn.lot
FROM drawn
JOIN texts AS one ON one.text_id = drawn.a
JOIN texts AS other ON other.text_id = drawn.b;

-- One row holds the corpus's totals.
CREATE TABLE explorer.totals AS
SELECT
    count(*) AS articles,
    count(DISTINCT publisher) AS publishers,
    count(DISTINCT language) AS languages,
    count(*) FILTER (WHERE whose IS NOT NULL) AS wire,
    count(*) FILTER (WHERE is_copy) AS copies,
    count(*) FILTER (WHERE is_copy AND NOT credited) AS uncredited,
    count(*) FILTER (WHERE is_copy AND credited) AS credited,
    count(DISTINCT country) AS countries,
    min(published_at) AS first_at,
    max(published_at) AS last_at,
    (SELECT count(*) FROM explorer.reach) AS clusters,
    (SELECT sum(number) FROM explorer.outcomes WHERE step = 'page')::BIGINT AS pages,
    (SELECT median(delay_hours) FROM explorer.facts WHERE latest AND is_copy) AS median_delay
FROM explorer.facts
WHERE latest;

-- One row is the text of an article that a page may show at length: in a cluster, or to be judged. Those of a cluster lie
-- together; where a large part file holds a text, reading that one costs as much as reading all of its neighbours.
CREATE TABLE explorer.texts AS
SELECT facts.cluster_id, facts.id, articles.text, articles.evidence
FROM explorer.facts
JOIN read_parquet('articles/part-*.parquet') AS articles USING (id)
WHERE
    facts.latest
    AND (
        facts.cluster_id IS NOT NULL
        OR facts.id IN (SELECT a FROM explorer.to_judge)
        OR facts.id IN (SELECT b FROM explorer.to_judge)
    )
ORDER BY facts.cluster_id, facts.id;
