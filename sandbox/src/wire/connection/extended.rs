//! The extended protocol: statements that are prepared, bound and run in steps.

use super::{Connection, Outcome, check_text};
use crate::error::SqlError;
use crate::session::{Answer, Session};
use crate::wire::frontend::{Message, Target};

impl Connection {
    pub(super) async fn extended(
        &mut self,
        session: &mut Session,
        request: Message,
    ) -> Outcome<Result<(), SqlError>> {
        match request {
            Message::Parse { name, text, types } => {
                let prepared =
                    check_text(&text).and_then(|text| self.run(|| session.prepare(&name, text, &types)));
                if let Err(error) = prepared {
                    return Ok(Err(error));
                }
                self.outbox.parse_complete();
            }
            Message::Bind(bind) => {
                let params =
                    bind.parameters.into_iter().map(|value| value.map(|value| value.to_vec())).collect();
                let formats = (bind.parameter_formats, bind.result_formats);
                if let Err(error) = self.run(|| session.bind(&bind.portal, &bind.statement, formats, params))
                {
                    return Ok(Err(error));
                }
                self.outbox.bind_complete();
            }
            Message::Describe(Target::Statement(name)) => match session.describe_statement(&name) {
                Ok(description) => {
                    self.outbox.parameter_description(&description.params);
                    self.outbox.description(description.columns.as_deref(), &[]);
                }
                Err(error) => return Ok(Err(error)),
            },
            Message::Describe(Target::Portal(name)) => match session.describe_portal(&name) {
                Ok(bound) => self.outbox.description(bound.description.columns.as_deref(), &bound.formats),
                Err(error) => return Ok(Err(error)),
            },
            Message::Close(Target::Statement(name)) => {
                session.close_statement(&name);
                self.outbox.close_complete();
            }
            Message::Close(Target::Portal(name)) => {
                session.close_portal(&name);
                self.outbox.close_complete();
            }
            Message::Execute { portal, max_rows } => {
                return self.execute_portal(session, &portal, max_rows).await;
            }
            _ => {}
        }
        Ok(Ok(()))
    }

    pub(super) async fn execute_portal(
        &mut self,
        session: &mut Session,
        name: &str,
        max_rows: usize,
    ) -> Outcome<Result<(), SqlError>> {
        let bound = match session.start_portal(name) {
            Ok(bound) => bound,
            Err(error) => return Ok(Err(error)),
        };
        // A portal that was started before goes on with the rows that it has left.
        if let Some(bound) = bound {
            match self.answer(session, &bound).await? {
                Ok(Answer::Rows { rows, tag }) => session.keep_rows(name, rows, tag),
                Ok(answer) => {
                    let is_copy = matches!(answer, Answer::CopyIn(_));
                    if let Err(error) = self.send(session, answer).await? {
                        return Ok(Err(error));
                    }
                    if is_copy && let Err(error) = self.after_copy(session, &bound).await? {
                        return Ok(Err(error));
                    }
                    return Ok(self.run(|| session.end_statement()));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let taken = match session.take_rows(name, max_rows) {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error)),
        };
        for row in &taken.rows {
            self.outbox.row(row);
        }
        if taken.more {
            self.outbox.portal_suspended();
            return Ok(Ok(()));
        }
        let ended = self.run(|| session.end_statement());
        if ended.is_ok() {
            self.tell(session);
            self.outbox.complete(&taken.tag.text(taken.rows.len()));
        }
        Ok(ended)
    }
}
