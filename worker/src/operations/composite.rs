//! A second picture on the first.

mod blend;
mod overlay;

use protocol::Composite;

use super::Compose;

pub(super) fn find(operation: &Composite) -> &dyn Compose {
    match operation {
        Composite::Overlay(operation) => operation,
    }
}
