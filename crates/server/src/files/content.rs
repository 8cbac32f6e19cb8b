//! What an uploaded file is: found by looking at it. Images are decoded and written anew, so that nothing but the picture
//! remains: no place, no camera, no hidden payload. Pure, and slow: to be called off the async threads.

use std::io::Cursor;

use chinwag_conversation::limits;
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{
        gif::{GifDecoder, GifEncoder, Repeat},
        jpeg::JpegEncoder,
    },
};

/// Largest image, in pixels, all frames of an animation together; larger ones could fill the memory.
const PIXELS: u64 = 40_000_000;
const SIDE: u32 = 16_384;
const MEMORY: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 85;

/// A file that may be kept.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: FileKind,
    /// Of an image, in pixels.
    pub(crate) dimensions: Option<(u32, u32)>,
}

/// The closed list of what is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    Text,
}

/// Why a file is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    Empty,
    /// Not one of the types that are taken.
    Type,
    /// Says that it is an image, but is not one that can be read.
    Broken,
    /// More pixels than are taken, or more bytes after it was written anew.
    TooLarge,
}

impl FileKind {
    const ALL: [Self; 6] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp, Self::Pdf, Self::Text];

    pub(crate) fn media(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
        }
    }

    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Text => "txt",
        }
    }

    pub(crate) fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }
}

/// Looks at a file and makes of it what is kept.
pub(crate) fn prepare(bytes: Vec<u8>) -> Result<Content, Unfit> {
    let content = match infer::get(&bytes).map(|found| found.mime_type()) {
        _ if bytes.is_empty() => Err(Unfit::Empty),
        Some("image/png") => still(&bytes, ImageFormat::Png),
        Some("image/jpeg") => still(&bytes, ImageFormat::Jpeg),
        Some("image/webp") => still(&bytes, ImageFormat::WebP),
        Some("image/gif") => animation(&bytes),
        Some("application/pdf") => Ok(Content { bytes, kind: FileKind::Pdf, dimensions: None }),
        None if is_text(&bytes) => Ok(Content { bytes, kind: FileKind::Text, dimensions: None }),
        _ => Err(Unfit::Type),
    }?;
    if content.bytes.len() as u64 > limits::FILE_BYTES { Err(Unfit::TooLarge) } else { Ok(content) }
}

fn is_text(bytes: &[u8]) -> bool {
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(odd))
}

fn unfit(error: ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::TooLarge,
        _ => Unfit::Broken,
    }
}

fn bounds() -> Limits {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE), Some(SIDE), Some(MEMORY));
    limits
}

fn check_pixels((width, height): (u32, u32)) -> Result<u64, Unfit> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS { Err(Unfit::TooLarge) } else { Ok(pixels) }
}

fn still(bytes: &[u8], format: ImageFormat) -> Result<Content, Unfit> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(bounds());
    let mut decoder = reader.into_decoder().map_err(unfit)?;
    check_pixels(decoder.dimensions())?;
    let turned = decoder.orientation().map_err(unfit)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unfit)?;
    image.apply_orientation(turned);
    let dimensions = Some((image.width(), image.height()));
    let mut out = Cursor::new(Vec::new());
    let kind = match format {
        ImageFormat::Png => {
            image.write_to(&mut out, ImageFormat::Png).map_err(unfit)?;
            FileKind::Png
        }
        // There is no lossy encoder for WebP here, and a photograph without loss would be many times larger.
        ImageFormat::WebP if image.color().has_alpha() => {
            DynamicImage::from(image.to_rgba8()).write_to(&mut out, ImageFormat::WebP).map_err(unfit)?;
            FileKind::Webp
        }
        _ => {
            let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            DynamicImage::from(image.to_rgb8()).write_with_encoder(encoder).map_err(unfit)?;
            FileKind::Jpeg
        }
    };
    Ok(Content { bytes: out.into_inner(), kind, dimensions })
}

fn animation(bytes: &[u8]) -> Result<Content, Unfit> {
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(unfit)?;
    decoder.set_limits(bounds()).map_err(unfit)?;
    let dimensions = decoder.dimensions();
    let each = check_pixels(dimensions)?.max(1);
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 10);
    encoder.set_repeat(Repeat::Infinite).map_err(unfit)?;
    let mut left = PIXELS / each;
    for frame in decoder.into_frames() {
        left = left.checked_sub(1).ok_or(Unfit::TooLarge)?;
        encoder.encode_frame(frame.map_err(unfit)?).map_err(unfit)?;
    }
    drop(encoder);
    Ok(Content { bytes: out, kind: FileKind::Gif, dimensions: Some(dimensions) })
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, Rgba, RgbaImage};

    use super::*;

    fn picture() -> DynamicImage {
        DynamicImage::from(RgbaImage::from_fn(8, 4, |x, y| Rgba([x as u8 * 30, y as u8 * 60, 9, 200])))
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let image = if format == ImageFormat::Jpeg { picture().to_rgb8().into() } else { picture() };
        image.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn types_are_found_by_content() {
        let cases = [
            (encoded(ImageFormat::Png), Ok(FileKind::Png)),
            (encoded(ImageFormat::Jpeg), Ok(FileKind::Jpeg)),
            (encoded(ImageFormat::Gif), Ok(FileKind::Gif)),
            (encoded(ImageFormat::WebP), Ok(FileKind::Webp)),
            (b"%PDF-1.7\nx".to_vec(), Ok(FileKind::Pdf)),
            ("Gr\u{fc}\u{df}e,\r\n\tAda".into(), Ok(FileKind::Text)),
            (Vec::new(), Err(Unfit::Empty)),
            (b"<!DOCTYPE html><script>".to_vec(), Err(Unfit::Type)),
            (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(), Err(Unfit::Type)),
            (b"PK\x03\x04\x14\0\0\0\x08\0".to_vec(), Err(Unfit::Type)),
            (vec![0xff; 100], Err(Unfit::Type)),
            (b"bell \x07".to_vec(), Err(Unfit::Type)),
        ];
        for (bytes, expected) in cases {
            let start = String::from_utf8_lossy(&bytes[..bytes.len().min(12)]).into_owned();
            assert_eq!(prepare(bytes).map(|content| content.kind), expected, "{start}");
        }
    }

    /// Would catch: a photograph that tells where it was taken, or a page hidden behind a picture.
    #[test]
    fn nothing_but_the_picture_remains_and_it_stands_upright() {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new(&mut jpeg);
        // TIFF, little endian, one entry: orientation 6 (turned by a quarter), then a text.
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend(b"52.5200 N 13.4050 E");
        encoder.set_exif_metadata(exif).unwrap();
        encoder.write_image(&picture().to_rgb8(), 8, 4, ExtendedColorType::Rgb8).unwrap();
        jpeg.extend(b"<script>alert(1)</script>");
        let content = prepare(jpeg).unwrap();
        assert_eq!(content.dimensions, Some((4, 8)));
        for hidden in [&b"52.5200"[..], b"<script", b"Exif"] {
            assert!(!content.bytes.windows(hidden.len()).any(|part| part == hidden));
        }
        let mut png = encoded(ImageFormat::Png);
        png.extend(b"<script>");
        assert!(!prepare(png).unwrap().bytes.ends_with(b"<script>"));
    }

    #[test]
    fn broken_and_huge_images_cost_little() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let whole = encoded(format);
            for length in [16, whole.len() / 2] {
                let cut = prepare(whole[..length].to_vec());
                assert!(cut.is_err() || format == ImageFormat::Jpeg, "{format:?} of {length} bytes");
            }
        }
        // A header that promises 60,000 x 60,000 pixels.
        let mut bomb = encoded(ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let checksum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(prepare(bomb).map(|content| content.kind), Err(Unfit::TooLarge));
        let mut gif = encoded(ImageFormat::Gif);
        gif[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert!(prepare(gif).is_err());
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
