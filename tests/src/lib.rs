//! Shared pieces of the test suites.

#[cfg(all(feature = "page", not(target_arch = "wasm32")))]
pub mod browser;

pub mod compiled;

#[cfg(not(target_arch = "wasm32"))]
pub mod fuzz;

#[cfg(not(target_arch = "wasm32"))]
pub mod scripts;

#[cfg(not(target_arch = "wasm32"))]
pub mod source;
