//! The plan of `setup`: the database in which deployments are recorded, the cluster that its indexes run on, and the roles
//! that may use it. What is there stays as it is; what is missing is made.

mod ledger;
mod privileges;
mod shape;

use smol_str::{SmolStr, format_smolstr};

use self::ledger::Ledger;
pub use self::ledger::{LedgerGap, ledger_gaps, ledger_version, server_cluster};
pub use self::shape::{
    DATABASE as LEDGER_DATABASE, DEPLOYER as DEPLOYER_ROLE, LEDGER_VERSION, SERVER_CLUSTER,
};
use self::shape::{
    DATABASE, DEPLOYER, MIGRATIONS, ROLES, TABLES, Table, VERSION, VIEWS, View, index_name, tables_schema,
    views_schema,
};
use super::authority::Authority;
use super::immediate::{creation, finished, phase, plan};
use super::lower::{absent, ddl, present, sql};
use super::model::{Command, Phase, Plan, Step};
use crate::ddl::{Ddl, Item, definition};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::input::Live;
use crate::name::Ident;
use crate::source::Location;
use crate::syntax::ast::TargetKind;

/// What `setup` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupOptions {
    /// The size of the cluster that is made, unless it exists.
    pub cluster_size: SmolStr,
    /// An existing cluster for the indexes, instead of one of their own.
    pub server_cluster: Option<Ident>,
}

impl Default for SetupOptions {
    fn default() -> Self {
        Self { cluster_size: SmolStr::new_static("25cc"), server_cluster: None }
    }
}

/// Plans what is missing of the ledger. The plan is empty if nothing is.
pub fn setup(live: &Live, options: &SetupOptions) -> Result<Plan, Vec<Diagnostic>> {
    let ledger = Ledger::new(live);
    let cluster = match (&options.server_cluster, ledger.cluster()) {
        (Some(asked), _) => asked.clone(),
        (None, Some(found)) => found.clone(),
        (None, None) => Ident::new(SERVER_CLUSTER),
    };
    let setup = Setup { ledger, authority: Authority::new(live), cluster, size: &options.cluster_size };
    let phases = setup.phases();
    let mut problems = setup.problems(options, !phases.is_empty());
    if problems.is_empty() {
        return Ok(finished(plan(Command::Setup, live, phases)));
    }
    diagnostic::sort(&mut problems);
    Err(problems)
}

/// An error if the ledger isn't there as this version of the tool needs it: what every other command asks first.
pub fn require_ledger(live: &Live) -> Result<(), Box<Diagnostic>> {
    if let Some(newer) = newer(live) {
        return Err(Box::new(newer));
    }
    let gaps = ledger_gaps(live);
    if gaps.is_empty() {
        return Ok(());
    }
    let missing: Vec<String> = gaps.iter().map(ToString::to_string).collect();
    let message = if gaps.iter().any(|gap| gap.kind == "database") {
        SmolStr::new_static("this environment isn't set up for deployments")
    } else {
        format_smolstr!("the ledger of this environment is incomplete: it lacks {}", missing.join(", "))
    };
    let problem = Diagnostic::error(Code::SetupRequired, Location::nowhere(), message);
    Err(Box::new(problem.help("let a superuser run `mz-deploy setup`")))
}

/// An error if the ledger was made by a later version of the tool, which this one could damage.
fn newer(live: &Live) -> Option<Diagnostic> {
    let version = ledger_version(live).filter(|version| *version > LEDGER_VERSION)?;
    let message = format_smolstr!(
        "the ledger of this environment has version {version}, and this mz-deploy knows version {LEDGER_VERSION}"
    );
    let problem = Diagnostic::error(Code::NewerLedger, Location::nowhere(), message);
    Some(problem.help("use the version of mz-deploy that set the environment up, or a later one"))
}

struct Setup<'a> {
    ledger: Ledger<'a>,
    authority: Authority<'a>,
    /// Where the indexes run.
    cluster: Ident,
    size: &'a str,
}

impl Setup<'_> {
    fn problems(&self, options: &SetupOptions, has_steps: bool) -> Vec<Diagnostic> {
        let live = self.ledger.live;
        let mut problems: Vec<Diagnostic> = newer(live).into_iter().collect();
        problems
            .extend(self.authority.limited().filter(|_| has_steps).and_then(|role| self.not_allowed(role)));
        problems.extend(options.server_cluster.as_ref().and_then(|asked| self.wrong_cluster(asked)));
        problems.extend(VIEWS.iter().filter_map(|view| self.in_use(view)));
        problems
    }

    /// An error for a role that isn't a superuser and can't do it otherwise. Roles that can are those that an emulator
    /// begins with.
    fn not_allowed(&self, role: &Ident) -> Option<Diagnostic> {
        let error = |code, message: SmolStr| {
            let problem = Diagnostic::error(code, Location::nowhere(), message);
            Some(problem.help("connect as a superuser"))
        };
        let lacks = |privilege: &&str| !self.authority.has_system(privilege);
        let lacking: Vec<&str> =
            ["CREATEROLE", "CREATEDB", "CREATECLUSTER"].into_iter().filter(lacks).collect();
        if !lacking.is_empty() {
            let lacking = lacking.join(", ");
            let message = format_smolstr!("setup takes a superuser: `{role}` isn't one, and lacks {lacking}");
            return error(Code::MissingPrivilege, message);
        }
        let database = self.ledger.live.databases.iter().find(|d| d.name.as_str() == DATABASE)?;
        let owner = Some(&database.owner).filter(|owner| !self.authority.owns(owner))?;
        error(
            Code::NotOwner,
            format_smolstr!("the database `{DATABASE}` belongs to `{owner}`, not to `{role}`"),
        )
    }

    /// An error if the indexes can't go to the cluster that was asked for.
    fn wrong_cluster(&self, asked: &Ident) -> Option<Diagnostic> {
        let error = |message: SmolStr, help: SmolStr| {
            Some(Diagnostic::error(Code::ServerCluster, Location::nowhere(), message).help(help))
        };
        match self.ledger.cluster() {
            Some(found) if found != asked => error(
                format_smolstr!("the ledger's indexes run on the cluster `{found}`, not on `{asked}`"),
                format_smolstr!("leave `--server-cluster` out, or say `--server-cluster {found}`"),
            ),
            _ if self.ledger.live.clusters.iter().any(|c| &c.name == asked) => None,
            _ => error(
                format_smolstr!("the cluster `{asked}` (`--server-cluster`) doesn't exist"),
                "create it, or leave the option out: a cluster is made then".into(),
            ),
        }
    }

    /// An error if a view that has to make way is read by others.
    fn in_use(&self, view: &View) -> Option<Diagnostic> {
        let old = self.ledger.outdated(view)?;
        let index = views_schema().object(index_name(view.name, view.index));
        let mut objects = self.ledger.live.objects.iter();
        let reader = objects.find(|o| o.depends_on.contains(&old.id) && o.name != index)?;
        let message = format_smolstr!(
            "`{}` ({}) reads `{}`, which gets another definition",
            reader.name,
            reader.kind,
            view.name()
        );
        let problem = Diagnostic::error(Code::ForeignDependent, Location::nowhere(), message);
        Some(problem.help("drop it, and make it again after the setup"))
    }

    fn phases(&self) -> Vec<Phase> {
        let version = |name, since| phase(name, self.relations(since));
        [
            phase("create the cluster", self.cluster_steps()),
            phase("create the database", self.schemas()),
            version("create the ledger, version 1", 1),
            version("create the ledger, version 2", 2),
            phase("create roles", self.roles()),
            phase("grant privileges", privileges::steps(&self.ledger, &self.authority, &self.cluster)),
            phase("record the version", self.record()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn cluster_steps(&self) -> Vec<Step> {
        let is_there = self.ledger.live.clusters.iter().any(|c| c.name == self.cluster);
        if is_there || self.cluster.as_str() != SERVER_CLUSTER {
            return Vec::new();
        }
        let options = definition::size(self.size);
        let create = ddl(&Ddl::CreateCluster { name: &self.cluster, options: &options });
        vec![create.requires(absent("cluster", &self.cluster))]
    }

    fn schemas(&self) -> Vec<Step> {
        let live = self.ledger.live;
        let database = Ident::new(DATABASE);
        let mut steps = Vec::new();
        let is_new = !live.databases.iter().any(|d| d.name == database);
        if is_new {
            let create = ddl(&Ddl::CreateDatabase { name: &database, if_not_exists: true });
            steps.push(create.requires(absent("database", &database)));
        }
        let mut wanted = vec![tables_schema()];
        // `CREATE DATABASE` makes a schema `public`.
        wanted.extend((!is_new).then(views_schema));
        wanted.extend(self.ledger.generation().is_none().then(|| ledger::generation(0)));
        for schema in wanted.iter().filter(|name| !live.schemas.iter().any(|s| &&s.name == name)) {
            let create = ddl(&Ddl::CreateSchema { name: schema, if_not_exists: true });
            steps.push(create.requires(absent("schema", schema)));
        }
        steps
    }

    /// The tables and views of a version, each with its index.
    fn relations(&self, since: u32) -> Vec<Step> {
        let tables = TABLES.iter().filter(|table| table.since == since);
        let views = VIEWS.iter().filter(|view| view.since == since);
        tables.flat_map(|table| self.table(table)).chain(views.flat_map(|view| self.view(view))).collect()
    }

    fn table(&self, table: &Table) -> Vec<Step> {
        let name = table.name();
        let create = || creation(definition::create_table(&name, table.columns), absent("object", &name));
        let mut steps: Vec<Step> = self.ledger.lacks(&name).then(create).into_iter().collect();
        let index = self.index(&name, table.index, false);
        // The row goes before the index, which then tells that it is there.
        if table.name == VERSION && index.is_some() {
            steps.push(sql(definition::insert_number(&name, 1)));
        }
        steps.extend(index);
        steps
    }

    fn view(&self, view: &View) -> Vec<Step> {
        let name = view.name();
        let mut steps = Vec::new();
        let outdated = self.ledger.outdated(view);
        if let Some(old) = outdated {
            let index = views_schema().object(index_name(view.name, view.index));
            if let Some(index_id) = self.ledger.object(&index).map(|o| &o.id) {
                let item = Item { kind: TargetKind::Index, name: &index };
                let drop = ddl(&Ddl::Drop { item, if_exists: false });
                steps.push(drop.requires(present("object", &index, Some(index_id))));
            }
            let item = Item { kind: TargetKind::View, name: &name };
            let drop = ddl(&Ddl::Drop { item, if_exists: false });
            steps.push(drop.requires(present("object", &name, Some(&old.id))));
        }
        let is_made = outdated.is_some() || self.ledger.lacks(&name);
        if is_made {
            steps.push(creation(definition::create_view(&name, &view.query()), absent("object", &name)));
            if view.replaces_another {
                steps.push(sql(definition::comment_on_view(&name, &ledger::mark(view.since))));
            }
        }
        steps.extend(self.index(&name, view.index, outdated.is_some()));
        steps
    }

    fn index(&self, relation: &crate::name::ObjectName, keys: &[&str], was_dropped: bool) -> Option<Step> {
        let name = index_name(relation.name.as_str(), keys);
        let full = relation.schema.object(name.clone());
        let is_wanted = !keys.is_empty() && (was_dropped || self.ledger.lacks(&full));
        is_wanted.then(|| {
            let statement = definition::create_index(&name, &self.cluster, relation, keys);
            creation(statement, absent("object", &full))
        })
    }

    fn roles(&self) -> Vec<Step> {
        let missing = ROLES.map(Ident::new).into_iter().filter(|role| self.ledger.lacks_role(role));
        missing.map(|role| creation(definition::create_role(&role), absent("role", &role))).collect()
    }

    /// Whoever promotes renames the schema of the generation, so it belongs to all deployers. The comment comes last: it
    /// says that everything before it was done.
    fn record(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let (number, deployer) = (self.ledger.generation().unwrap_or(0), Ident::new(DEPLOYER));
        let generation = ledger::generation(number);
        let is_owned = self.ledger.live.schemas.iter().any(|s| s.name == generation && s.owner == deployer);
        if !is_owned {
            // The new owner must be a role that one is a member of.
            if let Some(role) = self.authority.limited().filter(|_| !self.authority.owns(&deployer)) {
                steps.push(sql(definition::grant_role(&deployer, role)));
            }
            steps.push(sql(definition::set_owner(TargetKind::Schema, &generation, &deployer)));
        }
        let reached = self.ledger.version.unwrap_or(0);
        if reached < LEDGER_VERSION {
            let migrations = tables_schema().object(MIGRATIONS.into());
            steps.push(sql(definition::insert_with_time(&migrations, reached + 1..=LEDGER_VERSION)));
            steps.push(sql(definition::comment_on_schema(&tables_schema(), &ledger::mark(LEDGER_VERSION))));
        }
        steps
    }
}
