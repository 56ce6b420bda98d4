//! One parser under libFuzzer: the environment variable `ZABLAB_PARSER` names it.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use zablab_tests::fuzz::{Parser, parser};

static PARSER: OnceLock<Parser> = OnceLock::new();

fn chosen() -> Parser {
    let name = std::env::var("ZABLAB_PARSER").unwrap_or_default();
    parser(&name).unwrap_or_else(|| panic!("ZABLAB_PARSER names no parser: {name:?}"))
}

fuzz_target!(|bytes: &[u8]| {
    (PARSER.get_or_init(chosen).run)(bytes);
});
