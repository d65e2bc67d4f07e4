//! The guard by what it says of whole conversations.

mod bounds;
mod reading;
mod talk;
mod turns;
