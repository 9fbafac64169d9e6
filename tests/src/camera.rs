use std::{fs::File, io::BufWriter, io::Write, path::Path};

use anyhow::{Context, Result, ensure};
use chopmark_view::{LabelView, QrView};
use image::{GrayImage, Luma, imageops};
use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{Options, Tree},
};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;

/// Frames for Chromium's fake camera, as an uncompressed Y4M file.
#[derive(Debug, Default)]
pub struct Video {
    frames: Vec<GrayImage>,
}

impl Video {
    /// A hand that moves a printed label before the lens: turned, sheared, a little out of
    /// focus, uneven light.
    pub fn of_label(label: &LabelView) -> Result<Self> {
        let mut frames = Vec::new();
        for step in 0..30_u8 {
            let swing = f32::from(step) * 0.4;
            let tilt = Tilt {
                degrees: 9.0 + 5.0 * swing.sin(),
                shear: 0.10 + 0.05 * swing.cos(),
                blur: 0.9 + 0.4 * (swing * 0.7).sin(),
                side: 300.0,
            };
            frames.push(photograph(&label.qr, tilt)?);
        }
        Ok(Self { frames })
    }

    /// A label that is held too near for the lens: nothing can be read.
    pub fn out_of_focus(label: &LabelView) -> Result<Self> {
        let tilt = Tilt {
            degrees: 8.0,
            shear: 0.08,
            blur: 9.0,
            side: 300.0,
        };
        Ok(Self {
            frames: vec![photograph(&label.qr, tilt)?; 2],
        })
    }

    /// Another phone's screen that shows a cycle of frames.
    pub fn of_frames(codes: &[QrView]) -> Result<Self> {
        let mut frames = Vec::new();
        for code in codes {
            let tilt = Tilt {
                degrees: 2.0,
                shear: 0.01,
                blur: 0.5,
                side: 420.0,
            };
            let frame = photograph(code, tilt)?;
            // A camera sees each shown code more than once.
            for _ in 0..6 {
                frames.push(frame.clone());
            }
        }
        Ok(Self { frames })
    }

    /// Writes the video; Chromium plays it in a loop.
    pub fn write(&self, path: &Path) -> Result<()> {
        ensure!(!self.frames.is_empty(), "a video needs a frame");
        let mut out = BufWriter::new(File::create(path)?);
        writeln!(out, "YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420")?;
        let chroma = vec![128_u8; usize::try_from(WIDTH * HEIGHT / 2)?];
        for frame in &self.frames {
            out.write_all(b"FRAME\n")?;
            out.write_all(frame.as_raw())?;
            out.write_all(&chroma)?;
        }
        out.flush()?;
        Ok(())
    }
}

/// How a label lies before the lens.
#[derive(Clone, Copy, Debug)]
struct Tilt {
    degrees: f32,
    shear: f32,
    blur: f32,
    side: f32,
}

/// A label as a flat, sharp picture, PNG bytes: what an image file of it holds.
pub fn render_label(label: &LabelView) -> Result<Vec<u8>> {
    let flat = Tilt {
        degrees: 0.0,
        shear: 0.0,
        blur: 0.0,
        side: 360.0,
    };
    let picture = photograph(&label.qr, flat)?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn photograph(code: &QrView, tilt: Tilt) -> Result<GrayImage> {
    let size = code.size;
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}"><rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{}"/></svg>"##,
        code.path
    );
    let tree = Tree::from_str(&svg, &Options::default())?;
    let mut canvas = Pixmap::new(WIDTH, HEIGHT).context("no canvas")?;
    canvas.fill(Color::from_rgba8(172, 166, 158, 255));
    let scale = tilt.side / tree.size().width();
    let half = tree.size().width() / 2.0;
    let transform = Transform::from_translate(320.0, 240.0)
        .pre_concat(Transform::from_rotate(tilt.degrees))
        .pre_concat(Transform::from_skew(tilt.shear, 0.0))
        .pre_scale(scale, scale)
        .pre_translate(-half, -half);
    resvg::render(&tree, transform, &mut canvas.as_mut());
    let gray = GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let level = canvas.pixel(x, y).map_or(0, |pixel| pixel.red());
        // The light falls from the left.
        let light = 255 - x * 70 / WIDTH;
        Luma([u8::try_from(u32::from(level) * light / 255).unwrap_or(u8::MAX)])
    });
    Ok(if tilt.blur > 0.0 {
        imageops::blur(&gray, tilt.blur)
    } else {
        gray
    })
}
