//! Running statements: what each is, where it may stand, and how transactions end.

use super::Session;
use super::answer::{Answer, Bound, Description, Result};
use super::planning::{self, Plan};
use super::settings::show_columns;
use super::transaction::{Status, Work};
use super::upstream::errand;
use crate::catalog::Catalog;
use crate::coordinator::{Change, engine_failed};
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::DdlPlan;
use crate::result::TypeOid;
use crate::sql::ast::{DiscardTarget, Statement, TransactionMode};
use crate::sql::class::Class;
use crate::sql::print::display;

impl Session {
    /// The statements of one text begin.
    pub(crate) fn begin_batch(&mut self, statements: usize) {
        self.transaction.begin_implicit(statements);
    }

    /// The statements of one text are done: what they did together is made to last.
    pub(crate) fn end_batch(&mut self) -> Result<()> {
        self.end_statement()?;
        if !self.transaction.is_block() {
            self.portals.clear();
        }
        Ok(())
    }

    /// The end of a statement of the extended protocol, which lasts at once outside of a block.
    pub(crate) fn end_statement(&mut self) -> Result<()> {
        match self.transaction.end_implicit() {
            Some(work) => self.commit_work(work),
            None => Ok(()),
        }
    }

    /// The end of a statement that no other ones belong to.
    pub(crate) fn end_single(&mut self) -> Result<()> {
        if self.transaction.is_shared() { Ok(()) } else { self.end_statement() }
    }

    /// `Sync`.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.end_batch()
    }

    /// A request failed.
    pub(crate) fn fail(&mut self) {
        self.transaction.fail();
        self.findings.clear();
        if !self.transaction.is_block() {
            self.roll_back_variables();
            self.portals.clear();
            self.cursors.clear();
        }
    }

    fn roll_back_variables(&mut self) {
        let in_batch = self.variables.end_transaction(false);
        // Nobody is told about variables that a batch takes back.
        drop(in_batch);
    }

    /// When a statement has to be done; `None` if it may take as long as it likes.
    pub(crate) fn deadline(&self, bound: &Bound) -> Option<tokio::time::Instant> {
        let statement = &bound.statement.as_ref()?.statement;
        let limited = matches!(statement.class(), Class::Read | Class::Write)
            || matches!(statement, Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_));
        if !limited {
            return None;
        }
        tokio::time::Instant::now().checked_add(self.variables.statement_timeout()?)
    }

    /// What a statement takes and gives.
    pub(super) fn describe(&mut self, statement: &Statement, params: &[TypeOid]) -> Result<Description> {
        let none = Description::default();
        if let Some(description) = Self::describe_call(statement) {
            return Ok(description);
        }
        Ok(match statement {
            Statement::ShowVariable { name } => Description { columns: Some(show_columns(name)), ..none },
            Statement::Fetch { name, .. } => self.cursor(name.as_str())?.bound.description.clone(),
            Statement::Execute { name, parameters } => {
                let (prepared, _) = self.execute_params(name.as_str(), parameters)?;
                Description { columns: prepared.description.columns, ..none }
            }
            other => self.plan(other, params)?.description(),
        })
    }

    /// Plans a statement that reads or writes, and looks up the names of one that does anything else.
    pub(super) fn plan(&mut self, statement: &Statement, params: &[TypeOid]) -> Result<Plan> {
        let catalog = self.catalog();
        let view = self.view();
        let engine = self.engine(&catalog)?;
        if self.transaction.is_block() {
            planning::check_names(statement, &catalog, &view, &engine)?;
        }
        planning::plan(statement, &catalog, &view, &engine, params)
    }

    /// Runs a statement.
    pub(crate) fn execute(&mut self, bound: &Bound) -> Result<Answer> {
        let answer = self.run(bound);
        if !matches!(answer, Ok(Answer::Ask(_))) {
            self.findings.clear();
        }
        answer
    }

    fn run(&mut self, bound: &Bound) -> Result<Answer> {
        let Some(parsed) = &bound.statement else {
            return Ok(Answer::Empty);
        };
        let statement = &parsed.statement;
        self.check_not_aborted(statement)?;
        if let Some(answer) = self.call(statement) {
            return answer;
        }
        let kind = statement.class();
        if kind != Class::Transaction {
            self.transaction.check_revision(self.coordinator.catalog().revision())?;
        }
        match kind {
            // Whether an INSERT reads relations, it says itself once its names are known.
            _ if matches!(statement, Statement::Insert(_) | Statement::Copy(_)) => {
                self.write(statement, bound)
            }
            Class::Transaction => self.control(statement),
            Class::Session | Class::Indirect => self.session_statement(statement, bound),
            Class::Read | Class::Subscribe => self.read(statement, bound),
            Class::Write => self.write(statement, bound),
            Class::DdlTransaction => self.ddl(statement),
            Class::SingleDelayed => {
                if self.transaction.delay(statement, || display(statement))? {
                    Ok(Answer::Done(tag(statement)))
                } else {
                    self.ddl(statement)
                }
            }
            Class::Never => {
                self.transaction.requires_no_block(|| display(statement))?;
                match statement {
                    Statement::Update(_) | Statement::Delete(_) => self.mutate(statement, bound),
                    Statement::Discard { .. } => self.discard_all(),
                    _ => self.ddl(statement),
                }
            }
        }
    }

    fn session_statement(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        match statement {
            Statement::SetVariable { local, name, value } => self.set_variable(name.as_str(), value, *local),
            Statement::ResetVariable { name } => self.reset_variable(name.as_str()),
            Statement::ShowVariable { name } => self.show_variable(name),
            Statement::SetTransaction { session, modes } => self.set_transaction(*session, modes),
            Statement::Declare { name, statement } => self.declare(name.as_str(), statement),
            Statement::Fetch { name, count, timeout } => self.fetch(name.as_str(), *count, timeout.as_ref()),
            Statement::Close { name } => self.close_cursor(name.as_str()),
            Statement::Prepare { name, statement } => self.prepare_statement(name.as_str(), statement),
            Statement::Execute { name, parameters } => {
                self.execute_prepared(name.as_str(), parameters, &bound.formats)
            }
            Statement::Deallocate { name } => {
                self.deallocate(name.as_ref().map(mz_deploy_planner::name::Ident::as_str))
            }
            Statement::Discard { target: DiscardTarget::Temp } => {
                self.drop_temporary_items()?;
                Ok(Answer::Done("DISCARD TEMP".into()))
            }
            Statement::Raise { severity } => {
                let message = format!("raised a test {}", severity.to_lowercase());
                let notice = Notice::new(SqlState::SUCCESS, message);
                self.notices.push(match severity.to_ascii_lowercase().as_str() {
                    "warning" => Notice { severity: crate::error::Severity::Warning, ..notice },
                    "debug" => Notice { severity: crate::error::Severity::Debug, ..notice },
                    "info" => Notice { severity: crate::error::Severity::Info, ..notice },
                    "log" => Notice { severity: crate::error::Severity::Log, ..notice },
                    _ => notice,
                });
                Ok(Answer::Done("RAISE".into()))
            }
            other => Err(SqlError::unsupported(display(other))),
        }
    }

    fn discard_all(&mut self) -> Result<Answer> {
        self.variables.discard();
        self.statements.clear();
        self.portals.clear();
        self.drop_temporary_items()?;
        Ok(Answer::Done("DISCARD ALL".into()))
    }

    fn control(&mut self, statement: &Statement) -> Result<Answer> {
        match statement {
            Statement::Begin { modes } => {
                let read_only = modes.iter().rev().find_map(|mode| match mode {
                    TransactionMode::ReadOnly => Some(true),
                    TransactionMode::ReadWrite => Some(false),
                    TransactionMode::Isolation(_) => None,
                });
                self.notices.extend(self.transaction.begin(read_only));
                for mode in modes {
                    if let TransactionMode::Isolation(level) = mode {
                        self.set_block_isolation(*level)?;
                    }
                }
                Ok(Answer::Done("BEGIN".into()))
            }
            Statement::Commit { chain: true } | Statement::Rollback { chain: true } => {
                Err(SqlError::internal("CHAIN not yet supported"))
            }
            Statement::Commit { .. } => self.end_block(true),
            _ => self.end_block(false),
        }
    }

    /// `COMMIT` or `ROLLBACK`. A failed block is rolled back in any case.
    fn end_block(&mut self, commit: bool) -> Result<Answer> {
        if !self.transaction.is_block() {
            let message = "there is no transaction in progress";
            self.notices.push(Notice::warning(SqlState::NO_ACTIVE_TRANSACTION, message));
        }
        let commit = commit && self.status() != Status::Failed;
        if commit && let Some(errand) = self.open_errand() {
            return Ok(Answer::Ask(Box::new(errand)));
        }
        let work = self.transaction.end();
        self.portals.clear();
        self.cursors.clear();
        if !commit {
            self.reports.extend(self.variables.end_transaction(false));
            return Ok(Answer::Done("ROLLBACK".into()));
        }
        self.commit_work(work)?;
        Ok(Answer::Done("COMMIT".into()))
    }

    /// Makes what a transaction did last. If it can't be, the transaction is over all the same.
    fn commit_work(&mut self, work: Work) -> Result<()> {
        let done = match work {
            Work::Nothing | Work::Reads(_) | Work::Subscribe => Ok(()),
            Work::Writes(writes) => self.commit_writes(&writes),
            Work::Single(statement) => match self.ddl(&statement) {
                // What it has to know became something else just now.
                Ok(Answer::Ask(_)) => Err(super::transaction::lost_race()),
                done => done.map(|_| ()),
            },
            Work::Ddl(ddl) => self.commit_ddl(*ddl),
        };
        let reports = self.variables.end_transaction(done.is_ok());
        self.reports.extend(reports);
        done
    }

    fn commit_ddl(&mut self, ddl: super::transaction::Ddl) -> Result<()> {
        let mut state = self.coordinator.lock();
        if state.catalog.revision() != ddl.revision {
            return Err(super::transaction::lost_race());
        }
        let transaction = self.catalog_transaction(ddl.ops);
        let change = Change { transaction, scratch: ddl.catalog, secrets: Vec::new(), rows: ddl.rows };
        self.coordinator.apply(&mut state, change).map(|_| ())
    }

    /// Runs a statement that changes the catalog: at once, or within the transaction's own copy.
    fn ddl(&mut self, statement: &Statement) -> Result<Answer> {
        let own = statement.class() == Class::DdlTransaction;
        if own {
            self.transaction.allows_ddl()?;
        }
        let coordinator = self.coordinator.clone();
        let mut state = coordinator.lock();
        let before = match self.transaction.catalog() {
            Some(catalog) => catalog.clone(),
            None => Catalog::clone(&state.catalog),
        };
        let view = self.view();
        let settings = self.engine_settings(&before);
        let _engine = coordinator.engine().for_session(settings).map_err(engine_failed)?;
        let mut scratch = before.clone();
        let plan = planning::plan_change(statement, &mut scratch, &view, self.surroundings())?;
        let DdlPlan { ops, notices, secrets, rows, inquiry } = plan;
        if let Some(inquiry) = inquiry {
            return Ok(Answer::Ask(Box::new(errand(&state, inquiry)?)));
        }
        self.notices.extend(notices);
        if ops.is_empty() {
            return Ok(Answer::Done(tag(statement)));
        }
        if own && self.transaction.is_shared() {
            let transaction = self.catalog_transaction(ops.clone());
            let mut catalog = scratch;
            catalog.apply(&transaction)?;
            self.transaction.ddl(state.catalog.revision(), catalog, ops)?;
            self.transaction.fill(rows);
            return Ok(Answer::Done(tag(statement)));
        }
        let transaction = self.catalog_transaction(ops);
        coordinator.apply(&mut state, Change { transaction, scratch, secrets, rows })?;
        let after = state.catalog.clone();
        drop(state);
        self.tell_about_drops(&before, &after);
        Ok(Answer::Done(tag(statement)))
    }

    /// Says so if the database or the cluster of the session was dropped.
    fn tell_about_drops(&mut self, before: &Catalog, after: &Catalog) {
        let (database, cluster) = (self.variables.database(), self.variables.cluster());
        if before.database_by_name(&database).is_some() && after.database_by_name(&database).is_none() {
            let message = format!("active database \"{}\" has been dropped", database.as_str());
            let hint = "Choose a new active database by executing SET DATABASE = <name>.";
            self.notices.push(Notice::new(SqlState("MZ002"), message).with_hint(hint));
        }
        if before.cluster_by_name(&cluster).is_some() && after.cluster_by_name(&cluster).is_none() {
            let message = format!("active cluster \"{}\" has been dropped", cluster.as_str());
            let hint = "Choose a new active cluster by executing SET CLUSTER = <name>.";
            self.notices.push(Notice::new(SqlState("MZ003"), message).with_hint(hint));
        }
    }

    /// Runs writes that waited for the end of their transaction: all of them or none.
    fn commit_writes(&mut self, writes: &[super::transaction::Write]) -> Result<()> {
        let coordinator = self.coordinator.clone();
        let mut state = coordinator.lock();
        if let Some(write) = writes.iter().find(|write| state.catalog.item(write.table).is_none()) {
            return Err(SqlError::internal(format!("unknown catalog item '{}'", write.table)));
        }
        let _engine = self.engine(&state.catalog)?;
        coordinator.write(&mut state, |engine| {
            for write in writes {
                let done = engine.query(&write.sql, &write.params, &[]);
                done.map_err(|error| planning::translated(&error))?;
            }
            Ok(())
        })
    }
}

/// The tag of a statement that changes the catalog.
fn tag(statement: &Statement) -> String {
    statement.tag()
}
