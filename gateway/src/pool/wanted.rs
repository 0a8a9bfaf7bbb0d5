//! What the settings mean for the farm.

use std::sync::Arc;

use protocol::{Cage, Start};

use super::FarmError;
use super::bundle::Folder;
use super::event::Dimensions;
use crate::settings::{Sandbox, Settings};

/// Where crashes are kept, if they are.
///
/// # Errors
/// When the folder cannot be had.
pub(super) fn bundles(settings: &Settings) -> Result<Option<Arc<Folder>>, FarmError> {
    let Some(path) = &settings.crash_bundles else {
        return Ok(None);
    };
    let bytes_max = settings.crash_bundles_bytes_max;
    let folder = Folder::open(path, bytes_max, settings.crash_bundle_sources);
    let folder = folder.map_err(|source| FarmError::Bundles(path.clone(), source))?;
    Ok(Some(Arc::new(folder)))
}

/// How workers are started.
pub(super) fn start(settings: &Settings) -> Start {
    Start {
        cage: match settings.sandbox {
            Sandbox::Off => Cage::Open,
            Sandbox::BestEffort | Sandbox::Required => Cage::Closed,
        },
        memory_bytes: settings.worker_memory_bytes,
    }
}

/// What the farm goes by.
pub(super) fn dimensions(settings: &Settings) -> Dimensions {
    Dimensions {
        workers: settings.workers,
        queue_jobs: settings.queue_jobs,
        queue_bytes: settings.queue_bytes,
        start_timeout: settings.worker_start_timeout,
        worker_jobs_max: settings.worker_jobs_max,
        worker_age_max: settings.worker_age_max,
    }
}
