//! What statements leave behind. The backend runs on its own: no other process removes dead rows, and its caches live
//! as long as it does.

use super::EngineError;
use super::backend::{Backend, quoted};
use super::protocol::{Frontend, Reply};

/// So many exchanges come between two looks; half as many if the first one found something.
const LOOK_AFTER: usize = 500;

/// The table with the most dead rows, if they are many: more than so many, and more than a fifth of those that live.
const UNTIDY: &str = "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
LATERAL (SELECT pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead, pg_catalog.pg_stat_get_live_tuples(c.oid) AS live) s
WHERE c.relkind = 'r' AND s.dead > 1000 AND s.dead > s.live / 5
ORDER BY s.dead DESC LIMIT 1";

/// Each relation has types, so this table has many dead rows when many relations were dropped.
const TYPES: [&str; 2] = ["pg_catalog", "pg_type"];

/// What the backend remembers *not* to have found stays when a relation goes: that its columns have no statistics, that
/// there was no type of its name. Nothing but new files for the tables where it looked makes it forget.
const FORGET: [&str; 2] = ["VACUUM FULL pg_catalog.pg_statistic", "VACUUM FULL pg_catalog.pg_type"];

impl Backend {
    /// Tidies one table, if one needs it.
    pub(super) fn tidy(&mut self) -> Result<(), EngineError> {
        if self.untidy < LOOK_AFTER || !self.is_idle() {
            return Ok(());
        }
        let run = |backend: &mut Self, sql: &str| backend.exchange(&Frontend::default().query(sql));
        let found = table(run(self, UNTIDY)?);
        self.untidy = 0;
        let Some([schema, name]) = found else { return Ok(()) };
        if [schema.as_str(), name.as_str()] == TYPES {
            for statement in FORGET {
                run(self, statement)?;
            }
        }
        run(self, &format!("VACUUM {}.{}", quoted(&schema), quoted(&name)))?;
        self.untidy = LOOK_AFTER / 2;
        Ok(())
    }
}

/// The one table of an answer.
fn table(reply: Reply) -> Option<[String; 2]> {
    let row = reply.rows.into_iter().next()?;
    let names: Option<Vec<String>> = row.into_iter().map(|name| String::from_utf8(name?).ok()).collect();
    names?.try_into().ok()
}
