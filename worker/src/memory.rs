//! The worker's allocator: the system's, with a count of what is held and a cap. A job that
//! wants more ends the worker with the figures, where the kernel's own limit would only make
//! an allocation fail without saying which.
//!
//! The second file of this crate with `unsafe`: an allocator is a contract with the compiler,
//! not a call to the kernel, and deserves to be judged alone.

#![expect(
    unsafe_code,
    reason = "implementing GlobalAlloc is unsafe by definition"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::LastWords;

use crate::kernel;

#[global_allocator]
static MEMORY: Counted = Counted {
    held: AtomicUsize::new(0),
    // Until the gateway's figure is known, and in programs that only test this library.
    cap: AtomicUsize::new(usize::MAX),
};

/// From now on the worker may hold so many bytes.
pub(crate) fn cap(bytes: u64) {
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    MEMORY.cap.store(bytes, Ordering::Relaxed);
}

/// A library with an allocator of its own was refused at least so many bytes by the kernel's limit.
pub(crate) fn refused_to_a_library(bytes: usize) -> ! {
    let cap = MEMORY.cap.load(Ordering::Relaxed);
    let asked = MEMORY.held.load(Ordering::Relaxed).saturating_add(bytes);
    kernel::end(LastWords::OutOfMemory {
        asked: asked.max(cap.saturating_add(1)) as u64,
        cap: cap as u64,
    })
}

struct Counted {
    held: AtomicUsize,
    cap: AtomicUsize,
}

impl Counted {
    /// Counts before the system is asked, so that not even untouched memory goes over the cap.
    fn take(&self, bytes: usize) {
        let asked = self
            .held
            .fetch_add(bytes, Ordering::Relaxed)
            .saturating_add(bytes);
        let cap = self.cap.load(Ordering::Relaxed);
        if asked > cap {
            kernel::end(LastWords::OutOfMemory {
                asked: asked as u64,
                cap: cap as u64,
            });
        }
    }

    fn give_back(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The same memory, with huge pages asked for if it is large: canvases that are too large to be kept from
/// job to job cost a page fault for each page.
fn on_huge_pages(memory: *mut u8, bytes: usize) -> *mut u8 {
    if bytes >= kernel::MAPPED_FROM && !memory.is_null() {
        kernel::prefer_huge_pages(memory, bytes);
    }
    memory
}

// SAFETY: every call goes to the system's allocator with the arguments it came with; the count
// beside it changes nothing about the memory.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: the caller's promises are the system allocator's conditions.
        on_huge_pages(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: as above.
        on_huge_pages(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.give_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Only the difference: that moving may need room for both for a moment is the system
        // allocator's affair.
        match size.checked_sub(layout.size()) {
            Some(more) => self.take(more),
            None => self.give_back(layout.size() - size),
        }
        // SAFETY: as above.
        on_huge_pages(unsafe { System.realloc(memory, layout, size) }, size)
    }
}
