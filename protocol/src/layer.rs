//! The layers of a worker's cage, by name. A worker reports which of them the kernel has
//! confirmed; what a missing one means is for the gateway to say, and how each is closed is
//! known to the worker alone.

use crate::codec::{Decode, Encode};

/// One layer of the worker's cage. The order is that of the wire: new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Layer {
    /// The worker dies with the gateway.
    ParentDeathSignal,
    /// No core files, and a cap on private memory.
    ResourceLimits,
    /// No privilege can be gained by exec.
    NoNewPrivileges,
    /// A user of its own, where the gateway is root: it owns no file and no other process.
    OwnUser,
    /// Privileges count for nothing outside.
    UserNamespace,
    /// No network but a loopback device that is down.
    NetworkNamespace,
    /// Mounts of its own.
    MountNamespace,
    /// A child would see no other process, and no thread can be started at all.
    PidNamespace,
    /// No System V or POSIX queue or memory of others.
    IpcNamespace,
    /// The root directory is empty and cannot be written.
    EmptyRoot,
    /// Landlock: no file is opened, made or executed.
    LandlockFiles,
    /// Landlock: no TCP port is bound or connected to.
    LandlockNetwork,
    /// Landlock: no signal and no abstract socket reaches a process outside.
    LandlockScopes,
    /// No capability, not even over its own namespaces.
    NoCapabilities,
    /// Other processes of the same user cannot read its memory.
    NotDumpable,
    /// Nothing is open but the socket and standard error.
    NoInheritedDescriptors,
    /// No new descriptor, no file that grows, no new process.
    ZeroLimits,
    /// System calls that no picture needs end the worker.
    SystemCallFilter,
}

impl Layer {
    /// All of them: the whole cage.
    pub const ALL: [Self; 18] = [
        Self::ParentDeathSignal,
        Self::ResourceLimits,
        Self::NoNewPrivileges,
        Self::OwnUser,
        Self::UserNamespace,
        Self::NetworkNamespace,
        Self::MountNamespace,
        Self::PidNamespace,
        Self::IpcNamespace,
        Self::EmptyRoot,
        Self::LandlockFiles,
        Self::LandlockNetwork,
        Self::LandlockScopes,
        Self::NoCapabilities,
        Self::NotDumpable,
        Self::NoInheritedDescriptors,
        Self::ZeroLimits,
        Self::SystemCallFilter,
    ];

    /// The name shown to operators.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ParentDeathSignal => "parent-death-signal",
            Self::ResourceLimits => "resource-limits",
            Self::NoNewPrivileges => "no-new-privileges",
            Self::OwnUser => "own-user",
            Self::UserNamespace => "user-namespace",
            Self::NetworkNamespace => "network-namespace",
            Self::MountNamespace => "mount-namespace",
            Self::PidNamespace => "pid-namespace",
            Self::IpcNamespace => "ipc-namespace",
            Self::EmptyRoot => "empty-root",
            Self::LandlockFiles => "landlock-files",
            Self::LandlockNetwork => "landlock-network",
            Self::LandlockScopes => "landlock-scopes",
            Self::NoCapabilities => "no-capabilities",
            Self::NotDumpable => "not-dumpable",
            Self::NoInheritedDescriptors => "no-inherited-descriptors",
            Self::ZeroLimits => "zero-limits",
            Self::SystemCallFilter => "system-call-filter",
        }
    }
}
