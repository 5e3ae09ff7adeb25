//! The rounds of SM3, written once for one stream and for every width of vector.

/// The 64 rounds over the words A to H, each of one stream or of several.
///
/// For `$i` = j, rising from 0 to 63, `$words` gives `W_j` and `W'_j`, and `$t` gives `T_j <<< j`. Where it
/// stands there must be the functions `add`, `xor`, `xor3`, `rotate::<N>`, `majority`, `choice` and
/// `p0` for words of this kind.
macro_rules! rounds {
    (|$i:ident| $words:expr, $t:expr, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        rounds!(@four xor3 xor3 0 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four xor3 xor3 4 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four xor3 xor3 8 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four xor3 xor3 12 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 16 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 20 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 24 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 28 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 32 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 36 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 40 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 44 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 48 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 52 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 56 $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@four majority choice 60 $i $words, $t, $a $b $c $d $e $f $g $h);
    };
    (@four $ff:ident $gg:ident $j:literal $i:ident $words:expr, $t:expr,
     $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        rounds!(@one $ff $gg ($j) $i $words, $t, $a $b $c $d $e $f $g $h);
        rounds!(@one $ff $gg ($j + 1) $i $words, $t, $d $a $b $c $h $e $f $g);
        rounds!(@one $ff $gg ($j + 2) $i $words, $t, $c $d $a $b $g $h $e $f);
        rounds!(@one $ff $gg ($j + 3) $i $words, $t, $b $c $d $a $f $g $h $e);
    };
    // One round in place: the words are renamed instead of moved. In each sum the term that is
    // there last comes last.
    (@one $ff:ident $gg:ident $j:tt $i:ident $words:expr, $t:expr,
     $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        let $i: usize = $j;
        let (w, w_prime) = $words;
        let a12 = rotate::<12>($a);
        let ss1 = rotate::<7>(add(add(a12, $t), $e));
        let ss2 = xor(ss1, a12);
        $d = add(add(add($d, w_prime), $ff($a, $b, $c)), ss2);
        $h = p0(add(add(add($h, w), $gg($e, $f, $g)), ss1));
        $b = rotate::<9>($b);
        $f = rotate::<19>($f);
    };
}

/// Blocks of as many streams as a vector has lanes: the function `compress`, and `words`, which expands.
///
/// Where it stands there must be `LANES`, `transposed`, `load`, `store`, `all`, `p1` and what [`rounds`] asks for.
macro_rules! streams {
    ($features:literal, $vector:ty) => {
        #[target_feature(enable = $features)]
        fn compress(states: &mut Columns<LANES>, blocks: &[&[[u8; BLOCK]]; LANES]) {
            let count = blocks.iter().map(|lane| lane.len()).min().unwrap_or(0);
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = states.each_ref().map(
                #[inline(always)]
                |column| load(column),
            );
            for index in 0..count {
                let mut w = transposed(blocks, index);
                let before = [a, b, c, d, e, f, g, h];
                rounds!(|j| words(&mut w, j), all(T[j]), a b c d e f g h);
                [a, b, c, d, e, f, g, h] = [
                    xor(a, before[0]),
                    xor(b, before[1]),
                    xor(c, before[2]),
                    xor(d, before[3]),
                    xor(e, before[4]),
                    xor(f, before[5]),
                    xor(g, before[6]),
                    xor(h, before[7]),
                ];
            }
            for (column, vector) in states.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                store(column, vector);
            }
        }

        /// `W_j` and `W'_j`, asked in ascending order; from 12 on the word that is needed four rounds later
        /// takes the place of one no longer needed.
        #[inline]
        #[target_feature(enable = $features)]
        fn words(w: &mut [$vector; 16], j: usize) -> ($vector, $vector) {
            if j >= 12 {
                let k = j + 4;
                let x = xor3(w[k % 16], w[(k + 7) % 16], rotate::<15>(w[(k + 13) % 16]));
                w[k % 16] = xor3(p1(x), rotate::<7>(w[(k + 3) % 16]), w[(k + 10) % 16]);
            }
            (w[j % 16], xor(w[j % 16], w[(j + 4) % 16]))
        }
    };
}

pub(super) use {rounds, streams};
