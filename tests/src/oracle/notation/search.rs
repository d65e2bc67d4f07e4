//! The codec `search`: paths in headings.

use super::number;

/// What the lines of a part stand for.
pub(super) fn decode(lines: &[&str]) -> Option<String> {
    let (mut path, mut out) = (None, Vec::new());
    for line in lines {
        if let Some(rest) = line.strip_prefix('\\') {
            out.push(rest.to_owned());
        } else if let Some(heading) = line.strip_prefix("# ") {
            path = Some(heading);
        } else {
            out.extend(below(path, line));
        }
    }
    Some(out.join("\n"))
}

/// The lines that a line below a heading stands for.
fn below(path: Option<&str>, line: &str) -> Vec<String> {
    let Some(path) = path else { return vec![line.to_owned()] };
    let inner = line.strip_prefix('(').is_some_and(|rest| number(rest).is_some());
    if line.starts_with(':') || inner {
        return vec![format!("{path}{line}")];
    }
    let (mut numbers, mut rest) = (Vec::new(), line);
    while let Some((digits, behind)) = number(rest).filter(|(digits, _)| digits.len() <= 9) {
        numbers.push(digits);
        rest = behind;
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    match (numbers.len(), rest.bytes().next()) {
        (1, Some(sign @ (b':' | b'-')))
            if line.starts_with(&format!("{}{}", numbers[0], sign as char)) =>
        {
            vec![format!("{path}{}{line}", sign as char)]
        }
        (2..=64, Some(b':')) => numbers.iter().map(|n| format!("{path}:{n}{rest}")).collect(),
        _ => vec![line.to_owned()],
    }
}
