//! End-to-end tests: the real programs, real HTTP, real processes and signals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a failed expectation is a failed test"
)]

// The service under test, and what looks at it.
mod postlude;
mod raw;
mod service;

// Pictures to send and readers for what comes back.
mod gif_reader;
mod heavy;
mod made;
mod manifest;
mod picture;
mod png_reader;

// What clients are promised.
mod contract;
mod fetching;
mod settings;
mod uploads;

// What comes out.
mod corpus;
mod gifs;
mod operations;
mod orientation;
mod pictures;
mod pillow;
mod shapes;

// What happens when something goes wrong.
mod cage;
mod cage_layers;
mod chaos;
mod containment;
mod deadlines;
mod healing;
mod hostile;
mod isolation;
mod poison;
mod shedding;
mod stopping;
mod upkeep;
