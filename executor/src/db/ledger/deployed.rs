//! What is in production, as the planner wants to know it.
//!
//! A deployment leaves behind what it deployed: a snapshot of the schemas that it touched, not of all that its project has.
//! Several deployments of a project may be staged at once, and one that is promoted last says nothing about a schema that
//! it left alone. So the newest promoted deployment of each schema says what is in it, as the view `production` has it.
//!
//! An environment may serve several projects. What another project deployed isn't removed from this one. Projects have no name that the
//! ledger could keep; a snapshot keeps which schemas its project had, and two deployments are of one project if
//! they have a schema in common.

use std::collections::{BTreeMap, BTreeSet};

use mz_deploy_planner::fingerprint::Fingerprint;
use mz_deploy_planner::input::{
    DEPLOYED_FORMAT, Deployed, DeployedObject, DeployedSchema, Live, LiveObject, SchemaDeploymentKind,
};
use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};
use mz_deploy_planner::plan::{Action, Effect, Plan};
use mz_deploy_planner::project::ObjectKind;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::overview::Ledger;
use crate::db::error::DbError;

/// What a deployment deployed, written when it is staged and of meaning once it is promoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// All schemas that the project deploys to.
    project: Vec<SchemaName>,
    /// Databases of which it knows grants, comments and default privileges.
    databases: Vec<Ident>,
    /// The schemas that the deployment touched. What is in them is in `deployed`.
    schemas: Vec<SchemaName>,
    deployed: Deployed,
}

impl Snapshot {
    /// The snapshot of a plan, after which `after` is deployed.
    pub fn new(plan: &Plan, after: &Deployed) -> Self {
        let schemas = touched(plan);
        let named = plan.scopes.iter().filter(|scope| scope.schema.is_none()).map(|scope| &scope.database);
        let databases: BTreeSet<Ident> =
            schemas.iter().filter_map(|schema| schema.database.as_ref()).chain(named).cloned().collect();
        let mut deployed = Deployed { format: DEPLOYED_FORMAT, ..Deployed::default() };
        deployed.schemas = after.schemas.iter().filter(|s| schemas.contains(&s.name)).cloned().collect();
        deployed.objects =
            after.objects.iter().filter(|o| schemas.contains(&o.name.schema)).cloned().collect();
        let is_known = |database: &Ident, schema: Option<&Ident>| match schema {
            Some(schema) => schemas.contains(&SchemaName::new(database.clone(), schema.clone())),
            None => databases.contains(database),
        };
        let modifiers = after.modifiers.iter().filter(|m| is_known(&m.database, m.schema.as_ref()));
        deployed.modifiers = modifiers.cloned().collect();
        Self {
            project: after.schemas.iter().map(|schema| schema.name.clone()).collect(),
            databases: databases.into_iter().collect(),
            schemas: schemas.into_iter().collect(),
            deployed,
        }
    }

    /// As the ledger keeps it.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names and texts always serialise")
    }

    pub(super) fn read(deploy_id: &str, text: &str) -> Result<Self, DbError> {
        let damaged = |why: String| {
            let message = format!("the ledger's snapshot of deployment `{deploy_id}` can't be read: {why}");
            DbError::unexpected(message).with_hint(
                "if a newer mz-deploy wrote it, use that; otherwise deploy its schemas again with `--redeploy-schema`",
            )
        };
        let snapshot: Self = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        match snapshot.deployed.format {
            DEPLOYED_FORMAT => Ok(snapshot),
            format => Err(damaged(format!("it has format {format}, not {DEPLOYED_FORMAT}"))),
        }
    }

    /// True if it is of a project that has one of these schemas.
    fn is_of(&self, project: &BTreeSet<SchemaName>) -> bool {
        self.project.iter().any(|schema| project.contains(schema))
    }
}

/// The schemas that a plan records a deployment of.
fn touched(plan: &Plan) -> BTreeSet<SchemaName> {
    let effects = plan.phases.iter().flat_map(|phase| &phase.steps).filter_map(|step| match &step.action {
        Action::Effect(effect) => Some(effect.as_ref()),
        Action::Sql(_) => None,
    });
    let mut touched = BTreeSet::new();
    for effect in effects {
        let Effect::Record { table, columns, rows } = effect else { continue };
        let position = |wanted: &str| columns.iter().position(|column| column == wanted);
        if !table.ends_with(".deployments") {
            continue;
        }
        if let (Some(database), Some(schema)) = (position("database"), position("schema")) {
            let name = |row: &Vec<SmolStr>| {
                Some(SchemaName::new(
                    Ident::new(row.get(database)?.clone()),
                    Ident::new(row.get(schema)?.clone()),
                ))
            };
            touched.extend(rows.iter().filter_map(name));
        }
    }
    touched
}

/// The newest promoted deployment of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The schema.
    pub schema: SchemaName,
    /// The deployment.
    pub deploy_id: String,
    /// When it was promoted, by the server's clock.
    pub promoted_at: String,
    /// How the schema was deployed, in the ledger's words.
    pub kind: String,
}

/// An object of a deployment that left no snapshot: the original tool's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HashedObject {
    pub(super) name: ObjectName,
    pub(super) hash: String,
}

impl Ledger {
    /// What is in production of the project that has these schemas. `live` says what is still there, and what the
    /// objects are of which the ledger knows no more than a hash.
    pub fn deployed(&self, project: &BTreeSet<SchemaName>, live: &Live) -> Deployed {
        let present: BTreeSet<&SchemaName> = live.schemas.iter().map(|schema| &schema.name).collect();
        let mut deployed = Deployed { format: DEPLOYED_FORMAT, ..Deployed::default() };
        for claim in self.claims().filter(|claim| present.contains(&claim.schema)) {
            let is_ours = project.contains(&claim.schema);
            match self.snapshots.get(&claim.deploy_id) {
                Some(snapshot) if is_ours || snapshot.is_of(project) => {
                    add_schema(&mut deployed, &claim.schema, snapshot);
                }
                None if is_ours => self.add_hashed(&mut deployed, &claim, live),
                // Of another project.
                _ => {}
            }
        }
        self.add_databases(&mut deployed, project);
        deployed.schemas.sort_by(|a, b| a.name.cmp(&b.name));
        deployed.objects.sort_by(|a, b| a.name.cmp(&b.name));
        deployed.modifiers.sort();
        deployed.environment = (!deployed.is_empty()).then(|| live.environment.clone());
        deployed
    }

    /// Grants, comments and default privileges of databases: what the project's last promoted deployment there says.
    fn add_databases(&self, deployed: &mut Deployed, project: &BTreeSet<SchemaName>) {
        let mut newest: BTreeMap<&Ident, (&str, &Snapshot)> = BTreeMap::new();
        for (deploy_id, snapshot) in self.snapshots.iter().filter(|(_, snapshot)| snapshot.is_of(project)) {
            let Some(promoted_at) = self.promoted_at(deploy_id) else { continue };
            for database in &snapshot.databases {
                let known = newest.entry(database).or_insert((promoted_at, snapshot));
                if known.0 < promoted_at {
                    *known = (promoted_at, snapshot);
                }
            }
        }
        for (database, (_, snapshot)) in newest {
            let modifiers = snapshot.deployed.modifiers.iter();
            let own = modifiers.filter(|m| &m.database == database && m.schema.is_none());
            deployed.modifiers.extend(own.cloned());
        }
    }

    /// A schema that the original tool deployed. Its fingerprints are of another form, which the planner knows not to compare.
    fn add_hashed(&self, deployed: &mut Deployed, claim: &Claim, live: &Live) {
        let kind = match claim.kind.as_str() {
            "replacement" => SchemaDeploymentKind::Replacement,
            "sinks" => SchemaDeploymentKind::Sinks,
            "tables" => SchemaDeploymentKind::Tables,
            _ => SchemaDeploymentKind::Objects,
        };
        deployed.schemas.push(DeployedSchema { name: claim.schema.clone(), kind });
        let objects = self.hashed.iter().filter(|object| object.name.schema == claim.schema);
        for object in objects {
            let found = live.objects.iter().find(|live| live.name == object.name);
            if let Some((live, kind)) = found.and_then(|live| Some((live, kind_of(live)?))) {
                deployed.objects.push(DeployedObject {
                    name: object.name.clone(),
                    kind,
                    fingerprint: Fingerprint::parse(&object.hash),
                    cluster: live.cluster.clone(),
                    sql: None,
                    companions: Vec::new(),
                });
            }
        }
    }
}

fn add_schema(deployed: &mut Deployed, schema: &SchemaName, snapshot: &Snapshot) {
    let known = &snapshot.deployed;
    deployed.schemas.extend(known.schemas.iter().filter(|s| &s.name == schema).cloned());
    deployed.objects.extend(known.objects.iter().filter(|o| &o.name.schema == schema).cloned());
    let is_in = |database: &Ident, name: Option<&Ident>| {
        schema.database.as_ref() == Some(database) && Some(&schema.schema) == name
    };
    let modifiers = known.modifiers.iter().filter(|m| is_in(&m.database, m.schema.as_ref()));
    deployed.modifiers.extend(modifiers.cloned());
}

/// What an object of the catalog is, if it is something that is staged.
fn kind_of(live: &LiveObject) -> Option<ObjectKind> {
    match live.kind.as_str() {
        "view" => Some(ObjectKind::View),
        "materialized-view" => Some(ObjectKind::MaterializedView),
        "sink" => Some(ObjectKind::Sink),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
