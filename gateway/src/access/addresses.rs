//! The accounts of those who bring no token, by where they come from: an IPv4 address, or the /64
//! of an IPv6 one, because whoever has one address of that has all of them.
//!
//! Bounded: an address that has everything it may have is the same as one that was never seen, and
//! is forgotten. Beyond the bound all further ones share one account.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ANONYMOUS;
use super::account::{Account, Terms};
use crate::pool::Priority;

/// 25 MB, measured.
const ADDRESSES_MAX: usize = 65_536;
/// Pause between two looks for addresses to forget.
const SWEEP: Duration = Duration::from_secs(60);
/// The same when there is no room: often enough, and still no work for every request.
const SWEEP_WHEN_FULL: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(super) struct Addresses {
    terms: Terms,
    max: usize,
    book: Mutex<Book>,
    /// Of everybody beyond the bound.
    crowd: Arc<Account>,
}

#[derive(Debug)]
struct Book {
    visitors: HashMap<IpAddr, Visitor>,
    swept: Instant,
}

#[derive(Debug)]
struct Visitor {
    account: Arc<Account>,
    last: Instant,
}

impl Addresses {
    pub(super) fn new(terms: Terms) -> Self {
        Self::at_most(ADDRESSES_MAX, terms)
    }

    fn at_most(max: usize, terms: Terms) -> Self {
        Self {
            terms,
            max,
            book: Mutex::new(Book {
                visitors: HashMap::new(),
                swept: Instant::now(),
            }),
            crowd: Arc::new(account(terms)),
        }
    }

    pub(super) fn terms(&self) -> Terms {
        self.terms
    }

    pub(super) fn len(&self) -> usize {
        self.book().visitors.len()
    }

    pub(super) fn account(&self, address: IpAddr) -> Arc<Account> {
        self.account_at(address, Instant::now())
    }

    fn account_at(&self, address: IpAddr, now: Instant) -> Arc<Account> {
        let address = network(address);
        let mut book = self.book();
        let pause = match book.visitors.len() < self.max {
            true => SWEEP,
            false => SWEEP_WHEN_FULL,
        };
        if now.saturating_duration_since(book.swept) >= pause {
            book.sweep(self.terms, now);
        }
        let full = book.visitors.len() >= self.max;
        if full && !book.visitors.contains_key(&address) {
            return Arc::clone(&self.crowd);
        }
        let visitor = book.visitors.entry(address).or_insert_with(|| Visitor {
            account: Arc::new(account(self.terms)),
            last: now,
        });
        visitor.last = now;
        Arc::clone(&visitor.account)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing in here panics half-way.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn sweep(&mut self, terms: Terms, now: Instant) {
        self.swept = now;
        let rested = terms.refill(terms.burst);
        self.visitors.retain(|_, visitor| {
            let idle = now.saturating_duration_since(visitor.last);
            idle < rested || visitor.account.jobs() > 0 || Arc::strong_count(&visitor.account) > 1
        });
        self.visitors.shrink_to_fit();
    }
}

/// The lowest class, so that however many addresses somebody has, holders of tokens keep their turns.
fn account(terms: Terms) -> Account {
    Account::new(ANONYMOUS, Some(terms), Priority::Low)
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms {
        requests_per_minute: 60,
        burst: 2,
        jobs_max: 1,
    };

    fn v4(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn an_address_is_one_account_and_so_is_a_64_of_ipv6() {
        let addresses = Addresses::new(TERMS);
        let of = |text: &str| addresses.account(text.parse().unwrap()).share().account;
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1:2:3"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(addresses.len(), 4);
    }

    #[test]
    fn beyond_the_bound_all_share_one_account_until_others_are_forgotten() {
        let addresses = Addresses::at_most(2, TERMS);
        let start = Instant::now();
        let at = |last, after: u64| {
            let account = addresses.account_at(v4(last), start + Duration::from_secs(after));
            account.share().account
        };
        let (one, two) = (at(1, 0), at(2, 0));
        let crowd = at(3, 0);
        assert_eq!(at(4, 0), crowd);
        assert!(crowd != one && crowd != two);
        assert_eq!(at(1, 0), one, "known ones keep theirs");
        // Two requests are back after two seconds.
        assert_ne!(at(3, 4), crowd);
        assert_eq!(addresses.len(), 1);
    }

    #[test]
    fn who_has_requests_in_progress_is_not_forgotten() {
        let addresses = Addresses::new(TERMS);
        let start = Instant::now();
        let account = addresses.account_at(v4(1), start);
        let permit = account.enter().unwrap();
        let id = account.share().account;
        drop(account);
        let later = start + 2 * SWEEP;
        addresses.account_at(v4(2), later);
        assert_eq!(addresses.account_at(v4(1), later).share().account, id);
        drop(permit);
        addresses.account_at(v4(2), later + 2 * SWEEP);
        assert_eq!(addresses.len(), 1);
    }
}
