//! Event streams, held whole.

/// The events of `stream`: name, data and id, each byte as the character of its number.
pub fn events(stream: &[u8]) -> Vec<[String; 3]> {
    let text = latin1(stream).replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<_> =
        text.strip_prefix("\u{ef}\u{bb}\u{bf}").unwrap_or(&text).split('\n').collect();
    lines.pop(); // It has no end.
    let (mut events, mut name, mut data, mut id) = (vec![], "", String::new(), "");
    for line in lines {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value,
            "data" => data += &format!("{value}\n"),
            "id" if !value.contains('\0') => id = value,
            "" if line.is_empty() => {
                if let Some(data) = data.strip_suffix('\n') {
                    let name = if name.is_empty() { "message" } else { name };
                    events.push([name, data, id].map(str::to_owned));
                }
                (name, data) = ("", String::new());
            }
            _ => {}
        }
    }
    events
}

/// Each byte as the character of its number.
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
