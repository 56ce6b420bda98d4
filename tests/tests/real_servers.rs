//! Directories of the engine under real servers, and real ensembles beside simulated ones.
#![cfg(not(target_arch = "wasm32"))]
