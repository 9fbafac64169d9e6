use rxing::common::HybridBinarizer;
use rxing::datamatrix::DataMatrixReader;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader};

/// How long to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// One of many camera frames: the next one comes anyway.
    Quick,
    /// A single image that must not be given up easily.
    Thorough,
}

/// Texts of all codes in a picture of `width × height` pixels of four bytes (red, green,
/// blue, opacity). None where the bytes are not such a picture.
pub(crate) fn decode(rgba: &[u8], width: u32, height: u32, effort: Effort) -> Option<Vec<String>> {
    let luma: Vec<u8> = rgba.chunks_exact(4).map(brightness).collect();
    let hints = hints(effort);
    let mut texts = Vec::new();
    let mut bitmap = bitmap(luma.clone(), width, height)?;
    if let Ok(results) = QrReader.decode_multiple_with_hints(&mut bitmap, &hints) {
        texts.extend(results.iter().map(|result| result.getText().to_owned()));
    }
    if texts.is_empty()
        && let Ok(result) = DataMatrixReader.decode_with_hints(&mut bitmap, &hints)
    {
        texts.push(result.getText().to_owned());
    }
    if texts.is_empty() && effort == Effort::Thorough {
        texts = decode_smaller(&luma, width, height, &hints)?;
    }
    texts.sort();
    texts.dedup();
    Some(texts)
}

/// Halving averages noise and blur away, which large photographs have more of than labels.
fn decode_smaller(
    luma: &[u8],
    width: u32,
    height: u32,
    hints: &DecodeHints,
) -> Option<Vec<String>> {
    let (mut luma, mut width, mut height) = (luma.to_vec(), width, height);
    while width >= 400 && height >= 400 {
        (luma, width, height) = halve(&luma, width, height)?;
        let mut bitmap = bitmap(luma.clone(), width, height)?;
        if let Ok(results) = QrReader.decode_multiple_with_hints(&mut bitmap, hints)
            && !results.is_empty()
        {
            return Some(
                results
                    .iter()
                    .map(|result| result.getText().to_owned())
                    .collect(),
            );
        }
        if let Ok(result) = DataMatrixReader.decode_with_hints(&mut bitmap, hints) {
            return Some(vec![result.getText().to_owned()]);
        }
    }
    Some(Vec::new())
}

fn halve(luma: &[u8], width: u32, height: u32) -> Option<(Vec<u8>, u32, u32)> {
    let row = usize::try_from(width).ok()?;
    let mut small = Vec::with_capacity(luma.len() / 4);
    for rows in luma.chunks_exact(row * 2) {
        let (upper, lower) = rows.split_at(row);
        for (above, below) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
            let sum: u16 = above
                .iter()
                .chain(below)
                .map(|value| u16::from(*value))
                .sum();
            small.push(u8::try_from(sum / 4).unwrap_or(u8::MAX));
        }
    }
    Some((small, width / 2, height / 2))
}

fn bitmap(
    luma: Vec<u8>,
    width: u32,
    height: u32,
) -> Option<BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>> {
    let source = Luma8LuminanceSource::new(luma, width, height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

fn hints(effort: Effort) -> DecodeHints {
    DecodeHints {
        // Without this the reader also tries Micro QR, which finds codes in wood grain.
        PossibleFormats: Some(
            [BarcodeFormat::QR_CODE, BarcodeFormat::DATA_MATRIX]
                .into_iter()
                .collect(),
        ),
        TryHarder: Some(effort == Effort::Thorough),
        ..DecodeHints::default()
    }
}

/// Brightness as the eye sees it (ITU-R BT.601, in 256ths).
fn brightness(pixel: &[u8]) -> u8 {
    let &[red, green, blue, ..] = pixel else {
        return 0;
    };
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum / 256).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fast_qr::QRBuilder;

    /// A picture of one QR code with `module` pixels a module and a quiet zone of four.
    fn picture(text: &str, module: usize) -> (Vec<u8>, u32, u32) {
        let code = QRBuilder::new(text).build().unwrap();
        drawn(code.size, module, |x, y| code[y][x].value())
    }

    /// A picture of a square code of `size` modules.
    fn drawn(
        size: usize,
        module: usize,
        is_dark: impl Fn(usize, usize) -> bool,
    ) -> (Vec<u8>, u32, u32) {
        let side = (size + 8) * module;
        let mut rgba = vec![255_u8; side * side * 4];
        for y in 0..size {
            for x in 0..size {
                if is_dark(x, y) {
                    for pixel in 0..module * module {
                        let (py, px) = (
                            (y + 4) * module + pixel / module,
                            (x + 4) * module + pixel % module,
                        );
                        rgba[(py * side + px) * 4..][..3].fill(20);
                    }
                }
            }
        }
        let side = u32::try_from(side).unwrap();
        (rgba, side, side)
    }

    /// GS1 DataMatrix of `(01)09506000134352(21)7K3M9QX2T5RWV8ZB`, as another program
    /// (bwip-js 4) makes it.
    const DATA_MATRIX: [&str; 20] = [
        "#.#.#.#.#.#.#.#.#.#.",
        "##..####.#.#..#..###",
        "#...#.#....#######..",
        "#.#####.#...#.##...#",
        "###.##...#.#....###.",
        "#....##....#.#.###.#",
        "#..#.#.....#.######.",
        "#.##.##.###....#...#",
        "###.#...#.#.#.#.###.",
        "##.######.##.#####.#",
        "###.###.#.####.#.#..",
        "###..##.##.#######.#",
        "#####..####.##.##...",
        "##..#.#.#.#.#####..#",
        "##...#....#...##.#..",
        "#..##.#####...###..#",
        "#####..#...###..###.",
        "##.##.#.##..#....#.#",
        "#..##.#..#..#.#...#.",
        "####################",
    ];

    #[test]
    fn reads_a_label() {
        let link = "https://id.example.org/01/09506000134352/21/7K3M9QX2T5RWV8ZB";
        let (rgba, width, height) = picture(link, 4);
        for effort in [Effort::Quick, Effort::Thorough] {
            assert_eq!(
                decode(&rgba, width, height, effort),
                Some(vec![link.to_owned()])
            );
        }
    }

    #[test]
    fn reads_a_data_matrix() {
        let (rgba, width, height) = drawn(20, 4, |x, y| DATA_MATRIX[y].as_bytes()[x] == b'#');
        for effort in [Effort::Quick, Effort::Thorough] {
            assert_eq!(
                decode(&rgba, width, height, effort),
                Some(vec!["0109506000134352217K3M9QX2T5RWV8ZB".to_owned()])
            );
        }
    }

    #[test]
    fn reads_a_moving_code_of_a_hand_over() {
        let frame = format!("CM1:{}", "A1 $%*+-./:Z".repeat(36));
        let (rgba, width, height) = picture(&frame, 3);
        assert_eq!(
            decode(&rgba, width, height, Effort::Quick),
            Some(vec![frame])
        );
    }

    #[test]
    fn finds_nothing_on_blank_paper() {
        assert_eq!(
            decode(&vec![250; 320 * 240 * 4], 320, 240, Effort::Thorough),
            Some(Vec::new())
        );
    }

    #[test]
    fn refuses_bytes_that_are_no_picture() {
        assert_eq!(decode(&[0; 40], 320, 240, Effort::Quick), None);
        assert_eq!(decode(&[], u32::MAX, u32::MAX, Effort::Quick), None);
    }
}
