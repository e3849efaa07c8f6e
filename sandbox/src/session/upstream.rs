//! What a session must know of other systems before a statement can run. A session asks nobody: it says what is to be
//! asked, and is told.

use tokio::runtime::Handle;

use super::Session;
use super::answer::{Answer, Bound, Errand, Result};
use super::planning::{self, Surroundings};
use super::transaction::Work;
use crate::catalog::Catalog;
use crate::coordinator::State;
use crate::plan::Inquiry;
use crate::source::postgres::Finding;
use crate::sql::ast::Statement;

impl Session {
    /// What was found out. The statement that asked is to be run again.
    pub(crate) fn learn(&mut self, inquiry: Inquiry, finding: Result<Finding>) {
        self.findings.keep(inquiry, finding);
    }

    /// What changes of the catalog are planned with.
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            engine: self.coordinator.engine(),
            limits: self.coordinator.limits(),
            now: self.clock().now(),
            upstream: &self.findings,
        }
    }

    /// What a statement that its block put off must know: to be found out before the block ends. What is wrong with the
    /// statement, its end tells.
    pub(super) fn open_errand(&self) -> Option<Errand> {
        let Work::Single(statement) = self.transaction.work() else { return None };
        if !matches!(**statement, Statement::CreateConnection(_) | Statement::ValidateConnection { .. }) {
            return None;
        }
        let state = self.coordinator.lock();
        let _engine = self.engine(&state.catalog).ok()?;
        let mut scratch = Catalog::clone(&state.catalog);
        let plan = planning::plan_change(statement, &mut scratch, &self.view(), self.surroundings()).ok()?;
        errand(&state, plan.inquiry?).ok()
    }

    /// Runs a statement where nobody else waits for the answers of other systems: it waits for them itself.
    pub(super) fn execute_to_the_end(&mut self, bound: &Bound) -> Result<Answer> {
        loop {
            match self.execute(bound)? {
                Answer::Ask(errand) => {
                    let finding = Handle::current().block_on(errand.ask());
                    self.learn(errand.inquiry, finding);
                }
                answer => return Ok(answer),
            }
        }
    }
}

/// An inquiry with the address of whom to ask.
pub(super) fn errand(state: &State, inquiry: Inquiry) -> Result<Errand> {
    let address = state.address(&inquiry)?;
    Ok(Errand { inquiry, address })
}
