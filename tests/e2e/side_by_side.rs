//! Many requests that have nothing to do with each other, some at once: a test of the whole
//! catalogue takes as long as the workers need, not as long as one client.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More than workers, so that none waits for the next request.
const CLIENTS: usize = 4;

/// Does the work for all items, some at once, and gives the faults in the items' order.
pub(crate) fn faults_of<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), String> + Sync,
) -> Vec<String> {
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    if let Err(fault) = work(item) {
                        faults.lock().unwrap().push((at, fault));
                    }
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap();
    faults.sort();
    faults.into_iter().map(|(_, fault)| fault).collect()
}

#[test]
fn every_item_is_worked_on_once_and_faults_come_in_order() {
    let items: Vec<usize> = (0..100).collect();
    let seen = Mutex::new(Vec::new());
    let faults = faults_of(&items, |item| {
        seen.lock().unwrap().push(*item);
        if item % 40 == 7 {
            Err(item.to_string())
        } else {
            Ok(())
        }
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(
        (seen, faults),
        (items, vec!["7".into(), "47".into(), "87".into()])
    );
}
