CREATE VIEW fastest_country AS
SELECT DISTINCT ON (week) week, country, revenue - revenue_before AS gain
FROM weekly_growth
WHERE revenue_before IS NOT NULL
ORDER BY week, revenue - revenue_before DESC;

CREATE DEFAULT INDEX IN CLUSTER growth ON fastest_country;
