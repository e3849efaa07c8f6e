//! Statements: text to trees, and trees to text in the server's normal forms.

pub mod ast;
mod keyword;
mod lexer;
pub mod parser;
pub mod print;
pub mod visit;
