//! What the command's words say of its output.

use brevity::{Tool, ToolRules, Treatment};
use std::ffi::OsString;

/// What an agent's shell tool that runs these words may have done with its result.
pub(super) fn treatment(words: &[OsString]) -> Treatment {
    ToolRules::default().treatment(&Tool::named("exec").running(line(words)))
}

/// The words as a shell would be given them. Quoted, so that no word is taken for several.
fn line(words: &[OsString]) -> String {
    let quoted = |word: &OsString| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"));
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_a_file_is_known() {
        let of = |words: &[&str]| treatment(&words.iter().map(OsString::from).collect::<Vec<_>>());
        for words in [
            &["cat", "a.rs"][..],
            &["/bin/cat", "it's; here.rs"],
            &["bash", "-c", "cd src && cat it\\'s.rs"],
            &["sh", "-lc", "sed -n '1,20p' a.rs"],
        ] {
            assert_eq!(of(words), Treatment::FileRead, "{words:?}");
        }
        for words in [
            &["cargo", "test"][..],
            &["echo", "; cat a.rs"],
            &["cat", "build.log"],
            &["bash", "-c", "cat a.json | jq ."],
        ] {
            assert_eq!(of(words), Treatment::Rewrite, "{words:?}");
        }
    }
}
