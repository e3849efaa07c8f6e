-- Revenue of each week beside the week before.
CREATE MATERIALIZED VIEW weekly_growth
IN CLUSTER growth AS
WITH weekly AS (
    SELECT country, date_trunc('week', day) AS week, sum(revenue) AS revenue
    FROM shop.api.daily_revenue
    GROUP BY country, date_trunc('week', day)
)
SELECT this.country, this.week, this.revenue, last.revenue AS revenue_before
FROM weekly AS this
LEFT JOIN weekly AS last
    ON last.country = this.country AND last.week = this.week - INTERVAL '7 days';
