#![no_main]

use brevity::Codec;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| brevity_tests::property::codec(Codec::Text, data));
