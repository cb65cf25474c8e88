//! When the system itself refuses: limits on address space and memory, and no more slots. Each in a process of its own.

use offset_std::prelude::*;
use offset_std::{Error, ErrorKind, Refusal, String, Vec};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tests::child;

/// Runs `body` in a process of its own; not under a sanitizer, which doesn't work under such limits itself.
fn in_a_child(test: &str, body: fn()) {
    if tests::sanitized() {
        return;
    }
    match child::role() {
        Some(_) => body(),
        None => child::rerun_successfully(test, "child"),
    }
}

/// Sets a limit that may be raised again.
fn limit(resource: Resource, bytes: u64) {
    let maximum = getrlimit(resource).maximum;
    setrlimit(resource, Rlimit { current: Some(bytes), maximum }).unwrap();
}

fn unlimit(resource: Resource) {
    let maximum = getrlimit(resource).maximum;
    setrlimit(resource, Rlimit { current: maximum, maximum }).unwrap();
}

fn cause(error: &Error) -> Refusal {
    let ErrorKind::NoMemory { cause, bytes, .. } = error.kind() else { panic!("{error}") };
    assert!(*bytes > 0);
    *cause
}

#[test]
fn a_limit_on_address_space_is_an_error_that_says_so() {
    in_a_child("a_limit_on_address_space_is_an_error_that_says_so", || {
        let refused = |bytes: u64| {
            let error = Image::<Vec<u64>>::new([1, 2, 3]).unwrap_err();
            assert_eq!(cause(&error), Refusal::AddressSpaceLimit { limit: bytes }, "{error}");
            let text = error.to_string();
            for part in [&bytes.to_string(), "address space", "ulimit -v", "RLIMIT_AS"] {
                assert!(text.contains(part), "{text}");
            }
        };
        for bytes in [1 << 30, 16 << 30, 32 << 30] {
            limit(Resource::As, bytes);
            refused(bytes);
        }
        // Room for two slots, and not for a third.
        limit(Resource::As, 80 << 30);
        let images = [1, 2].map(|number| Image::<Vec<u64>>::new([number]).unwrap());
        refused(80 << 30);
        assert_eq!((images[0][0], images[1][0]), (1, 2));
        unlimit(Resource::As);
        assert_eq!(*Image::<Vec<u64>>::new([1, 2, 3]).unwrap(), [1, 2, 3]);
    });
}

/// A slot that the process already holds is used again under the limit, and loading and mapping meet the limit too.
#[test]
fn under_a_limit_on_address_space_images_that_exist_go_on() {
    in_a_child("under_a_limit_on_address_space_images_that_exist_go_on", || {
        let scratch = tests::Scratch::new("refusals");
        let path = scratch.file("image");
        let mut image = Image::<Vec<String>>::new(["a"]).unwrap();
        image.save(&path).unwrap();
        // Room for the slot that is there, and not for another.
        limit(Resource::As, 40 << 30);
        for _ in 0..100_000 {
            image.edit().push("some text that takes memory");
        }
        assert_eq!(image.len(), 100_001);
        let loaded = Image::<Vec<String>>::load(&path).unwrap_err();
        assert!(matches!(cause(&loaded), Refusal::AddressSpaceLimit { .. }), "{loaded}");
        assert_eq!(loaded.path(), Some(path.as_path()));
        // A mapped file takes no more than it has bytes.
        // SAFETY: nobody writes to the file.
        let mapped = unsafe { Mapped::<Vec<String>>::map(&path) }.unwrap();
        assert_eq!(*mapped, ["a"]);
        limit(Resource::As, 1 << 30);
        // SAFETY: nobody writes to the file.
        let refused = unsafe { Mapped::<Vec<String>>::map(&path) }.unwrap_err();
        assert_eq!(cause(&refused), Refusal::AddressSpaceLimit { limit: 1 << 30 }, "{refused}");
        assert_eq!(*mapped, ["a"]);
        limit(Resource::As, 40 << 30);
        drop(image);
        assert_eq!(*Image::<Vec<String>>::load(&path).unwrap(), ["a"]);
    });
}

/// `RLIMIT_DATA` counts memory that a region commits.
#[test]
fn a_limit_on_data_is_an_error_that_changes_nothing() {
    in_a_child("a_limit_on_data_is_an_error_that_changes_nothing", || {
        let mut image = Image::<Vec<u64>>::new([1, 2, 3]).unwrap();
        limit(Resource::Data, 64 << 20);
        let error = image.edit().try_reserve(32 << 20).unwrap_err();
        assert_eq!(cause(&error), Refusal::DataLimit { limit: 64 << 20 }, "{error}");
        assert_eq!(*image, [1, 2, 3]);
        // Less is there.
        image.edit().try_reserve(1 << 20).unwrap();
        image.edit().extend(4..1000);
        assert_eq!(image.len(), 999);
        unlimit(Resource::Data);
        image.edit().try_reserve(32 << 20).unwrap();
        assert!(image.iter().copied().eq(1..1000));
    });
}

#[test]
fn images_until_the_system_refuses_then_fewer() {
    in_a_child("images_until_the_system_refuses_then_fewer", || {
        let mut images = vec![];
        let error = loop {
            match Image::<Vec<u64>>::new([images.len() as u64]) {
                Ok(image) => images.push(image),
                Err(error) => break error,
            }
            assert!(images.len() < 5000, "more slots than 47 bits of address space have");
        };
        assert!(images.len() > 1000, "only {} images: {error}", images.len());
        match cause(&error) {
            Refusal::OutOfSlots { held } => assert_eq!(held, images.len() as u64),
            cause => assert_eq!(cause, Refusal::OutOfMemory),
        }
        assert!(error.to_string().contains("drop some"), "{error}");

        // Those that are there work, and can grow.
        for (index, image) in images.iter_mut().enumerate() {
            image.edit().push(7);
            assert_eq!(**image, [index as u64, 7]);
        }
        let all = images.len();
        images.truncate(all / 2);
        while images.len() < all {
            images.push(Image::new([images.len() as u64]).unwrap());
        }
        Image::<Vec<u64>>::new([0]).map(drop).unwrap_err();
        assert!(images.iter().enumerate().all(|(index, image)| image[0] == index as u64));
        drop(images);
        assert_eq!(*Image::<Vec<u64>>::new([1]).unwrap(), [1]);
    });
}
