//! Statements as text, in the server's normal forms.

pub(crate) mod text;
