//! Secret elements in memory.

use core::ops::{Deref, DerefMut};
use core::ptr;
use core::sync::atomic::{Ordering, compiler_fence};

use super::field::Fe8;

/// Elements that are overwritten with zeros when dropped. Their number is fixed: a vector that grows leaves copies
/// behind.
pub(super) struct Secret(Vec<Fe8>);

impl Secret {
    /// So many groups, all zero.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(groups: usize) -> Self {
        Self(vec![Fe8::zero(); groups])
    }
}

impl Deref for Secret {
    type Target = [Fe8];

    fn deref(&self) -> &[Fe8] {
        &self.0
    }
}

impl DerefMut for Secret {
    fn deref_mut(&mut self) -> &mut [Fe8] {
        &mut self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        for group in &mut self.0 {
            let words: *mut u64 = ptr::from_mut(group).cast();
            for word in 0..size_of::<Fe8>() / 8 {
                // SAFETY: the word lies in the group, which is aligned to more than a word; zeros are a group.
                unsafe { ptr::write_volatile(words.add(word), 0) };
            }
        }
        compiler_fence(Ordering::SeqCst);
    }
}
