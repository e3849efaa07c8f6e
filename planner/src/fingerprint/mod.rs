//! Fingerprints of statements: equal for texts that mean the same to the server's parser.
//!
//! A fingerprint is the hash of a statement's *canonical form*: its tokens, with full names in the place of names.
//!
//! | doesn't count | counts |
//! |---|---|
//! | layout, comments, a trailing semicolon | every other token, and their order |
//! | letter case of keywords, unquoted identifiers and numbers | letter case of quoted identifiers and strings |
//! | quotes around an identifier that reads back as itself: `"abc"` is `abc` | quotes around a keyword: `"select"` is no `select` |
//! | how a string is quoted: `'a'`, `E'a'` and `$$a$$` are one value | the value |
//! | how far a name is qualified: `orders`, `public.orders` | the full name that it means, suffixes included |
//! | how far the qualifier of a column is qualified | that there is one |
//! | `IF NOT EXISTS` behind `CREATE`: it says nothing about the object | other words behind `CREATE` |
//!
//! Two statements that differ in spelling alone may have two fingerprints (`<>` and `!=`, `'a' 'b'` across a line
//! break and `'ab'`): a needless change is safe. Two statements that mean different things never have the same one.

mod canonical;
mod digest;

pub use digest::{Fingerprint, of};
pub(crate) use digest::{Pieces, digest, of_full_text};
