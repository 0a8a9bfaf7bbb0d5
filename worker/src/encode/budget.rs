//! What is given up, step by step, for an animation that must not be longer than so many
//! bytes. The steps are ordered by how much one sees of them; the first that fits is taken.
//! The time that the animation takes is never given up.

use protocol::{OutputFormat, Traded};

use super::settings::Settings;
use super::still::over_budget;
use crate::perform::Done;
use crate::refused::Refused;

/// Colours of a GIF, quality of a lossy WebP, size in %, and one frame kept of so many.
const STEPS: [(u16, u8, u8, u8); 16] = [
    (128, 60, 100, 1),
    (64, 40, 100, 1),
    (64, 25, 100, 1),
    (64, 25, 85, 1),
    (64, 25, 70, 1),
    (32, 15, 70, 1),
    (32, 15, 70, 2),
    (32, 15, 50, 2),
    (32, 10, 50, 3),
    (16, 10, 50, 3),
    (16, 10, 35, 3),
    (16, 10, 35, 4),
    (8, 5, 25, 4),
    (8, 5, 25, 8),
    (4, 1, 15, 8),
    (2, 1, 10, 16),
];

/// Why a pass over the frames gave no result.
pub(crate) enum Stop {
    Refused(Refused),
    /// So many bytes at least; of more than one frame?
    OverBudget {
        least: u64,
        animated: bool,
    },
    /// Of an animation one frame was left, which is none any more, and takes no time.
    OneFrame,
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// The steps that `format` knows, each different from the one before and from doing nothing. A
/// still is neither made smaller nor sampled.
fn steps(format: OutputFormat, settings: &Settings, animated: bool) -> Vec<Traded> {
    let mut steps: Vec<Traded> = Vec::new();
    for (colors, quality, scale, every) in STEPS {
        let has_quality = format == OutputFormat::Webp && !settings.lossless;
        let step = Traded {
            colors: Some(colors).filter(|colors| {
                format == OutputFormat::Gif && usize::from(*colors) < settings.colors
            }),
            quality: Some(quality).filter(|quality| has_quality && *quality < settings.quality),
            scale: Some(scale).filter(|scale| animated && *scale < 100),
            every: Some(every).filter(|every| animated && *every > 1),
        };
        if step != Traded::default() && steps.last() != Some(&step) {
            steps.push(step);
        }
    }
    steps
}

/// Runs passes until the least trade is found that fits into the budget.
pub(crate) fn search(
    format: OutputFormat,
    settings: &Settings,
    first: (u64, bool),
    mut pass: impl FnMut(Traded) -> Result<Done, Stop>,
) -> Result<Done, Refused> {
    let (mut least, animated) = first;
    let steps = steps(format, settings, animated);
    let mut found = None;
    // Halves the range, as if every step made the file smaller, which nearly each one does.
    let (mut low, mut high) = (0, steps.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match pass(steps[middle]) {
            Ok(done) => {
                found = Some(Done {
                    traded: Some(steps[middle]),
                    ..done
                });
                high = middle;
            }
            Err(Stop::Refused(refused)) => return Err(refused),
            // Later steps leave even fewer.
            Err(Stop::OneFrame) => high = middle,
            Err(Stop::OverBudget { least: bytes, .. }) => {
                least = least.max(bytes);
                low = middle + 1;
            }
        }
    }
    let tried = steps.last().map_or_else(
        || "nothing: there is nothing left to give up".to_owned(),
        |last| format!("down to {last}"),
    );
    let budget = settings.budget.unwrap_or_default();
    found.ok_or_else(|| over_budget(least.max(budget + 1), budget, &tried))
}

#[cfg(test)]
mod tests {
    use protocol::Output;

    use super::*;

    fn of(format: OutputFormat, animated: bool) -> Vec<String> {
        let settings = Settings::new(&Output::default(), format, Traded::default());
        let steps = steps(format, &settings, animated);
        steps.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_format_gives_up_only_what_it_has() {
        let gif = of(OutputFormat::Gif, true);
        assert_eq!(gif[0], "colors=128");
        assert!(gif.iter().all(|step| !step.contains("quality")));
        let webp = of(OutputFormat::Webp, true);
        assert_eq!(webp[0], "quality=60");
        assert_eq!(webp.last().unwrap(), "quality=1, scale=10, every=16");
        let apng = of(OutputFormat::Apng, true);
        assert_eq!(apng[0], "scale=85");
        assert!(of(OutputFormat::Apng, false).is_empty());
        let still = of(OutputFormat::Gif, false);
        assert!(
            still
                .iter()
                .all(|step| step.starts_with("colors") && !step.contains(','))
        );
    }
}
