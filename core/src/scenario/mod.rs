//! Floor 8: the script language.
pub mod ast;
pub mod error;
pub mod parser;
pub mod print;
mod token;
