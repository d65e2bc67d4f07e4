//! Logs: what services, builds and kernels write.

use super::{rng::Rng, value::Json, words};

/// Who wrote the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// `Mar  3 08:00:01 host unit[pid]: message`.
    Syslog,
    /// `2026-03-03 08:00:01,123 INFO [thread] class: message`, with traces.
    Log4j,
    /// An object on each line.
    JsonLines,
    /// A web server's access log in the combined format.
    Access,
    /// ISO times, levels and `key=value` pairs, coloured by escape sequences.
    Structured,
    /// A progress bar that overwrites itself by carriage returns.
    Progress,
}

impl Log {
    /// One of each.
    pub const ALL: [Self; 6] = [
        Self::Syslog,
        Self::Log4j,
        Self::JsonLines,
        Self::Access,
        Self::Structured,
        Self::Progress,
    ];
}

/// A log of `lines` lines; a trace adds some more. Each line ends in `\n`.
///
/// ```
/// use brevity_tests::generate::logs::{Log, log};
/// assert_eq!(log(1, Log::Syslog, 20).lines().count(), 20);
/// ```
pub fn log(seed: u64, kind: Log, lines: usize) -> String {
    let mut rng = Rng::new(seed);
    let templates = templates(&mut rng);
    let mut out = String::new();
    let mut second = 0;
    for at in 0..lines {
        second += rng.below(3);
        let template = rng.below(templates.len());
        let message = fill(&templates[template], &mut rng);
        match kind {
            Log::Syslog => syslog(&mut out, &mut rng, second, &message),
            Log::Log4j => log4j(&mut out, &mut rng, second, &message),
            Log::JsonLines => json_line(&mut out, &mut rng, second, &message),
            Log::Access => access(&mut out, &mut rng, second),
            Log::Structured => structured(&mut out, &mut rng, second, &message),
            Log::Progress => progress(&mut out, at, lines),
        }
        out.push('\n');
    }
    out
}

/// Messages of one program: the same few, with other values each time. `#` stands for a number,
/// `@` for an id, `$` for a path.
fn templates(rng: &mut Rng) -> Vec<String> {
    const ENDS: [&str; 6] = [
        "in # ms",
        "(@)",
        "at $:#",
        "after # of # bytes",
        "for user_#, attempt #",
        "from 10.0.#.#:#",
    ];
    let one = |rng: &mut Rng| {
        format!("{} {}", words::sentence(rng, 5).trim_end_matches('.'), rng.pick(&ENDS))
    };
    (0..12).map(|_| one(rng)).collect()
}

fn fill(template: &str, rng: &mut Rng) -> String {
    let mut message = String::new();
    for character in template.chars() {
        match character {
            '#' => message.push_str(&rng.below(250).to_string()),
            '@' => message.push_str(&words::uuid(rng)),
            '$' => message.push_str(&words::path(rng)),
            other => message.push(other),
        }
    }
    message
}

fn level(rng: &mut Rng) -> &'static str {
    rng.pick(&["INFO", "INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"])
}

fn syslog(out: &mut String, rng: &mut Rng, second: usize, message: &str) {
    let unit = rng.pick(&["sshd", "kernel", "systemd", "cron"]);
    let time = words::clock(second);
    out.push_str(&format!(
        "Mar  3 {time} node-{} {unit}[{}]: {message}",
        second % 4,
        400 + second % 7
    ));
}

fn log4j(out: &mut String, rng: &mut Rng, second: usize, message: &str) {
    let level = level(rng);
    let class = words::capital(words::noun(rng));
    let time = words::clock(second);
    let (milli, thread) = (rng.below(1000), rng.below(8));
    out.push_str(&format!(
        "2026-03-03 {time},{milli:03} {level:<5} [worker-{thread}] org.example.{class}: {message}"
    ));
    if level == "ERROR" {
        out.push_str(&format!("\njava.lang.IllegalStateException: {message}"));
        for depth in 0..6 {
            let (class, method) = (words::capital(words::noun(rng)), words::verb(rng));
            let line = 20 + depth * 7;
            out.push_str(&format!("\n\tat org.example.{class}.{method}({class}.java:{line})"));
        }
    }
}

fn json_line(out: &mut String, rng: &mut Rng, second: usize, message: &str) {
    let line = Json::object([
        ("ts", Json::text(format!("2026-03-03T{}.{:03}Z", words::clock(second), rng.below(1000)))),
        ("level", Json::text(level(rng).to_lowercase())),
        ("logger", Json::text(words::noun(rng))),
        ("msg", Json::text(message)),
        ("trace_id", Json::text(words::hex(rng, 32))),
    ]);
    out.push_str(&line.minified());
}

fn access(out: &mut String, rng: &mut Rng, second: usize) {
    let (time, path) = (words::clock(second), words::path(rng));
    let (a, b, size) = (rng.below(256), rng.below(256), rng.below(90_000));
    let status = rng.pick(&["200", "200", "200", "304", "404", "500"]);
    out.push_str(&format!(
        "192.0.{a}.{b} - - [03/Mar/2026:{time} +0000] \"GET /{path} HTTP/1.1\" {status} {size} \"-\" \
         \"Mozilla/5.0 (X11; Linux x86_64)\""
    ));
}

fn structured(out: &mut String, rng: &mut Rng, second: usize, message: &str) {
    let (time, level) = (words::clock(second), level(rng));
    let (noun, id) = (words::noun(rng), words::hex(rng, 8));
    out.push_str(&format!(
        "\u{1b}[2m2026-03-03T{time}.{:06}Z\u{1b}[0m \u{1b}[32m{level:>5}\u{1b}[0m {message} {noun}_id={id}",
        rng.below(1_000_000)
    ));
}

fn progress(out: &mut String, at: usize, lines: usize) {
    for step in 0..=10 {
        let bar = "#".repeat(step) + &".".repeat(10 - step);
        out.push_str(&format!("\rfile {}/{lines} [{bar}] {}%", at + 1, step * 10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_every_kind() {
        for kind in Log::ALL {
            let text = log(9, kind, 300);
            assert_eq!(text, log(9, kind, 300));
            assert!(kind == Log::Progress || text != log(10, kind, 300), "{kind:?}");
            assert!(text.lines().count() >= 300);
        }
    }

    #[test]
    fn lines_repeat_but_for_their_values() {
        let text = log(3, Log::Syslog, 200);
        let bare = |line: &str| line[30..].replace(|c: char| c.is_ascii_digit(), "");
        let kinds: std::collections::BTreeSet<_> = text.lines().map(bare).collect();
        assert!(kinds.len() < 180, "{}", kinds.len());
    }

    #[test]
    fn json_lines_parse() {
        for line in log(4, Log::JsonLines, 50).lines() {
            serde_json::from_str::<serde_json::Value>(line).expect(line);
        }
    }

    #[test]
    fn traces_and_overdraw_are_there() {
        assert!(log(5, Log::Log4j, 100).contains("\n\tat org.example."));
        assert!(log(5, Log::Progress, 2).contains("\rfile 2/2 [##########] 100%"));
    }
}
