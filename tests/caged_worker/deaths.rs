//! Ways to die that are not escapes: their true cause must come through the cage.

#![expect(unsafe_code, reason = "a bad access and a bare mapping need it")]
#![expect(unconditional_recursion, reason = "that is how a stack overflows")]

use nix::errno::Errno;
use nix::libc;

/// Dies as the name says; returns only when something was refused instead.
pub(crate) fn die(how: &str) -> String {
    let (verb, argument) = how.split_once(' ').unwrap_or((how, ""));
    match verb {
        "abort" => std::process::abort(),
        "panic" => panic!("{argument}"),
        "fault" => fault(),
        "overflow" => overflow([0; 1024]).to_string(),
        "allocate" => {
            let memory = Vec::<u8>::with_capacity(argument.parse().unwrap());
            format!("got {} bytes", std::hint::black_box(memory).capacity())
        }
        "map" => map(argument.parse().unwrap(), libc::MAP_PRIVATE, 0),
        // A byte in each page of memory that neither the allocator nor RLIMIT_DATA counts.
        "share" => map(argument.parse().unwrap(), libc::MAP_SHARED, 4096),
        "leak" => leak(argument.parse().unwrap()),
        _ => panic!("no death {how:?}"),
    }
}

fn fault() -> String {
    let nowhere = std::hint::black_box(std::ptr::null_mut::<u8>());
    // SAFETY: none: the fault is the purpose.
    unsafe { nowhere.write_volatile(1) };
    "wrote to address 0".to_owned()
}

fn overflow(frame: [u8; 1024]) -> usize {
    overflow(std::hint::black_box(frame)) + usize::from(frame[0])
}

/// What it holds after this it holds for ever.
fn leak(bytes: usize) -> String {
    // Not zeros, which would be pages that nobody has touched.
    let memory = vec![1_u8; bytes].leak();
    format!("leaked {} bytes", std::hint::black_box(memory).len())
}

/// Memory that the allocator never hears of, and a byte in every `step` of it; 0: none.
fn map(bytes: usize, kind: libc::c_int, step: usize) -> String {
    let (flags, access) = (kind | libc::MAP_ANONYMOUS, libc::PROT_WRITE);
    // SAFETY: a fresh mapping, which nothing refers to yet.
    let memory = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, flags, -1, 0) };
    if memory == libc::MAP_FAILED {
        return format!("{:?}", Errno::last());
    }
    for offset in (0..bytes).step_by(step.max(1)).take_while(|_| step > 0) {
        // SAFETY: within the mapping, which is writable and nobody else's.
        unsafe { memory.cast::<u8>().add(offset).write_volatile(1) };
    }
    "got through".to_owned()
}
