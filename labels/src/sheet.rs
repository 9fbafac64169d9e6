//! Which cell of which A4 sheet a label goes to.

use crate::Stock;

pub(crate) const WIDTH_MM: f64 = 210.0;
pub(crate) const HEIGHT_MM: f64 = 297.0;

/// Cells in rows from the upper left, of one stock on each sheet.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    on: Option<Stock>,
    taken: usize,
}

impl Cells {
    /// The upper left corner of the next cell in millimetres, and whether it is on a new sheet.
    pub(crate) fn place(&mut self, stock: Stock) -> ((f64, f64), bool) {
        let (columns, rows) = stock.grid();
        let fresh = self.on != Some(stock) || self.taken >= columns * rows;
        if fresh {
            self.on = Some(stock);
            self.taken = 0;
        }
        let (width, height) = stock.size_mm();
        let (row, column) = (self.taken / columns, self.taken % columns);
        self.taken += 1;
        let count = crate::layout::count;
        // What the rows leave of the sheet is divided above and below.
        let top = (HEIGHT_MM - height * count(rows)) / 2.0;
        let corner = (width * count(column), top + height * count(row));
        (corner, fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lie_inside_the_sheet_and_a_full_one_is_left() {
        for stock in [Stock::Item, Stock::Carton, Stock::Logistic] {
            let (columns, rows) = stock.grid();
            let (width, height) = stock.size_mm();
            let mut cells = Cells::default();
            for place in 0..columns * rows * 2 {
                let ((left, top), fresh) = cells.place(stock);
                assert_eq!(fresh, place % (columns * rows) == 0);
                assert!(left >= 0.0 && left + width <= WIDTH_MM);
                assert!(top >= 0.0 && top + height <= HEIGHT_MM + 1e-9);
            }
        }
    }
}
