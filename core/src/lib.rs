//! ZabLab's engine.

pub mod base;
pub mod model;
pub mod tree;
