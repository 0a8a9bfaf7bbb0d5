//! What is done to the picture, from a fixed number of bytes, so that a change to the plan
//! does not move the picture. Everything comes from the catalogue and from the list of formats:
//! a new operation or output format is covered as soon as it exists.
//!
//! | byte | meaning |
//! |---|---|
//! | 0 | format of the result: 0 the natural one, n the n-th of [`OutputFormat::ALL`] |
//! | 1 | number of operations, 0 to 3; the highest bit: do the job twice and compare |
//! | 2.. | three times ten bytes: the operation, then two bytes for each parameter |

use protocol::{CATALOGUE, Operation, OutputFormat, ParameterKind, ParameterSpec};

/// Length of a plan in bytes.
pub(super) const PLAN_BYTES: usize = 32;
const OPERATIONS_MAX: u8 = 3;
const OPERATION_BYTES: usize = 10;

/// What to do.
pub(super) struct Plan {
    pub(super) output: Option<OutputFormat>,
    pub(super) operations: Vec<Operation>,
    pub(super) twice: bool,
}

impl Plan {
    /// Every plan means something.
    pub(super) fn read(bytes: &[u8; PLAN_BYTES]) -> Self {
        let [output, count, pieces @ ..] = bytes;
        let formats = OutputFormat::ALL;
        let output = usize::from(*output) % (formats.len() + 1);
        let count = count & 0x7f;
        let operations = pieces
            .chunks_exact(OPERATION_BYTES)
            .take(usize::from(count % (OPERATIONS_MAX + 1)))
            .filter_map(operation);
        Self {
            output: output.checked_sub(1).map(|index| formats[index]),
            operations: operations.collect(),
            twice: bytes[1] & 0x80 != 0,
        }
    }
}

/// `None` when the arguments do not go together, such as a resize to nothing.
fn operation(bytes: &[u8]) -> Option<Operation> {
    let (&first, rest) = bytes.split_first()?;
    let spec = CATALOGUE[usize::from(first) % CATALOGUE.len()];
    // More parameters than there are bytes for share them.
    let mut numbers = rest.as_chunks::<2>().0.iter().cycle();
    let mut text = spec.name.to_owned();
    for parameter in spec.parameters {
        let number = numbers.next().map_or(0, |&pair| u16::from_le_bytes(pair));
        if let Some(argument) = argument(parameter, number) {
            text.push_str(&format!(":{}={argument}", parameter.name));
        }
    }
    Operation::from_text(&text).ok()
}

/// One value of `parameter`; `None` for its default.
fn argument(parameter: &ParameterSpec, number: u16) -> Option<String> {
    let number = number.checked_sub(1)?;
    let choices = parameter.choices;
    if !choices.is_empty() {
        return Some(choices[usize::from(number) % choices.len()].to_owned());
    }
    if parameter.kind == ParameterKind::Boolean {
        return Some((number % 2 == 1).to_string());
    }
    let (minimum, maximum) = (parameter.minimum?, parameter.maximum?);
    let step = match parameter.kind {
        ParameterKind::Integer => 1.0,
        _ => 1.0 / 64.0,
    };
    // Half of all numbers lie near the lower end: a side of 20000 px only runs into a limit.
    let number = if number < 0x8000 {
        number % 512
    } else {
        number
    };
    let steps = ((maximum - minimum) / step).floor() + 1.0;
    Some((minimum + step * (f64::from(number) % steps)).to_string())
}
