//! A small heap for the scout and the interface. The standard one weighs a sixth of the scout and is made for programs that
//! allocate far more than a few thousand short texts a page. Elsewhere than in a browser there is nothing in here.
//!
//! Blocks are powers of two from 16 bytes; each size has a list of free blocks, and a block once made keeps its size.
//! What is freed is used again by the next request of that size, so memory stays at the most that was ever in use.

#![cfg(target_arch = "wasm32")]
#![allow(unsafe_code)] // an allocator hands out raw memory; there is no other way to write one

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// The largest block is 2^31 bytes.
const SIZES: usize = 32;
const PAGE: usize = 65_536;

struct Heap(UnsafeCell<State>);

struct State {
    /// First free block of each size; its first word leads to the next.
    free: [*mut u8; SIZES],
    /// Memory that was never handed out.
    next: usize,
    end: usize,
}

// SAFETY: a Wasm module without threads.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(State { free: [null_mut(); SIZES], next: 0, end: 0 }));

/// The power of two that holds the layout. Blocks begin at multiples of 16, larger alignments are not asked for.
fn class(layout: Layout) -> usize {
    let size = layout.size().max(16);
    (usize::BITS - (size - 1).leading_zeros()) as usize
}

// SAFETY: blocks do not overlap: each is cut from memory that `memory_grow` has just added, or comes from the list that
// `dealloc` put it on. They are at least as large as asked for, because the class is rounded up.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        // SAFETY: nobody else looks at the state meanwhile: there is one thread, and nothing here calls out.
        let state = unsafe { &mut *self.0.get() };
        let Some(head) = state.free.get_mut(class) else { return null_mut() };
        if !head.is_null() {
            let block = *head;
            // SAFETY: a free block holds the address of the next one.
            *head = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let size = 1 << class;
        if state.next + size > state.end {
            let pages = size.div_ceil(PAGE);
            let old = core::arch::wasm32::memory_grow(0, pages);
            if old == usize::MAX {
                return null_mut();
            }
            // What is left of the old end is lost, unless the new memory follows it.
            if state.end != old * PAGE {
                state.next = old * PAGE;
            }
            state.end = (old + pages) * PAGE;
        }
        let block = state.next;
        state.next += size;
        block as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block is the caller's to give back, and at least 16 bytes long.
        unsafe {
            let state = &mut *self.0.get();
            if let Some(head) = state.free.get_mut(class(layout)) {
                block.cast::<*mut u8>().write(*head);
                *head = block;
            }
        }
    }
}
