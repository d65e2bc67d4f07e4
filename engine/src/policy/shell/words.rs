//! A command line into pipelines, stages and words.

/// One command of a pipeline.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stage {
    /// Its words, unquoted.
    pub(super) words: Vec<String>,
    /// Whether its output goes to a file.
    pub(super) silent: bool,
    /// Whether a file is its input.
    pub(super) fed: bool,
}

/// The pipelines of `command`, each as its stages.
pub(super) fn pipelines(command: &str) -> Vec<Vec<Stage>> {
    let mut reader = Reader::default();
    let mut rest = command.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\'' | '"' => reader.quoted(character, &mut rest),
            '\\' => reader.word.extend(rest.next()),
            ' ' | '\t' | '\r' => reader.end_word(),
            '|' if rest.next_if_eq(&'|').is_some() => reader.end_pipeline(),
            '|' => reader.end_stage(),
            '&' if rest.peek() == Some(&'>') => reader.end_word(),
            '\n' | ';' | '&' | '(' | ')' | '`' => reader.end_pipeline(),
            '>' => reader.output(&mut rest),
            '<' => reader.input(&mut rest),
            _ => reader.word.push(character),
        }
    }
    reader.end_pipeline();
    reader.pipelines
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

#[derive(Default)]
struct Reader {
    pipelines: Vec<Vec<Stage>>,
    stages: Vec<Stage>,
    stage: Stage,
    word: String,
    /// Whether the next word is where a redirection goes to or comes from.
    target: bool,
}

impl Reader {
    /// Inside double quotes a backslash is taken as escaping whatever follows.
    fn quoted(&mut self, quote: char, rest: &mut Rest<'_>) {
        while let Some(character) = rest.next() {
            match character {
                _ if character == quote => return,
                '\\' if quote == '"' => self.word.extend(rest.next()),
                _ => self.word.push(character),
            }
        }
    }

    fn output(&mut self, rest: &mut Rest<'_>) {
        if self.word == "2" {
            self.word.clear();
        } else {
            self.end_word();
            self.stage.silent = true;
        }
        while rest.next_if(|next| matches!(next, '>' | '&' | '|')).is_some() {}
        self.target = true;
    }

    /// `<<` is followed by the text itself, so no file is read.
    fn input(&mut self, rest: &mut Rest<'_>) {
        self.end_word();
        let here = rest.next_if_eq(&'<').is_some();
        while rest.next_if(|next| matches!(next, '<' | '-' | '&')).is_some() {}
        self.stage.fed |= !here;
        self.stage.silent |= here;
        self.target = true;
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        if !std::mem::take(&mut self.target) {
            self.stage.words.push(word);
        }
    }

    fn end_stage(&mut self) {
        self.end_word();
        self.target = false;
        self.stages.push(std::mem::take(&mut self.stage));
    }

    fn end_pipeline(&mut self) {
        self.end_stage();
        self.pipelines.push(std::mem::take(&mut self.stages));
    }
}
