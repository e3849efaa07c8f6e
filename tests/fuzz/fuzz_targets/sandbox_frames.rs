#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mz_deploy_tests::fuzz::sandbox_frames(data));
