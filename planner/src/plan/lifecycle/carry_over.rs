//! What people did to production by hand and a swap would lose: grants, comments, default privileges, owners. They are
//! compared with the staged side before the swap; what that lacks is made on it.

use std::collections::BTreeMap;

use smol_str::{SmolStr, format_smolstr};

use super::exchange::Exchange;
use super::withdrawn::Withdrawn;
use super::world::live_schema;
use crate::ddl::{Ddl, Item};
use crate::diagnostic::{Code, Diagnostic};
use crate::input::{Deployment, Live, LiveComment, LiveDefaultPrivilege, LiveGrant, LiveObject};
use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::plan::authority::Authority;
use crate::plan::lower::ddl;
use crate::plan::model::{Action, Step};
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// How the comment of a schema begins that says who promoted it. Such a comment is nobody's own.
pub const ANNOTATION: &str = "mz-deploy: ";

/// True for a schema without a comment of its own.
pub(super) fn may_be_annotated(live: &Live, schema: &SchemaName) -> bool {
    let comment = live_schema(live, schema).and_then(|schema| schema.comment.as_deref());
    comment.is_none_or(|comment| comment.starts_with(ANNOTATION))
}

/// Makes the comments of a replaced view again that no step of the plan makes: the server loses them all.
pub(super) fn comments_of_replaced(
    deployment: &Deployment,
    replaced: &LiveObject,
    again: &[Step],
) -> Vec<Step> {
    let withdrawn = Withdrawn::new(deployment);
    let made = Withdrawn::of(again.iter().filter_map(|step| match &step.action {
        Action::Sql(sql) => Some(sql),
        Action::Effect(_) => None,
    }));
    let name = printed(&replaced.name);
    let item = Item { kind: TargetKind::MaterializedView, name: &name };
    let is_lost = |comment: &&LiveComment| {
        let column = comment.column.as_ref();
        !withdrawn.has_comment(&name, column) && !made.has_comment(&name, column)
    };
    let comment = |comment: &LiveComment| match &comment.column {
        Some(column) => {
            ddl(&Ddl::CommentOnColumn { relation: &replaced.name, column, comment: &comment.text })
        }
        None => ddl(&Ddl::Comment { item, comment: &comment.text }),
    };
    replaced.comments.iter().filter(is_lost).map(comment).collect()
}

/// What is to be done before the swap, and what can't be done.
#[derive(Debug, Default)]
pub(super) struct CarriedOver {
    pub(super) steps: Vec<Step>,
    pub(super) problems: Vec<Diagnostic>,
}

/// Compares both sides of every exchange.
pub(super) fn carry_over(deployment: &Deployment, live: &Live, exchanges: &[Exchange]) -> CarriedOver {
    let mut carrier = Carrier { live, withdrawn: Withdrawn::new(deployment), out: CarriedOver::default() };
    let objects: BTreeMap<&ObjectName, &LiveObject> = live.objects.iter().map(|o| (&o.name, o)).collect();
    for exchange in exchanges {
        match exchange {
            Exchange::Schemas { schema, with } => carrier.schema(schema, with, &objects),
            Exchange::Clusters { cluster, with } => carrier.cluster(cluster, with),
            Exchange::Rename { name, to, .. } => {
                let target = name.schema.object(to.clone());
                if let (Some(production), Some(staged)) = (objects.get(&target), objects.get(name)) {
                    carrier.object(production, staged);
                }
            }
        }
    }
    carrier.out
}

/// A thing of one side, whatever it is.
struct Side<'s> {
    /// As in `COMMENT ON` and `ALTER`.
    kind: TargetKind,
    /// As in `GRANT`; absent for what nobody has privileges on.
    grant_kind: Option<TargetKind>,
    name: SmolStr,
    owner: &'s Ident,
    grants: &'s [LiveGrant],
    comments: Vec<LiveComment>,
    object: Option<&'s ObjectName>,
}

struct Carrier<'a> {
    live: &'a Live,
    withdrawn: Withdrawn,
    out: CarriedOver,
}

impl Carrier<'_> {
    fn schema(
        &mut self,
        production: &SchemaName,
        staged: &SchemaName,
        objects: &BTreeMap<&ObjectName, &LiveObject>,
    ) {
        for (name, object) in objects.iter().filter(|(name, _)| &name.schema == production) {
            if let Some(beside) = objects.get(&staged.object(name.name.clone())) {
                self.object(object, beside);
            }
        }
        let sides = (live_schema(self.live, production), live_schema(self.live, staged));
        let (Some(old), Some(new)) = sides else { return };
        self.default_privileges(production, staged);
        let side = |schema: &'_ crate::input::LiveSchema| (printed(&schema.name), schema.comment.clone());
        let ((old_name, old_comment), (new_name, new_comment)) = (side(old), side(new));
        let kind = TargetKind::Schema;
        let old = scope(kind, old_name, &old.owner, &old.grants, old_comment);
        let new = scope(kind, new_name, &new.owner, &new.grants, new_comment);
        self.thing(&old, &new);
    }

    fn cluster(&mut self, production: &Ident, staged: &Ident) {
        let find = |name: &Ident| self.live.clusters.iter().find(|cluster| &cluster.name == name);
        let (Some(old), Some(new)) = (find(production), find(staged)) else { return };
        let kind = TargetKind::Cluster;
        let old = scope(kind, printed(&old.name), &old.owner, &old.grants, old.comment.clone());
        let new = scope(kind, printed(&new.name), &new.owner, &new.grants, new.comment.clone());
        self.thing(&old, &new);
    }

    fn object(&mut self, production: &LiveObject, staged: &LiveObject) {
        let sides = (side_of(production), side_of(staged));
        if let (Some(old), Some(new)) = sides {
            self.thing(&old, &new);
        }
    }

    /// Grants and comments come before the owner: who gives a thing away may lose the right to both.
    fn thing(&mut self, production: &Side<'_>, staged: &Side<'_>) {
        let own = |owner: &Ident, grant: &LiveGrant| grant.role.as_ref() == Some(owner);
        let lacks = |grant: &&LiveGrant| {
            !staged.grants.contains(grant) && !own(production.owner, grant) && !own(staged.owner, grant)
        };
        if let Some(kind) = staged.grant_kind {
            for grant in production.grants.iter().filter(lacks) {
                if !self.withdrawn.has_grant(&production.name, grant) {
                    self.add(&Ddl::Grant { item: Item { kind, name: &staged.name }, grant });
                }
            }
        }
        for comment in &production.comments {
            let is_there = staged.comments.iter().any(|c| c.column == comment.column);
            if !is_there && !self.withdrawn.has_comment(&production.name, comment.column.as_ref()) {
                self.comment(staged, comment);
            }
        }
        // An index belongs to whoever owns its relation.
        if production.owner != staged.owner && staged.kind != TargetKind::Index {
            self.owner(production, staged);
        }
    }

    fn comment(&mut self, staged: &Side<'_>, comment: &LiveComment) {
        let text = &comment.text;
        match (&comment.column, staged.object) {
            (Some(column), Some(relation)) => {
                self.add(&Ddl::CommentOnColumn { relation, column, comment: text });
            }
            (Some(_), None) => {}
            (None, _) => {
                let item = Item { kind: staged.kind, name: &staged.name };
                self.add(&Ddl::Comment { item, comment: text });
            }
        }
    }

    fn owner(&mut self, production: &Side<'_>, staged: &Side<'_>) {
        // An owner is given to a role that the session is a member of, or by a superuser.
        if Authority::new(self.live).owns(production.owner) {
            let item = Item { kind: staged.kind, name: &staged.name };
            return self.add(&Ddl::SetOwner { item, owner: production.owner });
        }
        let message = format_smolstr!(
            "`{}` belongs to `{}`, and the staged `{}` to `{}`",
            production.name,
            production.owner,
            staged.name,
            staged.owner
        );
        self.out.problems.push(Diagnostic::error(Code::OwnerDiffers, Location::nowhere(), message).help(
            format_smolstr!(
                "promote as a member of `{}` or as a superuser, or give production to `{}` before",
                production.owner,
                staged.owner
            ),
        ));
    }

    fn default_privileges(&mut self, production: &SchemaName, staged: &SchemaName) {
        let of = |schema: &SchemaName, live: &Live| -> Vec<LiveDefaultPrivilege> {
            let all = live.default_privileges.iter();
            all.filter(|p| p.schema.as_ref() == Some(schema)).cloned().collect()
        };
        let there = of(staged, self.live);
        let is_there = |wanted: &LiveDefaultPrivilege| {
            there.iter().any(|p| {
                (&p.creator, &p.object_type, &p.grant)
                    == (&wanted.creator, &wanted.object_type, &wanted.grant)
            })
        };
        let missing: Vec<_> = of(production, self.live).into_iter().filter(|p| !is_there(p)).collect();
        for privilege in missing {
            if !self.withdrawn.has_default(production, &privilege) {
                self.add(&Ddl::DefaultPrivilege { privilege: &privilege, schema: staged });
            }
        }
    }

    fn add(&mut self, statement: &Ddl<'_>) {
        self.out.steps.push(ddl(statement));
    }
}

fn scope<'s>(
    kind: TargetKind,
    name: SmolStr,
    owner: &'s Ident,
    grants: &'s [LiveGrant],
    comment: Option<SmolStr>,
) -> Side<'s> {
    let comment = comment.filter(|text| !text.starts_with(ANNOTATION));
    let comments = comment.map(|text| LiveComment { column: None, text }).into_iter().collect();
    Side { kind, grant_kind: Some(kind), name, owner, grants, comments, object: None }
}

fn side_of(object: &LiveObject) -> Option<Side<'_>> {
    let kind = TargetKind::of_catalog(&object.kind)?;
    // Grants say `TABLE` of everything that has rows.
    let grant_kind = match kind {
        TargetKind::View | TargetKind::MaterializedView | TargetKind::Table | TargetKind::Source => {
            Some(TargetKind::Table)
        }
        TargetKind::Sink | TargetKind::Index => None,
        other => Some(other),
    };
    Some(Side {
        kind,
        grant_kind,
        name: printed(&object.name),
        owner: &object.owner,
        grants: &object.grants,
        comments: object.comments.clone(),
        object: Some(&object.name),
    })
}
