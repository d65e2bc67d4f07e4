//! JSON with its keys once and its values in rows.
//!
//! A list of like objects becomes a head, which names the columns, and a row for each object.
//! What stands in a cell is the value itself, without quotes where none are needed:
//!
//! ```text
//! [#name,version,license?,yanked==false
//! bytes,1.12.1,MIT
//! memchr,2.8.3,
//! ]
//! ```
//!
//! The words of the notation are documented in `docs/notation.md`. The way there is three steps:
//! [`shape`] finds what repeats, [`write`] prints it, [`read`] prints JSON again.

mod read;
mod shape;
mod syntax;
mod write;

use crate::{Limits, Reason, json};
use bumpalo::Bump;
use std::ops::Range;

/// The rows under one head. With its head a page spans at most 100 lines, so nothing in it refers
/// further up.
const PAGE: usize = 99;

/// Writes `text`, one JSON document or several, as a table. The first line of the result is the
/// spacing's name. `verbatim` are ranges that must leave as they stand.
///
/// # Errors
///
/// The reason why `text` has no such form.
pub(crate) fn encode(
    text: &[u8],
    verbatim: &[Range<usize>],
    limits: &Limits,
    arena: &Bump,
) -> Result<Encoded, Reason> {
    let document = json::parse(text, verbatim, limits, arena)?;
    let body = write::document(&document, arena);
    Ok(Encoded { spacing: document.spacing.to_string(), body })
}

/// What `encode` gives.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// The spacing's description, one word or more.
    pub(crate) spacing: String,
    /// The lines, without a newline at the end.
    pub(crate) body: Vec<u8>,
}

/// The text that `encode` was given. `None` where `spacing` or `body` is not what `encode` writes,
/// or where the text would be longer than `longest` bytes.
pub(crate) fn decode(spacing: &str, body: &[u8], longest: usize, depth: usize) -> Option<Vec<u8>> {
    let spacing: json::Spacing = spacing.parse().ok()?;
    let compact = read::document(body, longest, depth)?;
    let mut text = Vec::with_capacity(compact.len());
    spacing.restore(&compact, depth, longest, &mut text)?;
    Some(text)
}

#[cfg(test)]
mod scratch {
    use super::*;
    #[test]
    fn corpus() {
        let root = std::env::var("BREVITY_CORPUS").unwrap();
        std::fs::create_dir_all("/tmp/out").unwrap();
        for dir in ["json", "tools", "tool-json", "json-test-suite"] {
            for file in std::fs::read_dir(format!("{root}/{dir}")).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_string();
                let text = std::fs::read(&path).unwrap();
                let arena = Bump::new();
                let trimmed = text.strip_suffix(b"\n").unwrap_or(&text);
                let mut limits = Limits::default();
                limits.document_nodes *= 4;
                let t = std::time::Instant::now();
                match encode(trimmed, &[], &limits, &arena) {
                    Err(reason) => {
                        if dir != "json-test-suite" || name.starts_with("y_") {
                            println!("{dir}/{name}: {reason:?}")
                        }
                    }
                    Ok(encoded) => {
                        let e = t.elapsed();
                        let t = std::time::Instant::now();
                        let back = decode(&encoded.spacing, &encoded.body, 8 << 20, 128);
                        let d = t.elapsed();
                        let ok = back.as_deref() == Some(trimmed);
                        if dir != "json-test-suite" {
                            let mb = text.len() as f64 / 1e6;
                            if !ok || text.len() > 20000 {
                                println!(
                                    "{dir}/{name}: {ok} enc {:.0} dec {:.0} MB/s {}",
                                    mb / e.as_secs_f64(),
                                    mb / d.as_secs_f64(),
                                    &encoded.spacing.chars().take(60).collect::<String>()
                                );
                            }
                            let head = format!(
                                "[brevity 1 table {} lines, {}: JSON rows under # keys; empty = as above]\n",
                                1 + encoded.body.iter().filter(|b| **b == b'\n').count(),
                                encoded.spacing
                            );
                            std::fs::write(
                                format!("/tmp/out/{dir}-{name}"),
                                [head.as_bytes(), &encoded.body].concat(),
                            )
                            .unwrap();
                        } else if !ok {
                            println!(
                                "{dir}/{name}: BAD {}",
                                String::from_utf8_lossy(&encoded.body)
                            );
                        }
                    }
                }
            }
        }
    }
}
