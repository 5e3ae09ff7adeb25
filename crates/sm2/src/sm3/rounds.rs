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

pub(super) use rounds;
