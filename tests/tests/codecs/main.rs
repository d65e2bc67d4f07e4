//! Each codec for text, forced on whatever there is: everything comes back, and lines lean on few
//! others, near by.

mod corpus;
mod fragments;
mod generated;
mod git;
