-- oldest code: 0029
-- A connection names the hosts it may be used with, and an empty list lets it go nowhere. Those made before could go
-- anywhere and go on doing so, as the entry "*", which its page shows with a way to narrow it. Text, not jsonb: config may
-- hold escapes that jsonb refuses. It is written without spaces, and a quote inside a value is escaped, so the pattern
-- cannot match in one.
UPDATE "connection" SET "config" = regexp_replace("config", '"hosts":\[\]', '"hosts":["*"]')
WHERE "kind" LIKE 'http.%' AND "config" LIKE '%"hosts":[]%';
UPDATE "connection" SET "config" = '{"hosts":["*"]' || CASE WHEN "config" = '{}' THEN '}' ELSE ',' || substr("config", 2) END
WHERE "kind" LIKE 'http.%' AND "config" NOT LIKE '%"hosts":[%';
