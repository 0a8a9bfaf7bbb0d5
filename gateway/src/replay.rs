//! `framefarm replay BUNDLE`: the job of a crash bundle once more, in a fresh worker, under the
//! limits that it had.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use protocol::{FormatChoice, Operation, Output};

use crate::life;
use crate::pool::{Bundle, DeathNote, Digest, JobError, Outcome, Share, Work};
use crate::settings::Settings;

/// Longer than any limit of CPU time lets a job run.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What is to be replayed.
#[derive(Debug)]
pub(crate) struct Replay {
    pub(crate) bundle: PathBuf,
    /// The picture, when the bundle does not hold it.
    pub(crate) source: Option<PathBuf>,
    pub(crate) settings: Settings,
}

/// How it went.
#[derive(Debug)]
pub(crate) enum Replayed {
    /// The worker came to the same end.
    Again(String),
    /// It did not.
    Otherwise(String),
}

impl Replay {
    /// Runs it.
    ///
    /// # Errors
    /// A sentence when it cannot be run at all.
    pub(crate) async fn run(self) -> Result<Replayed, String> {
        let bundle = Bundle::read(&self.bundle)?;
        if bundle.build != protocol::build_id() {
            tracing::warn!(
                then = bundle.build,
                now = protocol::build_id(),
                "the crash happened in another build"
            );
        }
        let source = self.source(&bundle).await?;
        let settings = under_its_limits(self.settings, &bundle);
        let work = work(&bundle, source, &settings)?;
        let (pool, _driver) = life::start_pool(&settings, Arc::default())
            .await
            .map_err(|error| error.to_string())?;
        let outcome = pool.submit(work).await;
        pool.stop().await;
        Ok(compare(&bundle.death, outcome))
    }

    async fn source(&self, bundle: &Bundle) -> Result<Vec<u8>, String> {
        let path = match (&self.source, &bundle.source.file) {
            (Some(given), _) => given.clone(),
            (None, Some(kept)) => beside(&self.bundle, kept),
            (None, None) => {
                return Err(format!(
                    "the bundle does not hold its picture; give it with --source (SHA-256 {})",
                    bundle.source.sha256
                ));
            }
        };
        let source = std::fs::read(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let digest = Digest::of(&source).await.to_string();
        if digest != bundle.source.sha256 {
            return Err(format!(
                "{} is another picture: its SHA-256 is {digest}, the bundle's {}",
                path.display(),
                bundle.source.sha256
            ));
        }
        Ok(source)
    }
}

/// Only the name is taken: a bundle must not lead to files elsewhere.
fn beside(bundle: &Path, name: &str) -> PathBuf {
    let name = Path::new(name).file_name().unwrap_or_default();
    bundle.with_file_name(name)
}

fn work(bundle: &Bundle, source: Vec<u8>, settings: &Settings) -> Result<Work, String> {
    let operations = Operation::list(&bundle.operations, |text| Operation::from_text(text))
        .map_err(|fault| format!("the bundle's operations are not understood: {fault}"))?;
    let asked = &bundle.output;
    let format = FormatChoice::from_text(&asked.format)
        .ok_or_else(|| format!("the bundle's output format {:?} is unknown", asked.format))?;
    let options = asked.options.iter();
    let options = options.map(|(name, text)| (name.as_str(), text.as_str()));
    let output = Output::from_pairs(format, options)
        .map_err(|fault| format!("the bundle's output is not understood: {fault}"))?;
    Ok(Work {
        share: Share::OWN,
        source: source.into(),
        place: None,
        identity: None,
        cuts: bundle.source.cuts.clone(),
        operations,
        output,
        submitted: Instant::now(),
        deadline: Instant::now() + PATIENCE,
        limits: settings.limits(),
        cpu: settings.job_cpu,
    })
}

fn under_its_limits(mut settings: Settings, bundle: &Bundle) -> Settings {
    let limits = bundle.limits;
    settings.workers = 1;
    settings.pixels_max = limits.pixels_max;
    settings.frames_max = limits.frames_max;
    settings.total_pixels_max = limits.total_pixels_max;
    settings.output_pixels_max = limits.output_pixels_max;
    settings.output_bytes_max = limits.output_bytes_max;
    settings.worker_memory_bytes = limits.worker_memory_bytes;
    settings.job_cpu = Duration::from_millis(limits.job_cpu_ms);
    settings.crash_bundles = None;
    settings
}

fn compare(then: &DeathNote, outcome: Outcome) -> Replayed {
    match outcome {
        Ok(done) => Replayed::Otherwise(format!(
            "it worked: {} of {} bytes, {} × {}",
            done.reply.format.name(),
            done.body.len(),
            done.reply.width,
            done.reply.height
        )),
        Err(JobError::WorkerDied(death)) => {
            let now = DeathNote::of(&death);
            let text = serde_json::to_string_pretty(&now).unwrap_or_else(|_| death.to_string());
            if now.is_the_same_end_as(then) {
                Replayed::Again(text)
            } else {
                Replayed::Otherwise(text)
            }
        }
        Err(other) => Replayed::Otherwise(format!("{other:?}")),
    }
}
