//! What takes the owner, or a deployer: asked before anything is done, since a server that refuses it half-way leaves the
//! other half. Whoever is a member of the owner counts as the owner, as on the server.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::exchange::scope_of;
use super::state::marker_schemas;
use super::world::{Kind, Name, World, live_schema};
use crate::ddl::definition;
use crate::diagnostic::{Code, Diagnostic};
use crate::input::Live;
use crate::name::Ident;
use crate::plan::authority::Authority;
use crate::plan::model::{Action, Precondition, Step};
use crate::plan::refusals::Refusals;
use crate::plan::setup::DEPLOYER_ROLE;
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// Errors if the session can't work on a deployment. The lease and the marker belong to the role of all deployers, which it
/// takes a member of; a marker that was made by a command that was killed before it gave it away, its maker.
pub fn require_deployer(live: &Live, deploy_id: &str) -> Result<(), Vec<Diagnostic>> {
    let authority = Authority::new(live);
    let deployer = Ident::new(DEPLOYER_ROLE);
    if let Some(role) = authority.limited().filter(|_| !authority.owns(&deployer)) {
        let message = format_smolstr!("`{role}` can't deploy: it isn't a member of `{deployer}`");
        let problem = Diagnostic::error(Code::MissingPrivilege, Location::nowhere(), message);
        let grant = definition::grant_role(&deployer, role);
        return Err(vec![problem.help(format_smolstr!("let an administrator run `{grant}`"))]);
    }
    let Some(mut refusals) = Refusals::new(authority) else { return Ok(()) };
    let (pre, post) = marker_schemas(deploy_id);
    for name in [&pre, &post] {
        if let Some(marker) = live_schema(live, name) {
            let purpose = format_smolstr!("going on with `{deploy_id}`");
            refusals.owner(TargetKind::Schema, name, &marker.owner, &purpose, Location::nowhere());
        }
    }
    let problems = refusals.problems();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Errors for steps that the session may not do because it doesn't own what they are about, and for things, by kind and id.
pub(super) fn not_owned<'s>(
    live: &Live,
    steps: impl Iterator<Item = &'s Step>,
    things: impl Iterator<Item = (Kind, SmolStr)>,
    purpose: &str,
) -> Vec<Diagnostic> {
    let Some(mut refusals) = Refusals::new(Authority::new(live)) else { return Vec::new() };
    let world = World::new(live);
    let owners = owners(live);
    for (kind, id) in steps.filter_map(|step| subject(step, &world)).chain(things) {
        let Some((target, owner)) = owners.get(&(kind, &id)) else { continue };
        let Some(thing) = world.thing(kind, &id) else { continue };
        refusals.owner(*target, &thing.name.printed(), owner, &purpose, Location::nowhere());
    }
    refusals.problems()
}

/// What a step is about: what must be there, or, of a grant that is taken back, the schema or database.
fn subject(step: &Step, world: &World<'_>) -> Option<(Kind, SmolStr)> {
    let present = step.preconditions.iter().find_map(|precondition| match precondition {
        Precondition::Present { kind, id: Some(id), .. } => Some((Kind::parse(kind)?, id.clone())),
        _ => None,
    });
    present.or_else(|| {
        let Action::Sql(statement) = &step.action else { return None };
        let scope: Name = scope_of(statement)?;
        Some((scope.kind(), world.id(scope.kind(), &scope.printed())?.clone()))
    })
}

type Owners<'l> = BTreeMap<(Kind, &'l SmolStr), (TargetKind, &'l Ident)>;

fn owners(live: &Live) -> Owners<'_> {
    let databases =
        live.databases.iter().map(|d| ((Kind::Database, &d.id), (TargetKind::Database, &d.owner)));
    let schemas = live.schemas.iter().map(|s| ((Kind::Schema, &s.id), (TargetKind::Schema, &s.owner)));
    let clusters = live.clusters.iter().map(|c| ((Kind::Cluster, &c.id), (TargetKind::Cluster, &c.owner)));
    let objects = live.objects.iter().filter_map(|o| {
        let kind = TargetKind::of_catalog(&o.kind)?;
        Some(((Kind::Object, &o.id), (kind, &o.owner)))
    });
    databases.chain(schemas).chain(clusters).chain(objects).collect()
}
