//! ZabLab's engine.

pub mod base;
pub mod check;
pub mod history;
pub mod lab;
pub mod model;
pub mod protocol;
pub mod scenario;
pub mod storage;
pub mod tree;
pub mod view;
pub mod world;
