//! Databases, schemas, clusters, roles and network policies.

use super::{Rows, Table, acl, boolean, text};
use crate::catalog::{Catalog, Cluster, ManagedCluster, ObjectId, Role};
use crate::sql::ast::Schedule;
use crate::system::text as engine_text;

pub(super) fn rows(catalog: &Catalog, object: ObjectId, rows: &mut Rows) {
    match object {
        ObjectId::Database(id) => rows.extend(catalog.database(id).map(|d| {
            (Table::Database, vec![text(id), text(d.oid), text(d.name.as_str()), text(d.owner), acl(&d.acl)])
        })),
        ObjectId::Schema(id) => rows.extend(catalog.schema(id).map(|s| {
            let database = s.database.map(|id| id.to_string());
            (
                Table::Schema,
                vec![text(id), text(s.oid), database, text(s.name.as_str()), text(s.owner), acl(&s.acl)],
            )
        })),
        ObjectId::Cluster(id) => rows.extend(catalog.cluster(id).map(|c| (Table::Cluster, cluster(c)))),
        ObjectId::Replica(cluster, id) => rows.extend(catalog.replica(cluster, id).map(|r| {
            let (zone, owner) = (r.availability_zone.clone(), text(r.owner));
            (Table::Replica, vec![text(id), text(r.name.as_str()), text(cluster), text(&r.size), zone, owner])
        })),
        ObjectId::Role(id) => {
            if let Some(r) = catalog.role(id) {
                role(r, rows);
            }
        }
        ObjectId::NetworkPolicy(id) => {
            let Some(policy) = catalog.network_policy(id) else { return };
            let name = text(policy.name.as_str());
            let row = vec![text(id), text(policy.oid), name, text(policy.owner), acl(&policy.acl)];
            rows.push((Table::NetworkPolicy, row));
            for rule in &policy.rules {
                let name = text(rule.name.as_str());
                let row =
                    vec![text(id), name, text(&rule.action), text(&rule.address), text(&rule.direction)];
                rows.push((Table::NetworkPolicyRule, row));
            }
        }
        ObjectId::Item(_) => {}
    }
}

fn cluster(cluster: &Cluster) -> Vec<Option<String>> {
    let mut row = vec![text(cluster.id), text(cluster.name.as_str()), text(cluster.owner), acl(&cluster.acl)];
    let Some(managed) = &cluster.managed else {
        row.extend([None, None, None, None, None, boolean(false), None, None]);
        return row;
    };
    let ManagedCluster { size, replication_factor, availability_zones, .. } = managed;
    let zones = (!availability_zones.is_empty()).then(|| engine_text::array(availability_zones));
    let interval = managed.introspection_interval.map(|micros| format!("{micros} microseconds"));
    let (schedule, estimate) = match &managed.schedule {
        Schedule::Manual => ("manual", None),
        Schedule::OnRefresh { hydration_time_estimate } => {
            ("on-refresh", hydration_time_estimate.as_ref().and_then(super::items::interval_text))
        }
    };
    row.extend([text(size), text(replication_factor), zones, boolean(managed.introspection_debugging)]);
    row.extend([interval, boolean(true), text(schedule), estimate]);
    row
}

fn role(role: &Role, rows: &mut Rows) {
    let flags = [role.can_login.and_then(boolean), role.superuser.and_then(boolean)];
    let mut row = vec![text(role.id), text(role.oid), text(role.name.as_str())];
    row.extend(flags);
    rows.push((Table::Role, row));
    for (group, grantor) in &role.member_of {
        rows.push((Table::RoleMember, vec![text(group), text(role.id), text(grantor)]));
    }
    for (name, values) in &role.defaults {
        rows.push((Table::RoleParameter, vec![text(role.id), text(name), text(values.join(", "))]));
    }
}
