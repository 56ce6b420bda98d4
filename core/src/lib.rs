//! ZabLab's engine.

pub mod base;
pub mod model;
pub mod protocol;
pub mod storage;
pub mod tree;
pub mod world;
pub mod check;
