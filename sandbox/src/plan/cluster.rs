//! Clusters and replicas.

use mz_deploy_planner::name::Ident;

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::limits::{self, Limits};
use super::names::{is_reserved, skipping};
use super::rbac::Requirements;
use crate::catalog::{Catalog, Cluster, ManagedCluster, ObjectId, Op, Privilege, Replica, RoleId};
use crate::error::{Notice, SqlError, SqlState};
use crate::sql::ast::{
    CreateCluster, ObjectKind, ObjectName, OptionValue, OptionsAction, Schedule, SqlOption, Value,
};
use crate::time::parse_duration;

/// The sizes that a replica may have.
const SIZES: [&str; 10] = [
    "100cc",
    "200cc",
    "25cc",
    "300cc",
    "400cc",
    "50cc",
    "scale=1,workers=1",
    "scale=1,workers=2",
    "scale=1,workers=4",
    "scale=2,workers=1",
];

const DEFAULT_INTROSPECTION_INTERVAL: i64 = 1_000_000;

/// How often introspection happens, in microseconds; `None` is never.
#[derive(Clone, Copy)]
struct Interval(Option<i64>);

/// The options of `CREATE CLUSTER` and `ALTER CLUSTER … SET` that were given.
#[derive(Default)]
struct Options<'a> {
    size: Option<String>,
    replication_factor: Option<u32>,
    managed: Option<bool>,
    replicas: Option<&'a [(Ident, Vec<SqlOption>)]>,
    schedule: Option<Schedule>,
    introspection_interval: Option<Interval>,
    introspection_debugging: Option<bool>,
    notices: Vec<Notice>,
}

impl<'a> Options<'a> {
    fn read(options: &'a [SqlOption]) -> Result<Self, SqlError> {
        let mut read = Self::default();
        for (at, option) in options.iter().enumerate() {
            if options.iter().take(at).any(|other| other.name == option.name) {
                return Err(SqlError::internal(format!("{} specified more than once", option.name)));
            }
            read.set(option)?;
        }
        Ok(read)
    }

    fn set(&mut self, option: &'a SqlOption) -> Result<(), SqlError> {
        let invalid = |why: &str| SqlError::internal(format!("invalid {}: {why}", option.name));
        match option.name.as_str() {
            "SIZE" => self.size = Some(text(option).ok_or_else(|| invalid("cannot use value as string"))?),
            "REPLICATION FACTOR" => {
                let number = number(option).ok_or_else(|| invalid("cannot use value as number"))?;
                let factor = number
                    .parse()
                    .map_err(|_| invalid("invalid numeric value: invalid digit found in string"))?;
                self.replication_factor = Some(factor);
            }
            "MANAGED" => {
                self.managed = Some(boolean(option).ok_or_else(|| invalid("cannot use value as boolean"))?);
            }
            "REPLICAS" => match &option.value {
                Some(OptionValue::Rules(replicas)) => self.replicas = Some(replicas),
                _ => return Err(invalid("cannot use value as replicas")),
            },
            "SCHEDULE" => match &option.value {
                Some(OptionValue::Schedule(Schedule::Manual)) => self.schedule = Some(Schedule::Manual),
                Some(OptionValue::Schedule(_)) => {
                    return Err(preview(
                        "`SCHEDULE = ON REFRESH` cluster option",
                        "enable_cluster_schedule_refresh",
                    ));
                }
                _ => return Err(invalid("cannot use value as schedule")),
            },
            "INTROSPECTION INTERVAL" => {
                let text = text(option).or_else(|| number(option));
                let text = text.ok_or_else(|| invalid("cannot use value as interval"))?;
                self.introspection_interval = Some(interval(&text).ok_or_else(|| {
                    invalid(&format!("invalid input syntax for type interval: \"{text}\""))
                })?);
            }
            "INTROSPECTION DEBUGGING" => {
                let on = boolean(option).ok_or_else(|| invalid("cannot use value as boolean"))?;
                self.introspection_debugging = Some(on);
            }
            "AVAILABILITY ZONES" => {
                return Err(preview(
                    "MANAGED, AVAILABILITY ZONES syntax",
                    "enable_managed_cluster_availability_zones",
                ));
            }
            "DISK" => self
                .notices
                .push(Notice::new(SqlState::DEPRECATED, "the DISK option is deprecated and has no effect")),
            "WORKLOAD CLASS" => {
                return Err(SqlError::internal("WORKLOAD CLASS not supported for non-system users"));
            }
            other => return Err(SqlError::unsupported(format!("the cluster option {other}"))),
        }
        Ok(())
    }
}

/// A feature behind a flag that is off.
fn preview(what: &str, flag: &str) -> SqlError {
    SqlError::internal(format!("{what} is not available"))
        .with_detail(format!("The requested feature ({flag}) is in private preview."))
        .with_hint("Contact support to discuss enabling the feature in your Materialize region.")
}

fn text(option: &SqlOption) -> Option<String> {
    match &option.value {
        Some(OptionValue::Value(Value::String(text))) => Some(text.clone()),
        Some(OptionValue::Value(Value::Interval(interval))) => Some(interval.value.clone()),
        Some(OptionValue::Ident(ident)) => Some(ident.as_str().to_owned()),
        _ => None,
    }
}

fn number(option: &SqlOption) -> Option<String> {
    match &option.value {
        Some(OptionValue::Value(Value::Number(number) | Value::String(number))) => Some(number.clone()),
        _ => None,
    }
}

fn boolean(option: &SqlOption) -> Option<bool> {
    match &option.value {
        None => Some(true),
        Some(OptionValue::Value(Value::Boolean(on))) => Some(*on),
        Some(OptionValue::Value(Value::String(text))) => text.parse().ok(),
        Some(OptionValue::Ident(ident)) => ident.as_str().parse().ok(),
        _ => None,
    }
}

/// An interval as a statement has it; a bare number is seconds. Zero turns introspection off.
fn interval(text: &str) -> Option<Interval> {
    let micros = i64::try_from(parse_duration(text)?.as_micros()).ok()?;
    Some(Interval((micros != 0).then_some(micros)))
}

fn check_size(size: &str) -> Result<(), SqlError> {
    if SIZES.contains(&size) {
        return Ok(());
    }
    Err(SqlError::internal(format!("unknown cluster replica size {size}"))
        .with_hint(format!("Valid cluster replica sizes are: {}", SIZES.join(", "))))
}

pub(super) fn check_cluster_name(name: &Ident) -> Result<(), SqlError> {
    if !is_reserved(name) {
        return Ok(());
    }
    Err(SqlError::internal(format!("cluster name {:?} is reserved", name.as_str()))
        .with_detail("The prefixes \"mz_\" and \"pg_\" are reserved for system clusters."))
}

fn check_replicas(limits: &Limits, current: usize, new: usize) -> Result<(), SqlError> {
    limits::check(
        "cluster replica",
        "max_replicas_per_cluster",
        limits.max_replicas_per_cluster,
        current,
        new,
    )
}

/// Replicas `r<from+1>` … `r<to>` of a managed cluster.
fn managed_replicas(catalog: &mut Catalog, owner: RoleId, size: &str, from: u32, to: u32) -> Vec<Replica> {
    (from + 1..=to)
        .map(|n| Replica {
            id: catalog.next_replica_id(),
            name: Ident::from(format!("r{n}").as_str()),
            owner,
            size: size.to_owned(),
            availability_zone: None,
        })
        .collect()
}

fn listed_replicas(
    catalog: &mut Catalog,
    owner: RoleId,
    listed: &[(Ident, Vec<SqlOption>)],
) -> Result<Vec<Replica>, SqlError> {
    listed.iter().map(|(name, options)| listed_replica(catalog, owner, name, options)).collect()
}

fn listed_replica(
    catalog: &mut Catalog,
    owner: RoleId,
    name: &Ident,
    options: &[SqlOption],
) -> Result<Replica, SqlError> {
    if is_reserved(name) {
        return Err(SqlError::internal(format!("replica name {:?} is reserved", name.as_str())));
    }
    let size = options.iter().find(|option| option.name == "SIZE").and_then(text);
    let size = size.ok_or_else(|| SqlError::internal("SIZE option must be specified"))?;
    check_size(&size)?;
    let availability_zone = options.iter().find(|option| option.name == "AVAILABILITY ZONE").and_then(text);
    Ok(Replica { id: catalog.next_replica_id(), name: name.clone(), owner, size, availability_zone })
}

pub(super) fn create(
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
    create: &CreateCluster,
) -> Result<Planned, SqlError> {
    check_cluster_name(&create.name)?;
    let options = Options::read(&create.options)?;
    if !create.features.is_empty() {
        return Err(SqlError::internal("FEATURES not supported for non-system users"));
    }
    let is_managed = options.managed.unwrap_or(options.replicas.is_none());
    let current = catalog.clusters().filter(|cluster| cluster.id.is_user()).count();
    let requires = Requirements::privilege(None, Privilege::CreateCluster);
    let (managed, replicas) = if is_managed {
        if options.replicas.is_some() {
            return Err(SqlError::internal("REPLICAS not supported for managed clusters"));
        }
        let size =
            options.size.ok_or_else(|| SqlError::internal("SIZE must be specified for managed clusters"))?;
        check_size(&size)?;
        let replication_factor = options.replication_factor.unwrap_or(1);
        check_replicas(limits, 0, usize::try_from(replication_factor).unwrap_or(usize::MAX))?;
        let replicas = managed_replicas(catalog, session.role, &size, 0, replication_factor);
        let managed = ManagedCluster {
            size,
            replication_factor,
            availability_zones: Vec::new(),
            introspection_debugging: options.introspection_debugging.unwrap_or(false),
            introspection_interval: options
                .introspection_interval
                .map_or(Some(DEFAULT_INTROSPECTION_INTERVAL), |Interval(interval)| interval),
            schedule: options.schedule.unwrap_or(Schedule::Manual),
        };
        (Some(managed), replicas)
    } else {
        let not_for_unmanaged = [
            (options.size.is_some(), "SIZE"),
            (options.replication_factor.is_some(), "REPLICATION FACTOR"),
            (options.introspection_debugging.is_some(), "INTROSPECTION DEBUGGING"),
            (options.introspection_interval.is_some(), "INTROSPECTION INTERVAL"),
            (options.schedule.is_some(), "SCHEDULE"),
        ];
        if let Some((_, name)) = not_for_unmanaged.iter().find(|(given, _)| *given) {
            return Err(SqlError::internal(format!("{name} not supported for unmanaged clusters")));
        }
        let listed = options
            .replicas
            .ok_or_else(|| SqlError::internal("REPLICAS must be specified for unmanaged clusters"))?;
        check_replicas(limits, 0, listed.len())?;
        (None, listed_replicas(catalog, session.role, listed)?)
    };
    limits::check("Cluster", "max_clusters", limits.max_clusters, current, 1)?;
    let id = catalog.next_cluster_id();
    let op = Op::CreateCluster { id, name: create.name.clone(), owner: session.role, managed, replicas };
    let plan = DdlPlan { ops: vec![op], notices: options.notices, ..DdlPlan::default() };
    Ok(Planned::new(plan, requires))
}

pub(super) fn create_replica(
    catalog: &mut Catalog,
    session: &SessionView,
    limits: &Limits,
    cluster: &Ident,
    name: &Ident,
    options: &[SqlOption],
) -> Result<Planned, SqlError> {
    let found = catalog.resolve_cluster(cluster)?;
    if found.managed.is_some() {
        return Err(SqlError::internal(format!("cannot modify managed cluster {}", cluster.as_str())));
    }
    let (id, current) = (found.id, found.replicas.len());
    check_replicas(limits, current, 1)?;
    let replica = listed_replica(catalog, session.role, name, options)?;
    let op = Op::CreateReplica { cluster: id, replica };
    Ok(Planned::one(op, Requirements::owner(ObjectId::Cluster(id))))
}

pub(super) fn alter(
    catalog: &mut Catalog,
    limits: &Limits,
    if_exists: bool,
    name: &Ident,
    action: &OptionsAction,
    with: &[SqlOption],
) -> Result<Planned, SqlError> {
    let cluster = match catalog.resolve_cluster(name) {
        Ok(cluster) => cluster.clone(),
        Err(_) if if_exists => {
            let notice = skipping(ObjectKind::Cluster, &ObjectName::Ident(name.clone()));
            return Ok(Planned::nothing(notice, Requirements::default()));
        }
        Err(error) => return Err(error),
    };
    let requires = Requirements::owner(ObjectId::Cluster(cluster.id));
    if !with.is_empty() {
        return Err(preview(
            "Enable zero-downtime reconfiguration for alter cluster",
            "enable_zero_downtime_cluster_reconfiguration",
        ));
    }
    let (managed, notices) = match action {
        OptionsAction::Set(options) => set(&cluster, options)?,
        OptionsAction::Reset(names) => (reset(&cluster, names)?, Vec::new()),
    };
    let replicas = match &managed {
        None => cluster.replicas.clone(),
        Some(managed) => {
            let wanted = managed.replication_factor;
            check_replicas(limits, 0, usize::try_from(wanted).unwrap_or(usize::MAX))?;
            let resized = cluster.managed.as_ref().is_none_or(|old| old.size != managed.size);
            let mut replicas = if resized { Vec::new() } else { cluster.replicas.clone() };
            replicas.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
            let kept = u32::try_from(replicas.len()).unwrap_or(u32::MAX);
            replicas.extend(managed_replicas(catalog, cluster.owner, &managed.size, kept, wanted));
            replicas
        }
    };
    let op = Op::AlterCluster { id: cluster.id, managed, replicas };
    Ok(Planned::new(DdlPlan { ops: vec![op], notices, ..DdlPlan::default() }, requires))
}

fn set(cluster: &Cluster, options: &[SqlOption]) -> Result<(Option<ManagedCluster>, Vec<Notice>), SqlError> {
    let options = Options::read(options)?;
    if options.replicas.is_some() {
        return Err(SqlError::internal(
            "Cannot change REPLICAS of a cluster: use CREATE and DROP CLUSTER REPLICA",
        ));
    }
    let managed = match (&cluster.managed, options.managed) {
        (Some(_), Some(false)) => None,
        (Some(managed), _) => Some(managed.clone()),
        (None, Some(true)) => Some(managed_from(cluster)?),
        (None, _) => None,
    };
    let Some(mut managed) = managed else {
        return Ok((None, options.notices));
    };
    if let Some(size) = options.size {
        check_size(&size)?;
        managed.size = size;
    }
    if let Some(factor) = options.replication_factor {
        managed.replication_factor = factor;
    }
    if let Some(on) = options.introspection_debugging {
        managed.introspection_debugging = on;
    }
    if let Some(Interval(interval)) = options.introspection_interval {
        managed.introspection_interval = interval;
    }
    if let Some(schedule) = options.schedule {
        managed.schedule = schedule;
    }
    Ok((Some(managed), options.notices))
}

/// An unmanaged cluster becomes managed as it is.
fn managed_from(cluster: &Cluster) -> Result<ManagedCluster, SqlError> {
    let size = cluster.replicas.first().map(|replica| replica.size.clone());
    let size = size.ok_or_else(|| SqlError::internal("SIZE must be specified for managed clusters"))?;
    if cluster.replicas.iter().any(|replica| replica.size != size) {
        return Err(SqlError::internal(format!(
            "Cluster {} has replicas of different sizes and can't become managed",
            cluster.name.as_str()
        )));
    }
    Ok(ManagedCluster {
        size,
        replication_factor: u32::try_from(cluster.replicas.len()).unwrap_or(u32::MAX),
        availability_zones: Vec::new(),
        introspection_debugging: false,
        introspection_interval: Some(DEFAULT_INTROSPECTION_INTERVAL),
        schedule: Schedule::Manual,
    })
}

fn reset(cluster: &Cluster, names: &[String]) -> Result<Option<ManagedCluster>, SqlError> {
    let Some(mut managed) = cluster.managed.clone() else {
        let first = names.first().map_or("MANAGED", String::as_str);
        return Err(SqlError::internal(format!("{first} not supported for unmanaged clusters")));
    };
    for name in names {
        match name.as_str() {
            "SIZE" => return Err(SqlError::internal("SIZE has no default value")),
            "REPLICATION FACTOR" => managed.replication_factor = 1,
            "INTROSPECTION INTERVAL" => {
                managed.introspection_interval = Some(DEFAULT_INTROSPECTION_INTERVAL);
            }
            "INTROSPECTION DEBUGGING" => managed.introspection_debugging = false,
            "SCHEDULE" => managed.schedule = Schedule::Manual,
            "AVAILABILITY ZONES" => managed.availability_zones.clear(),
            "MANAGED" => {}
            other => return Err(SqlError::unsupported(format!("the cluster option {other}"))),
        }
    }
    Ok(Some(managed))
}
