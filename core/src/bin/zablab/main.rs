//! The native command line of ZabLab.

fn main() {}
