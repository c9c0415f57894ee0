//! What people see of a picture is never what somebody sent: it is read with bounds, cut square and drawn anew.

use std::io::Cursor;

use domain::limits::PICTURE_BYTES_MAX;
use domain::verbs::NewPicture;
use domain::{Code, Refusal};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbaImage};

const SIDE: u32 = 256;
/// Of what is sent; asked before a single pixel is read.
const SIDE_MAX: u32 = 4_096;
const PIXELS_BYTES_MAX: u64 = 80 * 1024 * 1024;
/// Above it a photograph is kept as one.
const LOSSLESS_BYTES_MAX: usize = 32 * 1024;
const QUALITY: u8 = 88;

fn invalid(words: &'static str) -> Refusal {
    Refusal::invalid("picture", words)
}

/// 256 pixels square, in a format every browser knows, named by its own digest.
pub fn portrait(bytes: &[u8]) -> Result<NewPicture, Refusal> {
    if bytes.len() > PICTURE_BYTES_MAX {
        let message =
            format!("a picture has at most {PICTURE_BYTES_MAX} bytes, this one has {}", bytes.len());
        return Err(Refusal { about: Some("picture"), ..Refusal::new(Code::TooLarge, message) });
    }
    let drawn = drawn(bytes, format(bytes)?)?;
    let (media, bytes) = smallest(&drawn)?;
    Ok(NewPicture { digest: *blake3::hash(&bytes).as_bytes(), media: media.to_owned(), bytes })
}

/// By what it is, whatever it is called.
fn format(bytes: &[u8]) -> Result<ImageFormat, Refusal> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(ImageFormat::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(ImageFormat::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(ImageFormat::WebP),
        _ => Err(invalid("a picture is a PNG, a JPEG or a WebP")),
    }
}

fn drawn(bytes: &[u8], format: ImageFormat) -> Result<RgbaImage, Refusal> {
    let moves = match format {
        ImageFormat::Png => PngDecoder::with_limits(Cursor::new(bytes), bounds())
            .and_then(|picture| picture.is_apng())
            .map_err(unreadable)?,
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?.has_animation(),
        _ => false,
    };
    if moves {
        return Err(invalid("a picture stands still; this one is animated"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(bounds());
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if width == 0
        || height == 0
        || width > SIDE_MAX
        || height > SIDE_MAX
        || decoder.total_bytes() > PIXELS_BYTES_MAX
    {
        return Err(too_large());
    }
    let turned = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if let Some(turned) = turned {
        picture.apply_orientation(turned);
    }
    Ok(squared(&picture))
}

fn unreadable(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => too_large(),
        _ => invalid("the picture cannot be read; it may be cut off"),
    }
}

fn too_large() -> Refusal {
    invalid("a picture has at most 4096 pixels a side")
}

fn bounds() -> Limits {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(PIXELS_BYTES_MAX);
    limits
}

/// The middle of it.
fn squared(picture: &DynamicImage) -> RgbaImage {
    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side);
    // A large one is halved roughly first: a fine filter over all of its pixels takes a second.
    let square = if side > 4 * SIDE { square.thumbnail_exact(2 * SIDE, 2 * SIDE) } else { square };
    square.resize_exact(SIDE, SIDE, FilterType::CatmullRom).into_rgba8()
}

fn smallest(picture: &RgbaImage) -> Result<(&'static str, Vec<u8>), Refusal> {
    let failed = |_| invalid("the picture cannot be drawn");
    let mut webp = Vec::new();
    picture.write_with_encoder(WebPEncoder::new_lossless(&mut webp)).map_err(failed)?;
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, PngFilter::Adaptive);
    picture.write_with_encoder(encoder).map_err(failed)?;
    let (media, bytes) = if webp.len() < png.len() { ("image/webp", webp) } else { ("image/png", png) };
    let opaque = picture.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    if bytes.len() <= LOSSLESS_BYTES_MAX || !opaque {
        return Ok((media, bytes));
    }
    let mut jpeg = Vec::new();
    let flat = DynamicImage::ImageRgba8(picture.clone()).into_rgb8();
    flat.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, QUALITY)).map_err(failed)?;
    Ok(if jpeg.len() < bytes.len() { ("image/jpeg", jpeg) } else { (media, bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        let pixel = |x: u32, y: u32| image::Rgba([(x * 7) as u8, (y * 3) as u8, (x ^ y) as u8, 255]);
        DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, pixel))
    }

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = if format == ImageFormat::Jpeg {
            DynamicImage::ImageRgb8(picture.to_rgb8())
        } else {
            picture.clone()
        };
        picture.write_to(&mut Cursor::new(&mut bytes), format).expect("encoded");
        bytes
    }

    const FORMATS: [ImageFormat; 3] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];

    #[test]
    fn whatever_is_sent_is_drawn_anew_and_square() {
        for format in FORMATS {
            for (width, height) in [(1, 1), (3, 900), (256, 256), (300, 200)] {
                let made = portrait(&encoded(&picture(width, height), format)).expect("a picture");
                assert!(made.bytes.len() <= PICTURE_BYTES_MAX);
                let read = image::load_from_memory(&made.bytes).expect("it reads back");
                assert_eq!((read.width(), read.height()), (SIDE, SIDE), "{format:?} {width} {height}");
                assert_eq!(blake3::hash(&made.bytes).as_bytes(), &made.digest);
            }
        }
    }

    #[test]
    fn what_is_cut_off_anywhere_is_refused_or_drawn_and_nothing_breaks() {
        let draws = |bytes: &[u8], format| match super::format(bytes).and_then(|known| drawn(bytes, known)) {
            Ok(_) => {}
            Err(refusal) => assert_eq!(refusal.code, Code::Invalid, "{format:?}"),
        };
        for format in FORMATS {
            let whole = encoded(&picture(8, 6), format);
            for end in (0..whole.len()).step_by(5) {
                draws(&whole[..end], format);
            }
            let mut broken = whole.clone();
            for at in (0..whole.len()).step_by(3) {
                broken[at] ^= 0x55;
                let drawn = std::panic::catch_unwind(|| draws(&broken, format));
                assert!(drawn.is_ok(), "{format:?}: byte {at} broke it");
                broken[at] = whole[at];
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_refused_by_what_it_is() {
        let words = |bytes: &[u8]| portrait(bytes).unwrap_err().message.into_owned();
        let kinds = "a picture is a PNG, a JPEG or a WebP";
        for wrong in
            [&b""[..], b"GIF89a\x01\0\x01\0", b"<svg xmlns='x'/>", b"<html>", b"\0\0\0\x0cjP  ", b"BM"]
        {
            assert_eq!(words(wrong), kinds);
        }
        assert_eq!(portrait(&vec![0; PICTURE_BYTES_MAX + 1]).unwrap_err().code, Code::TooLarge);
    }

    /// A few bytes that unfold to more than the machine has.
    #[test]
    fn a_bomb_is_refused_by_its_measures_before_it_unfolds() {
        let mut bomb = encoded(&picture(1, 1), ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(portrait(&bomb).unwrap_err().message, "a picture has at most 4096 pixels a side");
        let wide = encoded(&DynamicImage::new_luma8(SIDE_MAX + 1, 1), ImageFormat::Png);
        assert_eq!(portrait(&wide).unwrap_err().message, "a picture has at most 4096 pixels a side");
        assert!(portrait(&encoded(&DynamicImage::new_luma8(SIDE_MAX, 1), ImageFormat::Png)).is_ok());
    }

    #[test]
    fn what_moves_is_refused() {
        let still = encoded(&picture(2, 2), ImageFormat::Png);
        let mut control = b"acTL\0\0\0\x02\0\0\0\0".to_vec();
        let crc = crc32(&control);
        control.extend(crc.to_be_bytes());
        let mut moving = still[..33].to_vec();
        moving.extend(8u32.to_be_bytes());
        moving.extend(control);
        moving.extend(&still[33..]);
        assert_eq!(portrait(&moving).unwrap_err().message, "a picture stands still; this one is animated");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
    }
}
