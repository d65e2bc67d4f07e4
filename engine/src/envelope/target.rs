//! What becomes of eligible texts: they are shortened, or, on the way back, references in them are
//! followed.

use super::{calls::Source, recall::Back};
use crate::{
    Block, Place, Settings,
    repeat::{History, Noun, Recall},
    step::Steps,
};
use bytes::Bytes;
use std::{fmt::Debug, sync::Arc};

/// Takes the insides of eligible strings.
pub(super) trait Target: Debug {
    /// One of them, while it comes.
    type Text: Debug;

    /// Begins the next text, which `source` made. `Err`: a bound forbids to look into it.
    fn begin(&mut self, source: Option<&Source>, place: Place) -> Result<Self::Text, Place>;

    /// Takes the next bytes of a text.
    fn write(&mut self, text: &mut Self::Text, bytes: Bytes, steps: &mut Steps);

    /// Ends a text.
    fn finish(&mut self, text: Self::Text, steps: &mut Steps);

    /// Ends a text that breaks off.
    fn abandon(text: Self::Text, steps: &mut Steps);

    /// What came before may not be in the prompt.
    fn forget(&mut self);

    /// A tool result may have come that was not read: nothing is referred to any more.
    fn lose_count(&mut self);
}

/// Shortens texts.
#[derive(Debug)]
pub(super) struct Shorten {
    settings: Arc<Settings>,
    /// The lines that came before, where they may be referred to.
    history: Option<History>,
}

impl Shorten {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, history: None }
    }

    /// Lets texts from here on refer to what came before.
    pub(super) fn remember(&mut self, noun: Noun) {
        self.history = Some(History::new(noun));
    }
}

impl Target for Shorten {
    type Text = Block;

    fn begin(&mut self, source: Option<&Source>, place: Place) -> Result<Block, Place> {
        let Some(source) = source else {
            self.lose_count();
            return Err(place);
        };
        let settings = Arc::clone(&self.settings);
        Ok(Block::of_request(settings, source.treatment, place, self.history.as_mut()))
    }

    fn write(&mut self, block: &mut Block, bytes: Bytes, steps: &mut Steps) {
        block.write_after(self.history.as_mut(), bytes, steps);
    }

    fn finish(&mut self, block: Block, steps: &mut Steps) {
        block.finish_after(self.history.as_mut(), steps);
    }

    fn abandon(block: Block, steps: &mut Steps) {
        block.abandon(steps);
    }

    fn forget(&mut self) {
        if let Some(history) = &mut self.history {
            history.forget();
        }
    }

    fn lose_count(&mut self) {
        self.history = None;
    }
}

impl Target for Recall {
    type Text = Back;

    fn begin(&mut self, _: Option<&Source>, _: Place) -> Result<Back, Place> {
        self.next_result();
        Ok(Back::default())
    }

    fn write(&mut self, back: &mut Back, bytes: Bytes, steps: &mut Steps) {
        back.write(bytes, self, steps);
    }

    fn finish(&mut self, back: Back, steps: &mut Steps) {
        back.finish(self, steps);
    }

    fn abandon(back: Back, steps: &mut Steps) {
        back.abandon(steps);
    }

    fn forget(&mut self) {
        self.forget_lines();
    }

    fn lose_count(&mut self) {
        self.close();
    }
}
