//! Points of the curve y² = x³ − 3x + b and their sums.
//!
//! CORRECTNESS.md says for each formula where its exceptions are and who handles them.

use crate::field::FieldElement;

/// b of the curve, in Montgomery's form.
pub(crate) const B: FieldElement = FieldElement::from_montgomery([
    0x90d2_3063_2bc0_dd42,
    0x71cf_379a_e9b5_37ab,
    0x5279_8150_5ea5_1c3c,
    0x240f_e188_ba20_e2c8,
]);

/// A point other than the one at infinity; one cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Affine {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
}

/// A point as (X/Z², Y/Z³); at infinity where Z is 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Jacobian {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
    pub(crate) z: FieldElement,
}

impl Affine {
    /// Whether y² = x³ − 3x + b.
    pub(crate) fn is_on_curve(&self) -> bool {
        self.y.square() == self.x.square().mul(&self.x).sub(&self.x.triple()).add(&B)
    }

    #[inline(always)]
    pub(crate) fn neg(&self) -> Affine {
        Affine { x: self.x, y: self.y.neg() }
    }

    #[inline(always)]
    pub(crate) fn to_jacobian(self) -> Jacobian {
        Jacobian { x: self.x, y: self.y, z: FieldElement::ONE }
    }
}

impl Jacobian {
    pub(crate) const INFINITY: Jacobian =
        Jacobian { x: FieldElement::ONE, y: FieldElement::ONE, z: FieldElement::ZERO };

    /// Twice the point, for every point of the curve (4 products, 4 squares).
    #[inline(always)]
    pub(crate) fn double(&self) -> Jacobian {
        let zz = self.z.square();
        let slope = self.x.sub(&zz).mul(&self.x.add(&zz)).triple();
        let y_2 = self.y.double();
        let z = y_2.mul(&self.z);
        let yy_4 = y_2.square();
        let v = yy_4.mul(&self.x);
        let x = slope.square().sub(&v.double());
        // 16y⁴ halved is one step, y⁴ doubled three times are three.
        let y = slope.mul(&v.sub(&x)).sub(&yy_4.square().half());
        Jacobian { x, y, z }
    }

    /// The sum, where the two are neither equal nor opposite and this one is not at infinity:
    /// otherwise Z comes out as 0 (8 products, 3 squares).
    #[inline(always)]
    pub(crate) fn add_affine_distinct(&self, other: &Affine) -> Jacobian {
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        self.chord(&h, &r, &self.x, &self.y, &self.z)
    }

    /// The sum of any two points. Not for secrets: the exceptions are branches.
    #[inline(always)]
    pub(crate) fn add_affine_vartime(&self, other: &Affine) -> Jacobian {
        if self.z == FieldElement::ZERO {
            return other.to_jacobian();
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        if h == FieldElement::ZERO {
            return if r == FieldElement::ZERO { self.double() } else { Jacobian::INFINITY };
        }
        self.chord(&h, &r, &self.x, &self.y, &self.z)
    }

    /// The sum of any two points, the second with the powers of its Z. Not for secrets.
    #[inline(always)]
    pub(crate) fn add_vartime(&self, other: &WithPowers) -> Jacobian {
        if self.z == FieldElement::ZERO {
            return other.point;
        }
        if other.point.z == FieldElement::ZERO {
            return *self;
        }
        let zz = self.z.square();
        let x = self.x.mul(&other.zz);
        let y = self.y.mul(&other.zzz);
        let h = other.point.x.mul(&zz).sub(&x);
        let r = other.point.y.mul(&zz.mul(&self.z)).sub(&y);
        if h == FieldElement::ZERO {
            return if r == FieldElement::ZERO { self.double() } else { Jacobian::INFINITY };
        }
        self.chord(&h, &r, &x, &y, &self.z.mul(&other.point.z))
    }

    /// The third point of the line through two, mirrored: h and r are the differences of x and y
    /// from the first point's, all over the same powers of z.
    #[inline(always)]
    fn chord(
        &self,
        h: &FieldElement,
        r: &FieldElement,
        x: &FieldElement,
        y: &FieldElement,
        z: &FieldElement,
    ) -> Jacobian {
        let hh = h.square();
        let hhh = hh.mul(h);
        let v = x.mul(&hh);
        let x3 = r.square().sub(&hhh).sub(&v.double());
        let y3 = r.mul(&v.sub(&x3)).sub(&y.mul(&hhh));
        Jacobian { x: x3, y: y3, z: z.mul(h) }
    }

    #[inline(always)]
    pub(crate) fn neg(&self) -> Jacobian {
        Jacobian { x: self.x, y: self.y.neg(), z: self.z }
    }

    /// `a` where the mask is all ones, `b` where it is all zeros.
    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Jacobian, b: &Jacobian) -> Jacobian {
        Jacobian {
            x: FieldElement::select(mask, &a.x, &b.x),
            y: FieldElement::select(mask, &a.y, &b.y),
            z: FieldElement::select(mask, &a.z, &b.z),
        }
    }

    /// The point, which must not be at infinity, given 1/Z.
    #[inline(always)]
    pub(crate) fn to_affine_with(self, z_inverse: &FieldElement) -> Affine {
        let zz = z_inverse.square();
        Affine { x: self.x.mul(&zz), y: self.y.mul(&zz.mul(z_inverse)) }
    }
}

/// A point with Z² and Z³, for one that is added many times.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WithPowers {
    pub(crate) point: Jacobian,
    zz: FieldElement,
    zzz: FieldElement,
}

impl From<Jacobian> for WithPowers {
    #[inline(always)]
    fn from(point: Jacobian) -> Self {
        let zz = point.z.square();
        WithPowers { point, zz, zzz: zz.mul(&point.z) }
    }
}

impl WithPowers {
    #[inline(always)]
    pub(crate) fn neg(&self) -> WithPowers {
        WithPowers { point: self.point.neg(), ..*self }
    }
}

/// Replaces each number by its inverse with one inversion for all. None may be 0.
pub(crate) fn invert_all(numbers: &mut [FieldElement], products: &mut Vec<FieldElement>) {
    products.clear();
    let mut product = FieldElement::ONE;
    for number in numbers.iter() {
        products.push(product);
        product = product.mul(number);
    }
    let mut inverse = product.invert();
    for (number, before) in numbers.iter_mut().zip(products.iter()).rev() {
        let next = inverse.mul(number);
        *number = inverse.mul(before);
        inverse = next;
    }
}
