-- What moves with time, from the tables that the simulation fills.

-- mz_internal.mz_compute_hydration_statuses
SELECT object_id, replica_id, time_ns IS NOT NULL, time_ns::numeric / 1000 * interval '1 microsecond'
FROM base."mz_internal.mz_compute_hydration_times";

-- mz_internal.mz_hydration_statuses
-- Indexes and materialized views have a row even without a replica, sinks have none then.
SELECT i.id, h.replica_id, coalesce(h.time_ns IS NOT NULL, false)
FROM base.item i
LEFT JOIN base."mz_internal.mz_compute_hydration_times" h ON h.object_id = i.id
WHERE i.type IN ('index', 'materialized-view') AND i.id LIKE 'u%'
UNION ALL
SELECT i.id, s.replica_id, coalesce(s.rehydration_latency IS NOT NULL, false)
FROM base.item i
LEFT JOIN base."mz_internal.mz_source_statistics" s ON s.id = i.id
WHERE i.type = 'source' AND i.cluster_id IS NOT NULL AND i.subtype NOT IN ('webhook', 'progress') AND i.id LIKE 'u%'
UNION ALL
SELECT i.id, r.id, s.status = 'running' AND coalesce(f.write_frontier::numeric > 0, true)
FROM base.item i
JOIN base.replica r ON r.cluster_id = i.cluster_id
LEFT JOIN base."mz_internal.mz_sink_statuses" s ON s.id = i.id
LEFT JOIN base."mz_internal.mz_frontiers" f ON f.object_id = i.id
WHERE i.type = 'sink';

-- mz_internal.mz_cluster_replica_statuses
SELECT DISTINCT ON (h.replica_id, h.process_id) h.replica_id, h.process_id, h.status, h.reason, h.occurred_at
FROM base."mz_internal.mz_cluster_replica_status_history" h
JOIN base.replica r ON r.id = h.replica_id
ORDER BY h.replica_id, h.process_id, h.occurred_at DESC;

-- mz_internal.mz_wallclock_global_lag_history
SELECT object_id, min(lag), occurred_at
FROM base."mz_internal.mz_wallclock_lag_history"
GROUP BY object_id, occurred_at;

-- mz_internal.mz_wallclock_global_lag_recent_history
SELECT object_id, min(lag), date_trunc('minute', occurred_at)
FROM base."mz_internal.mz_wallclock_lag_history"
WHERE occurred_at + interval '1 day' > mz_fn.now()
GROUP BY object_id, date_trunc('minute', occurred_at);

-- mz_internal.mz_wallclock_global_lag
SELECT DISTINCT ON (object_id) object_id, lag
FROM sys."mz_internal.mz_wallclock_global_lag_recent_history"
WHERE occurred_at + interval '5 minutes' > mz_fn.now()
ORDER BY object_id, occurred_at DESC;

-- mz_internal.mz_materialization_dependencies
SELECT object_id, dependency_id FROM base."mz_internal.mz_compute_dependencies"
UNION
SELECT id, target_id FROM base.item WHERE type = 'sink';

-- mz_internal.mz_global_frontiers
SELECT object_id, write_frontier FROM base."mz_internal.mz_frontiers" WHERE write_frontier IS NOT NULL;

-- mz_internal.mz_object_lifetimes
SELECT
    coalesce(details ->> 'id', details ->> 'replica_id'), details ->> 'previous_id', object_type, event_type, occurred_at
FROM base."mz_catalog.mz_audit_events"
WHERE event_type IN ('create', 'drop');

-- mz_internal.mz_object_history
SELECT
    coalesce(c.details ->> 'id', c.details ->> 'replica_id'), c.details ->> 'cluster_id', c.object_type,
    c.occurred_at, d.occurred_at
FROM base."mz_catalog.mz_audit_events" c
LEFT JOIN base."mz_catalog.mz_audit_events" d
    ON d.event_type = 'drop' AND d.object_type = c.object_type
    AND coalesce(d.details ->> 'id', d.details ->> 'replica_id') = coalesce(c.details ->> 'id', c.details ->> 'replica_id')
WHERE c.event_type = 'create' AND c.object_type NOT IN ('cluster', 'cluster-replica', 'database', 'role', 'schema');

-- mz_internal.mz_cluster_replica_history
SELECT
    c.details ->> 'replica_id', c.details ->> 'logical_size', c.details ->> 'cluster_id', c.details ->> 'cluster_name',
    c.details ->> 'replica_name', c.occurred_at, d.occurred_at, z.credits_per_hour
FROM base."mz_catalog.mz_audit_events" c
LEFT JOIN base."mz_catalog.mz_audit_events" d
    ON d.event_type = 'drop' AND d.object_type = 'cluster-replica'
    AND d.details ->> 'replica_id' = c.details ->> 'replica_id'
LEFT JOIN sys."mz_catalog.mz_cluster_replica_sizes" z ON z.size = c.details ->> 'logical_size'
WHERE c.event_type = 'create' AND c.object_type = 'cluster-replica';

-- mz_internal.mz_cluster_replica_name_history
SELECT
    occurred_at,
    coalesce(details ->> 'replica_id', details ->> 'id'),
    CASE event_type WHEN 'alter' THEN details ->> 'old_name' WHEN 'drop' THEN details ->> 'replica_name' END,
    CASE event_type WHEN 'alter' THEN details ->> 'new_name' WHEN 'create' THEN details ->> 'replica_name' END
FROM base."mz_catalog.mz_audit_events"
WHERE object_type = 'cluster-replica' AND event_type IN ('create', 'alter', 'drop');

