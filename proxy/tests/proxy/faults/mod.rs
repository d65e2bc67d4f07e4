//! What goes wrong, on raw sockets: what the client saw, what the upstream saw, and that nothing is
//! left behind.

mod bodies;
mod bounds;
mod cuts;
mod floods;
mod frames;
mod leaving;
mod memory;
mod panics;
mod shapes;
mod slow;
mod smuggled;
mod stop;
mod upstreams;
mod windows;
mod wire;
