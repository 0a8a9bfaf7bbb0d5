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
mod key_file;
mod origin;
mod postlude;
mod programs;
mod raw;
mod service;
mod side_by_side;
mod systemd;
mod token_file;

// Pictures to send and readers for what comes back.
mod apng_reader;
mod examples;
mod frames;
mod gif_reader;
mod heavy;
mod load;
mod made;
mod manifest;
mod picture;
mod pillow_reader;
mod png_reader;

// What clients are promised.
mod browser;
mod browsers;
mod buckets;
mod caching;
mod catalogue;
mod clients;
mod collapsing;
mod compression;
mod contract;
mod disk_cache;
mod fetching;
mod forbidden;
mod heads;
mod http2;
mod imgproxy;
mod openapi;
mod playground;
mod quotas;
mod roots;
mod scenarios;
mod settings;
mod signing;
mod snippets;
mod source_cache;
mod status_page;
mod tokens;
mod traces;
mod uploads;

// What comes out.
mod corpus;
mod formats;
mod forms;
mod generated;
mod gifs;
mod operations;
mod orientation;
mod output_options;
mod outputs;
mod overlays;
mod parts;
mod pictures;
mod pillow;
mod properties;
mod shapes;

// What happens when something goes wrong.
mod bombs;
mod breadcrumbs;
mod budgets;
mod bundles;
mod cage;
mod cage_layers;
mod census;
mod cgroups;
mod chaos;
mod clocks;
mod containment;
mod crashes;
mod deadlines;
mod descriptors;
mod fairness;
mod first_process;
mod growth;
mod healing;
mod hostile;
mod isolation;
mod poison;
mod queueing;
mod reloading;
mod shedding;
mod slow_clients;
mod slow_log;
mod starved;
mod stopping;
mod told;
mod unread;
mod upgrading;
mod upkeep;
