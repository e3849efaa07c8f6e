//! What a client is told besides results: errors and notices, with the fields of the wire protocol.

use std::borrow::Cow;

/// The class of an error or a notice: field `C`. Nearly every planning and catalog error of the server is
/// [`SqlState::INTERNAL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SqlState(pub &'static str);

#[expect(
    missing_docs,
    reason = "each constant is named after PostgreSQL's condition, or after the server's own"
)]
impl SqlState {
    pub const SUCCESS: Self = Self("00000");
    pub const WARNING: Self = Self("01000");
    pub const DEPRECATED: Self = Self("01P01");
    pub const FEATURE_NOT_SUPPORTED: Self = Self("0A000");
    pub const DATA_EXCEPTION: Self = Self("22000");
    pub const INVALID_PARAMETER_VALUE: Self = Self("22023");
    pub const INVALID_TRANSACTION: Self = Self("25000");
    pub const ACTIVE_TRANSACTION: Self = Self("25001");
    pub const READ_ONLY_TRANSACTION: Self = Self("25006");
    pub const NO_ACTIVE_TRANSACTION: Self = Self("25P01");
    pub const FAILED_TRANSACTION: Self = Self("25P02");
    pub const IDLE_IN_TRANSACTION_TIMEOUT: Self = Self("25P03");
    pub const INVALID_STATEMENT_NAME: Self = Self("26000");
    pub const INVALID_AUTHORIZATION: Self = Self("28000");
    pub const INVALID_PASSWORD: Self = Self("28P01");
    pub const DEPENDENT_OBJECTS: Self = Self("2BP01");
    pub const RESTRICTED_CLUSTER: Self = Self("2F003");
    pub const INVALID_CURSOR_NAME: Self = Self("34000");
    pub const INVALID_SCHEMA_NAME: Self = Self("3F000");
    pub const SERIALIZATION_FAILURE: Self = Self("40001");
    pub const INSUFFICIENT_PRIVILEGE: Self = Self("42501");
    pub const SYNTAX: Self = Self("42601");
    pub const DUPLICATE_COLUMN: Self = Self("42701");
    pub const UNDEFINED_OBJECT: Self = Self("42704");
    pub const DUPLICATE_OBJECT: Self = Self("42710");
    pub const UNDEFINED_PARAMETER: Self = Self("42P02");
    pub const DUPLICATE_CURSOR: Self = Self("42P03");
    pub const DUPLICATE_DATABASE: Self = Self("42P04");
    pub const DUPLICATE_SCHEMA: Self = Self("42P06");
    pub const DUPLICATE_TABLE: Self = Self("42P07");
    pub const INSUFFICIENT_RESOURCES: Self = Self("53000");
    pub const DISK_FULL: Self = Self("53100");
    pub const PROGRAM_LIMIT_EXCEEDED: Self = Self("54000");
    pub const NOT_IN_PREREQUISITE_STATE: Self = Self("55000");
    pub const OBJECT_IN_USE: Self = Self("55006");
    pub const CANT_CHANGE_PARAMETER: Self = Self("55P02");
    pub const QUERY_CANCELED: Self = Self("57014");
    pub const PROTOCOL_VIOLATION: Self = Self("08P01");
    pub const INTERNAL: Self = Self("XX000");
}

/// Why a statement failed. The same fields in the same words as the real server's `ErrorResponse`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// Field `C`.
    pub code: SqlState,
    /// Field `M`.
    pub message: String,
    /// Field `D`.
    pub detail: Option<String>,
    /// Field `H`.
    pub hint: Option<String>,
    /// Field `P`: 1-based, in characters.
    pub position: Option<u32>,
    /// The connection ends with this error (`FATAL`).
    pub fatal: bool,
}

impl SqlError {
    /// An error with a code.
    pub fn new(code: SqlState, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into().into_owned(),
            detail: None,
            hint: None,
            position: None,
            fatal: false,
        }
    }

    /// A planning or catalog error: `XX000`.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(SqlState::INTERNAL, message)
    }

    /// Something that the real server does and this one doesn't. It says so.
    pub fn unsupported(what: impl std::fmt::Display) -> Self {
        Self::new(SqlState::FEATURE_NOT_SUPPORTED, format!("not supported by the sandbox: {what}"))
    }

    /// Adds field `D`.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into().into_owned());
        self
    }

    /// Adds field `H`.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into().into_owned());
        self
    }

    /// Adds field `P`.
    #[must_use]
    pub fn at(mut self, position: u32) -> Self {
        self.position = Some(position);
        self
    }
}

impl std::fmt::Display for SqlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code.0)
    }
}

impl std::error::Error for SqlError {}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is named after the protocol's word")]
pub enum Severity {
    Debug,
    Log,
    Info,
    Notice,
    Warning,
}

/// Something that a client is told beside a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is; `client_min_messages` filters by it.
    pub severity: Severity,
    /// Field `C`; `MZ001` to `MZ011` are the server's own.
    pub code: SqlState,
    /// Field `M`.
    pub message: String,
    /// Field `D`.
    pub detail: Option<String>,
    /// Field `H`.
    pub hint: Option<String>,
}

impl Notice {
    /// A notice of severity `NOTICE`.
    pub fn new(code: SqlState, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into().into_owned();
        Self { severity: Severity::Notice, code, message, detail: None, hint: None }
    }

    /// A notice of severity `WARNING`.
    pub fn warning(code: SqlState, message: impl Into<Cow<'static, str>>) -> Self {
        Self { severity: Severity::Warning, ..Self::new(code, message) }
    }

    /// Adds field `D`.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into().into_owned());
        self
    }

    /// Adds field `H`.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into().into_owned());
        self
    }
}
