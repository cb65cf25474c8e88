//! Says whether the build is sanitized, so that the allocator marks free memory for AddressSanitizer.

fn main() {
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rustc-check-cfg=cfg(offset_asan)");
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if flags.contains("sanitizer=address") {
        println!("cargo::rustc-cfg=offset_asan");
    }
}
