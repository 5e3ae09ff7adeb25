//! Which of the processor's lanes are used.

/// How several things are worked out at once. Every path gives the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// One after the other, on every processor.
    Portable,
    /// SM3 in 8 lanes of AVX2; SM2 as [`Path::Portable`].
    Avx2,
    /// SM3 in 16 lanes of AVX-512; SM2 in 8 lanes where there is AVX512-IFMA too, else as [`Path::Portable`].
    Avx512,
}

impl Path {
    /// From the slowest to the fastest.
    pub const ALL: [Path; 3] = [Path::Portable, Path::Avx2, Path::Avx512];

    /// The fastest path of this processor.
    #[must_use]
    pub fn best() -> Path {
        if Path::Avx512.is_there() {
            Path::Avx512
        } else if Path::Avx2.is_there() {
            Path::Avx2
        } else {
            Path::Portable
        }
    }

    /// Whether this processor and its operating system have what the path needs.
    #[must_use]
    pub fn is_there(self) -> bool {
        match self {
            Path::Portable => true,
            // The answers are kept by the standard library: asking costs a load.
            #[cfg(target_arch = "x86_64")]
            Path::Avx2 => is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Path::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Path::Avx2 | Path::Avx512 => false,
        }
    }
}
