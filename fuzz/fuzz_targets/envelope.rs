#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| brevity_tests::property::envelope(data));
