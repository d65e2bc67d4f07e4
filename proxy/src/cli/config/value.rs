//! Texts of values: sizes, times, switches, numbers.

use super::fault::Why;
use std::{ops::RangeInclusive, time::Duration};

/// The sizes that bounds may have.
const SIZES: RangeInclusive<usize> = 1..=1 << 30;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Units with their bytes, the largest first.
const BYTES: [(&str, usize); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
/// Units with their milliseconds, the largest first.
const TIMES: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A number of bytes, like `32MiB`; without a unit, bytes.
pub(super) fn size(text: &str) -> Result<usize, Why> {
    let (digits, unit) = cut(text);
    let factor = match unit {
        "" => Some(1),
        unit => BYTES.iter().find(|(name, _)| *name == unit).map(|(_, bytes)| *bytes),
    };
    let size = digits.parse().ok().zip(factor).and_then(|(n, by): (usize, _)| n.checked_mul(by));
    size.filter(|size| SIZES.contains(size)).ok_or_else(|| {
        format!("`{text}` is no size from 1B to 1GiB; write one like 512KiB or 32MiB").into()
    })
}

pub(super) fn show_size(size: usize) -> String {
    let (unit, bytes) =
        BYTES.iter().find(|(_, bytes)| size.is_multiple_of(*bytes)).unwrap_or(&("B", 1));
    format!("{}{unit}", size / bytes)
}

/// A time, like `500ms`, `10s`, `15m` or `1h`.
pub(super) fn time(text: &str) -> Result<Duration, Why> {
    let (digits, unit) = cut(text);
    let factor = TIMES.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
    let millis = digits.parse().ok().zip(factor).and_then(|(n, by): (u64, _)| n.checked_mul(by));
    let time = millis.filter(|millis| *millis > 0).map(Duration::from_millis);
    time.filter(|time| *time <= LONGEST).ok_or_else(|| {
        format!("`{text}` is no time from 1ms to 24h; write one like 500ms, 10s or 15m").into()
    })
}

pub(super) fn show_time(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let unit = TIMES.iter().find(|(_, unit)| millis.is_multiple_of(*unit)).unwrap_or(&("ms", 1));
    format!("{}{}", millis / unit.1, unit.0)
}

/// Digits, and the unit behind them.
fn cut(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// `true` or `false`; `1` or `0` too, as environments have it.
pub(super) fn switch(text: &str) -> Result<bool, Why> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false").into()),
    }
}

/// How many of something.
pub(super) fn count(text: &str) -> Result<usize, Why> {
    let count = text.parse().ok().filter(|count| SIZES.contains(count));
    let most = SIZES.end();
    count.ok_or_else(|| format!("`{text}` is no whole number from 1 to {most}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, bytes, shown) in [
            ("32MiB", 32 << 20, "32MiB"),
            ("1 GiB", 1 << 30, "1GiB"),
            ("4096", 4096, "4KiB"),
            ("4097", 4097, "4097B"),
            ("1B", 1, "1B"),
        ] {
            assert_eq!(size(text).unwrap(), bytes);
            assert_eq!(show_size(bytes), shown);
            assert_eq!(size(shown).unwrap(), bytes);
        }
        for text in ["", "MiB", "0", "2GiB", "1.5MiB", "-1", "1MB", "99999999999999999999", "1é"] {
            assert!(size(text).unwrap_err().to_string().contains("is no size"), "{text}");
        }
    }

    #[test]
    fn times_are_read_and_shown() {
        for (text, millis, shown) in [
            ("500ms", 500, "500ms"),
            ("60s", 60_000, "1m"),
            ("90 s", 90_000, "90s"),
            ("15m", 900_000, "15m"),
            ("24h", 86_400_000, "24h"),
        ] {
            assert_eq!(time(text).unwrap(), Duration::from_millis(millis));
            assert_eq!(show_time(Duration::from_millis(millis)), shown);
        }
        for text in ["", "10", "0s", "25h", "1d", "s", "18446744073709551615h", "1.5s"] {
            assert!(time(text).unwrap_err().to_string().contains("is no time"), "{text}");
        }
    }
}
