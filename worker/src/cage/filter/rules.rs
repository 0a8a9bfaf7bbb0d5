//! The list as two programs for the kernel. Both refuse calls of another architecture
//! outright; calls of the x32 kind are on no list, and so not let through.

use nix::libc::{PROT_EXEC, SIGABRT, SIGSYS, c_long};
use nix::unistd::getpid;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use super::list::{ALLOWED, ATTACKS, Arguments};

/// Never an error code instead: a decoder that goes on after a refused call is a program that
/// nobody tested, and abort would try again for ever.
const REFUSED: SeccompAction = SeccompAction::Trap;

/// What is on the list passes, the rest reaches our handler.
pub(super) fn allowed() -> Result<BpfProgram, BackendError> {
    let rules = ALLOWED
        .iter()
        .map(|(call, arguments)| Ok((number(*call), conditions(*arguments)?)))
        .collect::<Result<_, BackendError>>()?;
    SeccompFilter::new(rules, REFUSED, SeccompAction::Allow, TargetArch::x86_64)?.try_into()
}

/// Attacks end the process, the rest is for the other program to judge.
pub(super) fn attacks() -> Result<BpfProgram, BackendError> {
    let rules = ATTACKS
        .iter()
        .map(|call| (number(*call), Vec::new()))
        .collect();
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::KillProcess,
        TargetArch::x86_64,
    )?
    .try_into()
}

/// One rule whose conditions must all hold; no rule at all: any arguments.
fn conditions(arguments: Arguments) -> Result<Vec<SeccompRule>, BackendError> {
    // The kernel looks at the lower half of these arguments only.
    let holds = |index, operator, value| {
        SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value)
    };
    let conditions = match arguments {
        Arguments::Any => return Ok(Vec::new()),
        Arguments::NotExecutable => {
            let executable = SeccompCmpOp::MaskedEq(bits(PROT_EXEC));
            vec![holds(2, executable, 0)?]
        }
        Arguments::NotOurHandler => vec![holds(0, SeccompCmpOp::Ne, bits(SIGSYS))?],
        Arguments::AbortOfItself => vec![
            holds(0, SeccompCmpOp::Eq, bits(getpid().as_raw()))?,
            holds(2, SeccompCmpOp::Eq, bits(SIGABRT))?,
        ],
    };
    Ok(vec![SeccompRule::new(conditions)?])
}

/// `c_long` is 64 bits wide here; the cast keeps the code right should that change.
#[expect(clippy::unnecessary_cast, reason = "c_long differs between targets")]
fn number(call: c_long) -> i64 {
    call as i64
}

fn bits(value: i32) -> u64 {
    u64::from(value.unsigned_abs())
}
