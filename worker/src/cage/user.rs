//! A user of its own for a worker whose gateway is root, so that nothing that root owns (or
//! that a sibling owns) is the worker's. Does nothing for any other gateway: only root may
//! change its user.

use nix::unistd::{
    Gid, Uid, getegid, geteuid, getgroups, getpid, getresgid, getresuid, setgroups, setresgid,
    setresuid,
};

/// First of the users that workers become: user FIRST + process number. Two workers never
/// share one (process numbers end at 2²²), and the range lies above those that systemd hands
/// out and below the 2³¹ beyond which programs take a number for negative.
const FIRST: u32 = 0x7000_0000;
/// Where the numbers above do not exist, as in a container with users of its own.
const NOBODY: u32 = 65_534;

pub(super) fn is_root() -> bool {
    geteuid().is_root()
}

/// Takes the user and loses the groups, for ever: all three ids, so that no way leads back.
pub(super) fn become_nobody() -> bool {
    // Before the user changes: afterwards it is not allowed any more.
    if setgroups(&[]).is_err() {
        return false;
    }
    let own = FIRST.saturating_add(getpid().as_raw().unsigned_abs());
    [own, NOBODY].into_iter().any(become_user)
}

fn become_user(number: u32) -> bool {
    let (user, group) = (Uid::from_raw(number), Gid::from_raw(number));
    // The group first, for the same reason.
    let _ = setresgid(group, group, group);
    let _ = setresuid(user, user, user);
    let users = getresuid().is_ok_and(|ids| [ids.real, ids.effective, ids.saved] == [user; 3]);
    let groups = getresgid().is_ok_and(|ids| [ids.real, ids.effective, ids.saved] == [group; 3]);
    users && groups && getegid() == group && getgroups().is_ok_and(|groups| groups.is_empty())
}
