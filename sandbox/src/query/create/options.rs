//! Options of connections, sources and sinks: what they refer to.

use std::collections::BTreeSet;

use super::super::resolve::lookup;
use super::Planning;
use crate::catalog::{ItemId, ItemKind};
use crate::error::SqlError;
use crate::sql::ast::{CreateConnection, ItemRef, OptionValue, SqlOption, Value};

/// Hosts that a user of the sandbox may name for what is to be catalogued and never reached.
const UNREACHED: &str = ".sandbox.invalid";

impl Planning<'_> {
    /// Resolves the secrets and connections that options name.
    pub(super) fn resolve_options(
        &self,
        options: &mut [SqlOption],
        uses: &mut BTreeSet<ItemId>,
    ) -> Result<(), SqlError> {
        options
            .iter_mut()
            .filter_map(|option| option.value.as_mut())
            .try_for_each(|value| self.resolve_value(value, uses))
    }

    fn resolve_value(&self, value: &mut OptionValue, uses: &mut BTreeSet<ItemId>) -> Result<(), SqlError> {
        match value {
            OptionValue::Secret(name) => {
                let item = lookup(self.catalog, self.session, name)?;
                if !matches!(item.kind, ItemKind::Secret) {
                    let name = self.catalog.minimal_name(self.session, item.id);
                    return Err(SqlError::internal(format!(
                        "{name} is not a secret, but a {}",
                        item.kind.object_kind().words()
                    )));
                }
                uses.insert(item.id);
                *name = ItemRef::Id(item.id);
                Ok(())
            }
            OptionValue::Item(name) => self.resolve_reference(name, uses),
            OptionValue::Sequence(values) => {
                values.iter_mut().try_for_each(|value| self.resolve_value(value, uses))
            }
            OptionValue::Options(options) => self.resolve_options(options, uses),
            OptionValue::Tunneled { connection, options, .. } => {
                self.resolve_reference(connection, uses)?;
                self.resolve_options(options, uses)
            }
            _ => Ok(()),
        }
    }

    /// Resolves a reference and counts it as used.
    pub(super) fn resolve_reference(
        &self,
        name: &mut ItemRef,
        uses: &mut BTreeSet<ItemId>,
    ) -> Result<(), SqlError> {
        let item = lookup(self.catalog, self.session, name)?;
        uses.insert(item.id);
        *name = ItemRef::Id(item.id);
        Ok(())
    }

    /// The connection behind a resolved reference.
    pub(super) fn connection(&self, reference: &ItemRef) -> Result<(ItemId, CreateConnection), SqlError> {
        let item = lookup(self.catalog, self.session, reference)?;
        match &item.kind {
            ItemKind::Connection(connection) => Ok((item.id, connection.create.clone())),
            kind => {
                let name = super::full_name(self.catalog, item.id);
                Err(SqlError::internal(format!(
                    "{name} is a {} not a connection",
                    kind.object_kind().words()
                )))
            }
        }
    }
}

/// An option by its name.
pub(super) fn find<'a>(options: &'a [SqlOption], name: &str) -> Option<&'a OptionValue> {
    options.iter().find(|option| option.name == name).and_then(|option| option.value.as_ref())
}

/// The text of an option: a string or a word.
pub(super) fn text(value: &OptionValue) -> Option<&str> {
    match value {
        OptionValue::Value(Value::String(text)) => Some(text),
        OptionValue::Ident(word) => Some(word.as_str()),
        _ => None,
    }
}

/// True if every host that a connection names is one that nobody is to reach: it can be catalogued without a check.
pub(super) fn is_unreached(connection: &CreateConnection) -> bool {
    let mut hosts = Vec::new();
    for option in &connection.options {
        if let ("HOST" | "URL" | "BROKER" | "BROKERS", Some(value)) = (option.name.as_str(), &option.value) {
            addresses(value, &mut hosts);
        }
    }
    !hosts.is_empty() && hosts.iter().all(|host| host_of(host).ends_with(UNREACHED))
}

fn addresses<'a>(value: &'a OptionValue, hosts: &mut Vec<&'a str>) {
    match value {
        OptionValue::Value(Value::String(address))
        | OptionValue::Tunneled { address: Value::String(address), .. } => {
            hosts.push(address);
        }
        OptionValue::Sequence(values) => values.iter().for_each(|value| addresses(value, hosts)),
        _ => {}
    }
}

fn host_of(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    address.split(['/', ':']).next().unwrap_or(address)
}
