//! One module per lossless codec. A codec gets one whole part, borrows everything from it, and
//! writes the shorter form. `encode` and `decode` undo each other.

pub(crate) mod table;
