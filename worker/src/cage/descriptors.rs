//! No descriptor but the socket (0) and standard error (2). The gateway hands over no other;
//! one that slips through, its listener for instance, would be worth more to an attacker than
//! everything else here.

use std::io;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

use crate::kernel;

pub(super) fn close_inherited() -> bool {
    kernel::close_all_but_input_and_error().is_ok()
        && fcntl(io::stdout(), FcntlArg::F_GETFD) == Err(Errno::EBADF)
}
