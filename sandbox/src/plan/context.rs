//! What planning may know, and what comes out of it.

use mz_deploy_planner::name::Ident;

use crate::catalog::{ItemId, Op, RoleId};
use crate::error::Notice;
use crate::journal::TableRows;

use super::inquiry::Inquiry;

/// What a session contributes to the meaning of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Identifies the session: temporary items are its own.
    pub connection: u32,
    /// Who asks.
    pub role: RoleId,
    /// `SET database`: it need not exist.
    pub database: Ident,
    /// `SET search_path`: the schemas need not exist.
    pub search_path: Vec<Ident>,
    /// `SET cluster`: it need not exist.
    pub cluster: Ident,
}

/// A statement that changes the catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DdlPlan {
    /// What to do; nothing for `IF NOT EXISTS` and `IF EXISTS` that find nothing to do.
    pub ops: Vec<Op>,
    /// What to tell the client beforehand.
    pub notices: Vec<Notice>,
    /// Values of secrets, which are kept apart from the catalog.
    pub secrets: Vec<(ItemId, Vec<u8>)>,
    /// Rows of what is made.
    pub rows: Vec<TableRows>,
    /// What must be known before the statement can be planned. The operations are those that it will have as far as they
    /// are known: the role must be allowed to do them before anybody is asked in its name.
    pub inquiry: Option<Inquiry>,
}
