//! Statements: text to trees, and trees to text in the server's normal forms.

pub mod ast;
pub mod class;
mod keyword;
mod lexer;
pub mod parser;
pub mod print;
#[cfg(test)]
mod testdata;
pub mod visit;

pub(crate) use keyword::sometimes_reserved;
