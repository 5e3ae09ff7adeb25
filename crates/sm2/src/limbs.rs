//! Numbers of four 64-bit limbs, the lowest first: carries, products, selection without branches.
//!
//! Nothing here branches on a limb or uses one as an index.

/// A number below 2^256, the lowest limb first.
pub(crate) type Limbs = [u64; 4];

/// `a + b + carry` and the carry out; `carry` is 0 or 1.
#[inline(always)]
pub(crate) fn add_carry(a: u64, b: u64, carry: u8) -> (u64, u8) {
    #[cfg(target_arch = "x86_64")]
    {
        // Keeps the carry in the flags, where a sum of u128 goes through registers: a third faster.
        let mut sum = 0;
        // SAFETY: an instruction that every x86-64 has; newer compilers take the call as safe.
        #[allow(unsafe_code, unused_unsafe)]
        let carry = unsafe { core::arch::x86_64::_addcarry_u64(carry, a, b, &mut sum) };
        (sum, carry)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let sum = u128::from(a) + u128::from(b) + u128::from(carry);
        (sum as u64, (sum >> 64) as u8)
    }
}

/// `a - b - borrow` and the borrow out; `borrow` is 0 or 1.
#[inline(always)]
pub(crate) fn sub_borrow(a: u64, b: u64, borrow: u8) -> (u64, u8) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut difference = 0;
        // SAFETY: as in `add_carry`.
        #[allow(unsafe_code, unused_unsafe)]
        let borrow = unsafe { core::arch::x86_64::_subborrow_u64(borrow, a, b, &mut difference) };
        (difference, borrow)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let difference = u128::from(a).wrapping_sub(u128::from(b) + u128::from(borrow));
        (difference as u64, (difference >> 127) as u8)
    }
}

/// All ones for 1, all zeros for 0.
#[inline(always)]
pub(crate) fn mask(bit: u8) -> u64 {
    u64::from(bit).wrapping_neg()
}

/// `a` where the mask is all ones, `b` where it is all zeros.
#[inline(always)]
pub(crate) fn select(mask: u64, a: &Limbs, b: &Limbs) -> Limbs {
    [
        b[0] ^ (mask & (a[0] ^ b[0])),
        b[1] ^ (mask & (a[1] ^ b[1])),
        b[2] ^ (mask & (a[2] ^ b[2])),
        b[3] ^ (mask & (a[3] ^ b[3])),
    ]
}

/// All ones if the number is 0, otherwise all zeros.
#[inline(always)]
pub(crate) fn is_zero(a: &Limbs) -> u64 {
    let any = a[0] | a[1] | a[2] | a[3];
    // The top bit of x | -x says whether x is other than 0.
    ((any | any.wrapping_neg()) >> 63).wrapping_sub(1)
}

/// `a + b` and the carry out.
#[inline(always)]
pub(crate) fn add(a: &Limbs, b: &Limbs) -> (Limbs, u8) {
    let (r0, carry) = add_carry(a[0], b[0], 0);
    let (r1, carry) = add_carry(a[1], b[1], carry);
    let (r2, carry) = add_carry(a[2], b[2], carry);
    let (r3, carry) = add_carry(a[3], b[3], carry);
    ([r0, r1, r2, r3], carry)
}

/// `a - b` and the borrow out.
#[inline(always)]
pub(crate) fn sub(a: &Limbs, b: &Limbs) -> (Limbs, u8) {
    let (r0, borrow) = sub_borrow(a[0], b[0], 0);
    let (r1, borrow) = sub_borrow(a[1], b[1], borrow);
    let (r2, borrow) = sub_borrow(a[2], b[2], borrow);
    let (r3, borrow) = sub_borrow(a[3], b[3], borrow);
    ([r0, r1, r2, r3], borrow)
}

/// The number `carry · 2^256 + a` modulo m, if it is below 2m.
#[inline(always)]
pub(crate) fn below(modulus: &Limbs, a: &Limbs, carry: u8) -> Limbs {
    let (less, borrow) = sub(a, modulus);
    let (_, borrow) = sub_borrow(u64::from(carry), 0, borrow);
    // What was too much is given back: fewer steps than choosing between the two.
    let back = mask(borrow);
    add(&less, &modulus.map(|limb| limb & back)).0
}

/// The product, eight limbs.
#[inline(always)]
pub(crate) fn product(a: &Limbs, b: &Limbs) -> [u64; 8] {
    let (t0, h0) = times(a[0], b[0]);
    let (l1, h1) = times(a[0], b[1]);
    let (l2, h2) = times(a[0], b[2]);
    let (l3, h3) = times(a[0], b[3]);
    let (t1, carry) = add_carry(l1, h0, 0);
    let (t2, carry) = add_carry(l2, h1, carry);
    let (t3, carry) = add_carry(l3, h2, carry);
    let (t4, _) = add_carry(h3, 0, carry);
    let (t1, row) = product_row(a[1], b, [t1, t2, t3, t4]);
    let (t2, row) = product_row(a[2], b, row);
    let (t3, row) = product_row(a[3], b, row);
    [t0, t1, t2, t3, row[0], row[1], row[2], row[3]]
}

/// `row + a · b`: its lowest limb, and the four above.
#[inline(always)]
pub(crate) fn product_row(a: u64, b: &Limbs, row: Limbs) -> (u64, Limbs) {
    let (l0, h0) = times(a, b[0]);
    let (l1, h1) = times(a, b[1]);
    let (l2, h2) = times(a, b[2]);
    let (l3, h3) = times(a, b[3]);
    let (t0, carry) = add_carry(row[0], l0, 0);
    let (t1, carry) = add_carry(row[1], l1, carry);
    let (t2, carry) = add_carry(row[2], l2, carry);
    let (t3, carry) = add_carry(row[3], l3, carry);
    // (2^64 - 1)^2 leaves room for both carries in the high half.
    let (t4, _) = add_carry(h3, 0, carry);
    let (t1, carry) = add_carry(t1, h0, 0);
    let (t2, carry) = add_carry(t2, h1, carry);
    let (t3, carry) = add_carry(t3, h2, carry);
    let (t4, _) = add_carry(t4, 0, carry);
    (t0, [t1, t2, t3, t4])
}

/// The square, eight limbs.
#[inline(always)]
pub(crate) fn square(a: &Limbs) -> [u64; 8] {
    // The mixed products, once each.
    let (l01, h01) = times(a[0], a[1]);
    let (l02, h02) = times(a[0], a[2]);
    let (l03, h03) = times(a[0], a[3]);
    let (l12, h12) = times(a[1], a[2]);
    let (l13, h13) = times(a[1], a[3]);
    let (l23, h23) = times(a[2], a[3]);
    let (t2, carry) = add_carry(l02, h01, 0);
    let (t3, carry) = add_carry(l03, h02, carry);
    let (t4, carry) = add_carry(l13, h03, carry);
    let (t5, carry) = add_carry(l23, h13, carry);
    let (t6, _) = add_carry(h23, 0, carry);
    let (t3, carry) = add_carry(t3, l12, 0);
    let (t4, carry) = add_carry(t4, h12, carry);
    let (t5, carry) = add_carry(t5, 0, carry);
    let (t6, _) = add_carry(t6, 0, carry);
    // Twice.
    let (t1, carry) = add_carry(l01, l01, 0);
    let (t2, carry) = add_carry(t2, t2, carry);
    let (t3, carry) = add_carry(t3, t3, carry);
    let (t4, carry) = add_carry(t4, t4, carry);
    let (t5, carry) = add_carry(t5, t5, carry);
    let (t6, carry) = add_carry(t6, t6, carry);
    let t7 = u64::from(carry);
    // And the squares.
    let (t0, h0) = times(a[0], a[0]);
    let (l1, h1) = times(a[1], a[1]);
    let (l2, h2) = times(a[2], a[2]);
    let (l3, h3) = times(a[3], a[3]);
    let (t1, carry) = add_carry(t1, h0, 0);
    let (t2, carry) = add_carry(t2, l1, carry);
    let (t3, carry) = add_carry(t3, h1, carry);
    let (t4, carry) = add_carry(t4, l2, carry);
    let (t5, carry) = add_carry(t5, h2, carry);
    let (t6, carry) = add_carry(t6, l3, carry);
    let (t7, _) = add_carry(t7, h3, carry);
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

/// The low and the high half of a product.
#[inline(always)]
pub(crate) fn times(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    (product as u64, (product >> 64) as u64)
}

/// The number of 32 bytes, big endian.
pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        *limb = u64::from_be_bytes(word);
    }
    limbs
}

/// The 32 bytes of a number, big endian.
pub(crate) fn to_bytes(limbs: &Limbs) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (limb, chunk) in limbs.iter().rev().zip(bytes.chunks_exact_mut(8)) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}
