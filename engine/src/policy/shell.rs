//! Whether a shell command shows a file as it is.
//!
//! This reads commands as a person skims them, not as a shell runs them. Where it errs, a result
//! stays longer than it had to, or a file is shown in shorthand that still holds every line.

mod words;

use words::{Stage, pipelines};

/// How deep commands may stand in commands (`bash -c "bash -c …"`).
const DEPTH: usize = 3;

/// Whether the output of `command` holds a file's text.
pub(super) fn shows_file(command: &str) -> bool {
    shows_file_within(command, DEPTH)
}

fn shows_file_within(command: &str, depth: usize) -> bool {
    pipelines(command).iter().any(|stages| pipeline_shows_file(stages, depth))
}

/// The last stage that makes its own output decides; those behind it must let lines through.
fn pipeline_shows_file(stages: &[Stage], depth: usize) -> bool {
    for stage in stages.iter().rev() {
        if stage.silent {
            return false;
        }
        match role(&stage.words, stage.fed, depth) {
            Role::Passes => {}
            role => return role == Role::Shows,
        }
    }
    false
}

/// What a stage of a pipeline prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A file's lines.
    Shows,
    /// Lines of what it is fed.
    Passes,
    /// Something else.
    Other,
}

fn role(words: &[String], fed: bool, depth: usize) -> Role {
    let own = if depth > 0 { without_wrappers(words) } else { &[] };
    let fed = fed || words[..words.len() - own.len()].iter().any(|word| word == "xargs");
    let Some((command, arguments)) = own.split_first() else { return Role::Other };
    match command.rsplit('/').next().unwrap_or_default() {
        "cat" | "bat" | "batcat" | "tac" | "nl" | "less" | "more" | "head" | "tail" | "view"
        | "type" | "gc" | "Get-Content" => viewer(arguments, 0, fed),
        "sed" if arguments.iter().any(|word| is_quiet(word)) => viewer(arguments, 1, fed),
        "awk" | "gawk" | "mawk" if prints_lines(arguments) => viewer(arguments, 1, fed),
        "tee" => Role::Passes,
        // The file windows of agents' own shells.
        "open" | "goto" | "scroll_up" | "scroll_down" | "edit" | "create" | "insert" | "append"
        | "str_replace_editor" => Role::Shows,
        "git" => shown(git_shows_file(arguments)),
        "find" => shown(find_shows_file(arguments, depth)),
        "bash" | "sh" | "zsh" | "dash" => shown(script_shows_file(arguments, depth)),
        _ => Role::Other,
    }
}

fn shown(shows: bool) -> Role {
    if shows { Role::Shows } else { Role::Other }
}

/// `scripts` operands are programs, the others are files. Options' numbers are no files.
fn viewer(arguments: &[String], scripts: usize, fed: bool) -> Role {
    let operand = |word: &&String| !word.starts_with('-') && !is_number(word);
    let mut files = arguments.iter().filter(operand).skip(scripts).peekable();
    if files.peek().is_none() {
        return if fed { Role::Shows } else { Role::Passes };
    }
    shown(!files.all(|file| is_log(file)))
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches('+');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nobody edits these.
fn is_log(file: &str) -> bool {
    file.ends_with(".log") || ["/var/log/", "/proc/", "/dev/"].iter().any(|at| file.starts_with(at))
}

fn is_quiet(word: &str) -> bool {
    matches!(word, "--quiet" | "--silent")
        || word
            .strip_prefix('-')
            .is_some_and(|flags| !flags.starts_with('-') && flags.contains('n'))
}

/// An `awk` program that picks no fields prints whole lines.
fn prints_lines(arguments: &[String]) -> bool {
    let program = arguments.iter().find(|word| !word.starts_with('-'));
    program.is_some_and(|program| {
        !program.contains("END") && program.split('$').skip(1).all(|rest| rest.starts_with('0'))
    })
}

fn git_shows_file(arguments: &[String]) -> bool {
    let mut words = arguments.iter().filter(|word| !word.starts_with('-'));
    match words.next().map(String::as_str) {
        Some("show") => words.any(|word| word.contains(':')),
        Some("cat-file") => true,
        _ => false,
    }
}

fn find_shows_file(arguments: &[String], depth: usize) -> bool {
    let run = arguments.iter().position(|word| matches!(word.as_str(), "-exec" | "-execdir"));
    run.is_some_and(|at| role(&arguments[at + 1..], true, depth - 1) == Role::Shows)
}

/// `bash -lc SCRIPT`. What came as a list of words comes joined, so the script may be many words.
fn script_shows_file(arguments: &[String], depth: usize) -> bool {
    let options = arguments.iter().take_while(|word| word.starts_with('-')).count();
    let (options, script) = arguments.split_at(options);
    options.iter().any(|word| word.ends_with('c'))
        && shows_file_within(&script.join(" "), depth - 1)
}

/// Skips what stands before a command: keywords, assignments, and commands that run commands.
fn without_wrappers(mut words: &[String]) -> &[String] {
    while let Some((first, rest)) = words.split_first() {
        let skip = match first.as_str() {
            "do" | "then" | "else" | "if" | "while" | "until" | "!" | "{" | "time" => 0,
            "sudo" | "env" | "nohup" | "command" | "exec" | "builtin" | "nice" | "stdbuf" => {
                options(rest, &[])
            }
            "xargs" => options(rest, &["-n", "-I", "-P", "-L", "-d", "-s"]),
            "timeout" => options(rest, &["-k", "-s"]) + 1,
            word if is_assignment(word) => 0,
            _ => return words,
        };
        words = rest.get(skip..).unwrap_or_default();
    }
    words
}

/// How many words are options, or the values of those in `valued`.
fn options(words: &[String], valued: &[&str]) -> usize {
    let mut count = 0;
    while let Some(word) = words.get(count).filter(|word| word.starts_with('-')) {
        count += if valued.contains(&word.as_str()) { 2 } else { 1 };
    }
    count
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::shows_file;

    #[test]
    fn files_as_they_are() {
        for command in [
            "cat a.rs",
            "/bin/cat a.rs",
            "cat -n a.rs",
            "cat package.json | head -50",
            "head -20 a.rs",
            "head -n 20 a.rs",
            "tail -n +5 'a b.rs'",
            "sed -n '1,200p' a.rs",
            "nl -ba a.rs",
            "nl -ba a.rs | sed -n '10,20p'",
            "cd x && cat y",
            "cat x; echo done",
            "ls\ncat x",
            "for f in *.py; do echo $f; cat $f; done",
            "git ls-files | xargs -n 1 cat",
            "find . -name '*.rs' -exec cat {} +",
            "bash -lc \"cat x\"",
            "bash -lc sed -n 1,5p x",
            "sudo -n cat /etc/hosts",
            "LC_ALL=C cat x",
            "timeout 5 cat x",
            "cat x 2>/dev/null",
            "cat x 2>&1 | head",
            "cat < x",
            "awk 'NR>=10 && NR<=20' x",
            "awk '{print NR\": \"$0}' x",
            "git show HEAD:src/lib.rs",
            "git show HEAD~2:a | head -5",
            "open a.py\n",
            "goto 100",
            "edit 9:9\n    model = s.model()\nend_of_edit\n",
            "less a",
            "bat -p a",
            "cat a b.log",
        ] {
            assert!(shows_file(command), "{command}");
        }
    }

    #[test]
    fn everything_else() {
        for command in [
            "",
            "ls -la",
            "cargo test",
            "cargo test 2>&1 | tail -50",
            "cat x | jq .",
            "cat x.json | python -m json.tool",
            "cat x | grep y",
            "cat > x <<'EOF'\nhello\nEOF",
            "cat x > y",
            "cat x | tee y > z",
            "echo 'cat x'",
            "echo \"a; cat x\"",
            "git show HEAD~5 -- '*.rs'",
            "git log -p | head -100",
            "cat app.log",
            "tail -f /var/log/syslog",
            "sed -i s/a/b/ x",
            "sed s/a/b/ x",
            "awk '{print $2}' x",
            "rg -n cat src",
            "python cat.py",
            "wc -l $(git ls-files)",
            "find . -name cat",
            "search_file \"x\" a.py",
            "bash script.sh",
            "du -ah . | sort -h | tail -40",
        ] {
            assert!(!shows_file(command), "{command}");
        }
    }

    #[test]
    fn commands_in_commands_end() {
        assert!(shows_file("bash -c \"bash -c 'cat x'\""));
        assert!(!shows_file(&"bash -c ".repeat(10_000)));
        for piece in ["'", "\"", "|", ">", "<", "&", "\\", "$(", "cat ", "find -exec ", "xargs "] {
            let _ = shows_file(&piece.repeat(1_000));
        }
    }
}
