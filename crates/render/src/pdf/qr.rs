//! QR modules as rectangles: the fewest that a simple sweep finds, none of which overlap.

use crate::qr::QrModules;

/// A rectangle of dark modules, counted from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) column: usize,
    pub(super) row: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Each dark module in exactly one rectangle: runs along the rows, joined downwards where the next row has the same.
pub(super) fn blocks(modules: &QrModules) -> Vec<Block> {
    let dark = |row: usize, column: usize| modules.dark.get(row * modules.side + column).copied().unwrap_or(false);
    let mut done: Vec<Block> = Vec::new();
    let mut open: Vec<Block> = Vec::new();
    for row in 0..modules.side {
        let mut next = Vec::new();
        let mut column = 0;
        while column < modules.side {
            if !dark(row, column) {
                column += 1;
                continue;
            }
            let end = (column..modules.side).find(|&at| !dark(row, at)).unwrap_or(modules.side);
            let width = end - column;
            match open.iter().position(|block| block.column == column && block.width == width) {
                Some(above) => {
                    let mut block = open.swap_remove(above);
                    block.height += 1;
                    next.push(block);
                }
                None => next.push(Block { column, row, width, height: 1 }),
            }
            column = end;
        }
        done.append(&mut open);
        open = next;
    }
    done.append(&mut open);
    done.sort_by_key(|block| (block.row, block.column));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_covered_once_and_no_light_one() {
        let side = 29;
        // Any pattern will do; this one has long runs, squares and single modules.
        let dark: Vec<bool> = (0..side * side).map(|at| (at / 3 + (at / side) * 5) % 7 < 3).collect();
        let modules = QrModules { side, dark };
        let mut times = vec![0; side * side];
        for block in blocks(&modules) {
            for row in block.row..block.row + block.height {
                for column in block.column..block.column + block.width {
                    times[row * side + column] += 1;
                }
            }
        }
        for (at, dark) in modules.dark.iter().enumerate() {
            assert_eq!(times[at], i32::from(*dark), "module {at}");
        }
    }

    #[test]
    fn a_finder_pattern_takes_five_rectangles() {
        let rows = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"];
        let modules = QrModules { side: 7, dark: rows.concat().chars().map(|module| module == '1').collect() };
        // Top, bottom, two sides and the core.
        assert_eq!(blocks(&modules).len(), 5);
    }
}
