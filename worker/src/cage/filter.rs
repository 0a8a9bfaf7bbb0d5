//! The last layer: only the system calls that a picture needs get through. Everything above
//! this line of the cage is for a kernel bug in one of those, or for a kernel without seccomp.
//!
//! The list is per architecture, because the numbers are, and so is the evidence for it. On an
//! architecture without a list there is no filter, and the layer is reported missing.

#[cfg(target_arch = "x86_64")]
mod list;
#[cfg(target_arch = "x86_64")]
mod rules;

/// Installs the filter for the rest of the worker's life.
#[cfg(target_arch = "x86_64")]
pub(super) fn install() -> bool {
    use rustix::thread::{SecureComputingMode, secure_computing_mode};

    // Before the filter: the call that sets a handler is let through for other signals only.
    if crate::kernel::name_forbidden_calls().is_err() {
        return false;
    }
    let (Ok(attacks), Ok(allowed)) = (rules::attacks(), rules::allowed()) else {
        return false;
    };
    // The attacks first: the other filter does not let another one be installed. Of two
    // verdicts the kernel takes the harder one.
    let installed = seccompiler::apply_filter(&attacks).is_ok();
    let confirmed = secure_computing_mode() == Ok(SecureComputingMode::Filter);
    // From here on nothing more can be asked of the kernel.
    seccompiler::apply_filter(&allowed).is_ok() && installed && confirmed
}

/// No list for this architecture.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn install() -> bool {
    false
}
