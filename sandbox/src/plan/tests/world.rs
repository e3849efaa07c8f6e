//! A catalog, and a session that runs statements against it: planned, checked, applied.

use mz_deploy_planner::name::Ident;

use super::item::plan_item;
use crate::catalog::{Catalog, Effects, ItemId, ObjectId, RoleId, Transaction};
use crate::error::{Notice, SqlError};
use crate::plan::{Limits, Planned, SessionView, plan_ddl};
use crate::sql::ast::{Name, SetValue, SetWord, Statement, Value};
use crate::sql::parser::parse_statements;

/// The time of every transaction.
pub(crate) const NOW: u64 = 1_700_000_000_000;

/// What a client sees of a statement.
pub(crate) type Answer = Result<Vec<Notice>, SqlError>;

/// The session of a role right after it connected.
pub(crate) fn session(catalog: &Catalog, role: &str) -> SessionView {
    SessionView {
        connection: 1,
        role: role_id(catalog, role),
        database: Ident::from("materialize"),
        search_path: vec![Ident::from("public")],
        cluster: Ident::from("quickstart"),
    }
}

/// The id of a role that must exist.
pub(crate) fn role_id(catalog: &Catalog, name: &str) -> RoleId {
    catalog.role_by_name(&Ident::from(name)).expect("the test made the role").id
}

/// Reads one statement.
pub(crate) fn parse(sql: &str) -> Statement {
    let mut statements = parse_statements(sql).expect("tests are written in valid SQL");
    assert_eq!(statements.len(), 1, "{sql}");
    statements.remove(0).statement
}

/// Plans a statement of either kind.
pub(crate) fn plan(
    statement: &Statement,
    catalog: &mut Catalog,
    session: &SessionView,
) -> Option<Result<Planned, SqlError>> {
    plan_ddl(statement, catalog, session, &Limits::default())
        .or_else(|| plan_item(statement, catalog, session))
}

/// Plans, checks and applies a statement. After an error the catalog is as it was. `None` for statements that don't
/// concern the catalog.
pub(crate) fn run(
    statement: &Statement,
    catalog: &mut Catalog,
    session: &SessionView,
) -> Option<Result<(Vec<Notice>, Effects), SqlError>> {
    let mut next = catalog.clone();
    let planned = match plan(statement, &mut next, session)? {
        Ok(planned) => planned,
        Err(error) => return Some(Err(error)),
    };
    if let Err(error) = planned.requires.check(catalog, session.role) {
        return Some(Err(error));
    }
    let user = catalog.role(session.role).map(|role| role.name.as_str().to_owned());
    let transaction = Transaction { ops: planned.plan.ops, user, now: NOW };
    Some(next.apply(&transaction).map(|effects| {
        assert_eq!(next.check_invariants(), Ok(()), "after {statement:?}");
        *catalog = next;
        (planned.plan.notices, effects)
    }))
}

/// Follows `SET` and `RESET` of what a session contributes to planning. False for other statements.
pub(crate) fn set(statement: &Statement, session: &mut SessionView) -> bool {
    let (name, words) = match statement {
        Statement::SetVariable { name, value: SetValue::Values(words), .. } => {
            let words = words.iter().filter_map(|word| match word {
                SetWord::Ident(ident) => Some(ident.clone()),
                SetWord::Literal(Value::String(text)) => Some(Ident::from(text.as_str())),
                SetWord::Literal(_) => None,
            });
            (name.as_str(), words.collect())
        }
        Statement::SetVariable { name, value: SetValue::Default, .. } | Statement::ResetVariable { name } => {
            let default = match name.as_str() {
                "database" => "materialize",
                "cluster" => "quickstart",
                _ => "public",
            };
            (name.as_str(), vec![Ident::from(default)])
        }
        _ => return false,
    };
    let first = words.first().cloned().unwrap_or_else(|| Ident::from(""));
    match name {
        "database" => session.database = first,
        "cluster" => session.cluster = first,
        "search_path" | "schema" => session.search_path = words,
        _ => {}
    }
    true
}

/// A catalog with one session.
pub(crate) struct World {
    pub(crate) catalog: Catalog,
    pub(crate) session: SessionView,
}

impl World {
    /// A new environment, and the role that it was set up with.
    pub(crate) fn new() -> Self {
        let catalog = Catalog::bootstrap();
        let session = session(&catalog, "materialize");
        Self { catalog, session }
    }

    /// A new environment after some statements.
    pub(crate) fn after(script: &str) -> Self {
        let mut world = Self::new();
        world.script(script);
        world
    }

    /// Goes on as another role, which is made if it is missing, as a login does.
    pub(crate) fn become_role(&mut self, role: &str) {
        if self.catalog.role_by_name(&Ident::from(role)).is_none() {
            self.run(&format!("CREATE ROLE {role}")).expect("the session may make roles");
        }
        self.session.role = role_id(&self.catalog, role);
    }

    /// Runs one statement.
    pub(crate) fn run(&mut self, sql: &str) -> Answer {
        self.effects(sql).map(|(notices, _)| notices)
    }

    /// Runs one statement; says what it changed, too.
    pub(crate) fn effects(&mut self, sql: &str) -> Result<(Vec<Notice>, Effects), SqlError> {
        let statement = parse(sql);
        if set(&statement, &mut self.session) {
            return Ok((Vec::new(), Effects::default()));
        }
        run(&statement, &mut self.catalog, &self.session)
            .unwrap_or_else(|| panic!("not a statement of DDL: {sql}"))
    }

    /// Runs statements that must succeed, each up to its semicolon.
    pub(crate) fn script(&mut self, script: &str) {
        for parsed in parse_statements(script).expect("tests are written in valid SQL") {
            let answer = self.run(&parsed.text);
            assert!(answer.is_ok(), "{}: {answer:?}", parsed.text);
        }
    }

    /// The message of a statement that must fail.
    pub(crate) fn error(&mut self, sql: &str) -> SqlError {
        let before = self.catalog.clone();
        let error = self.run(sql).expect_err(sql);
        assert!(self.catalog == before, "{sql}: failed, and changed the catalog");
        error
    }

    /// The message of a statement that must fail.
    pub(crate) fn message(&mut self, sql: &str) -> String {
        self.error(sql).message
    }

    /// The lines that a statement says of what it drops along.
    pub(crate) fn cascade(&mut self, sql: &str) -> Vec<String> {
        let notices = self.run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let detail = notices.into_iter().find_map(|notice| notice.detail).unwrap_or_default();
        detail.lines().map(|line| line.trim_start_matches("drop cascades to ").to_owned()).collect()
    }

    /// What a name stands for.
    pub(crate) fn item(&self, name: &str) -> ItemId {
        let name = Name(name.split('.').map(Ident::from).collect());
        self.catalog.resolve_item(&self.session, &name).expect("the test made the item").id
    }

    /// An access control list as the system relations show it, with the ids of roles.
    pub(crate) fn acl(&self, object: Option<ObjectId>) -> String {
        let acl = self.catalog.acl(object).expect("the object has privileges");
        let items: Vec<String> = acl.iter().map(ToString::to_string).collect();
        items.join(",")
    }
}
