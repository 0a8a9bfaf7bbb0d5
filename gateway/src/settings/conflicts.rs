//! Settings that are each allowed but not together. A setting that is itself wrong conflicts
//! with nothing: its mistake is reported already.

use std::net::SocketAddr;

use super::texts::Texts;
use super::{Draft, Mistake};

impl Draft {
    /// Every pair of settings that cannot stand together.
    pub(super) fn conflicts(&self, texts: &Texts) -> Vec<Mistake> {
        [
            self.open_to_strangers(texts),
            self.figures_for_strangers(texts),
            self.one_address_twice(texts),
            self.queue_smaller_than_a_source(texts),
            self.all_frames_smaller_than_one(texts),
            self.results_on_disk_alone(texts),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn open_to_strangers(&self, texts: &Texts) -> Option<Mistake> {
        let asks =
            self.tokens_file.as_ref()?.is_some() || self.signing_keys_file.as_ref()?.is_some();
        (is_public(self.listen?) && !asks && !self.allow_anonymous?).then(|| {
            texts.conflict(
                "listen",
                "is reachable from other machines, and without tokens or signing keys everyone \
                 there could use this service; set tokens_file or signing_keys_file, listen on a loopback address, or set \
                 allow_anonymous = true if something in front of it decides who may come in"
                    .to_owned(),
            )
        })
    }

    /// That listener knows no tokens.
    fn figures_for_strangers(&self, texts: &Texts) -> Option<Mistake> {
        let allowed = self.allow_anonymous? || self.allow_anonymous_admin?;
        (is_public(self.admin_listen?) && !allowed).then(|| {
            texts.conflict(
                "admin_listen",
                "is reachable from other machines, and asks nobody who they are; listen on a \
                 loopback address, or set allow_anonymous_admin = true if something in front of it \
                 decides who may come in"
                    .to_owned(),
            )
        })
    }

    fn one_address_twice(&self, texts: &Texts) -> Option<Mistake> {
        let (listen, admin) = (self.listen?, self.admin_listen?);
        overlap(listen, admin).then(|| {
            texts.conflict(
                "admin_listen",
                format!("needs another port than listen = {listen}, or port 0"),
            )
        })
    }

    fn queue_smaller_than_a_source(&self, texts: &Texts) -> Option<Mistake> {
        let source = self.source_bytes_max?;
        (self.queue_bytes? < source).then(|| {
            texts.conflict(
                "queue_bytes",
                format!(
                    "must be at least source_bytes_max ({source} bytes), because the largest \
                     source could otherwise never wait"
                ),
            )
        })
    }

    fn all_frames_smaller_than_one(&self, texts: &Texts) -> Option<Mistake> {
        let one = self.pixels_max?;
        (self.total_pixels_max? < one).then(|| {
            texts.conflict(
                "total_pixels_max",
                format!(
                    "must be at least pixels_max ({one}), because the largest still picture \
                     could otherwise never pass"
                ),
            )
        })
    }

    fn results_on_disk_alone(&self, texts: &Texts) -> Option<Mistake> {
        let folder = self.cache_folder.as_ref()?.is_some();
        (folder && self.cache_bytes? == 0).then(|| {
            texts.conflict(
                "cache_folder",
                "needs cache_bytes above 0, because results are looked for in memory first; leave it \
                 empty to keep none"
                    .to_owned(),
            )
        })
    }
}

fn is_public(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

/// A wildcard address takes the port on every address.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let same_ip =
        one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    same_ip && one.port() == other.port() && one.port() != 0
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::tests::refused;

    #[test]
    fn a_public_address_needs_allow_anonymous() {
        for public in [
            "0.0.0.0:80",
            "[::]:80",
            "192.168.1.1:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            refused(
                &[("listen", public)],
                &[public, "other machines", "allow_anonymous = true"],
            );
            Settings::with(&[("listen", public), ("allow_anonymous", "true")]);
            refused(
                &[("admin_listen", public), ("listen", "127.0.0.1:1")],
                &["admin_listen", "allow_anonymous_admin = true"],
            );
            for open in ["allow_anonymous", "allow_anonymous_admin"] {
                Settings::with(&[
                    ("admin_listen", public),
                    ("listen", "127.0.0.1:1"),
                    (open, "true"),
                ]);
            }
            refused(
                &[("listen", public), ("allow_anonymous_admin", "true")],
                &[public],
            );
        }
        for loopback in ["127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
            Settings::with(&[("listen", loopback)]);
        }
    }

    #[test]
    fn tokens_or_keys_open_the_public_listener_and_not_the_one_for_operators() {
        let file = std::env::temp_dir().join(format!("framefarm-{}-tokens", std::process::id()));
        for setting in ["tokens_file", "signing_keys_file"] {
            std::fs::write(&file, "").unwrap();
            let named = (setting, file.to_str().unwrap());
            Settings::with(&[("listen", "0.0.0.0:80"), named]);
            refused(
                &[("admin_listen", "0.0.0.0:9090"), named],
                &["admin_listen"],
            );
            std::fs::remove_file(&file).unwrap();
            refused(
                &[("listen", "0.0.0.0:80"), named],
                &[setting, "cannot be read"],
            );
        }
    }

    #[test]
    fn the_two_listeners_need_two_ports() {
        let same = [
            ("listen", "127.0.0.1:8080"),
            ("admin_listen", "127.0.0.1:8080"),
        ];
        refused(&same, &["admin_listen", "another port"]);
        let wildcard = [
            ("listen", "127.0.0.1:8080"),
            ("admin_listen", "0.0.0.0:8080"),
            ("allow_anonymous", "true"),
        ];
        refused(&wildcard, &["admin_listen", "another port"]);
        Settings::with(&[("listen", "127.0.0.1:0"), ("admin_listen", "127.0.0.1:0")]);
        Settings::with(&[("listen", "127.0.0.1:80"), ("admin_listen", "127.0.0.2:80")]);
    }

    #[test]
    fn the_queue_must_hold_the_largest_source() {
        let small = [("queue_bytes", "1 MiB"), ("source_bytes_max", "2 MiB")];
        refused(
            &small,
            &[
                "queue_bytes = \"1 MiB\"",
                "source_bytes_max (2097152 bytes)",
            ],
        );
        Settings::with(&[("queue_bytes", "2 MiB"), ("source_bytes_max", "2 MiB")]);
    }

    #[test]
    fn all_frames_together_must_hold_the_largest_frame() {
        let small = [("total_pixels_max", "99"), ("pixels_max", "100")];
        refused(&small, &["total_pixels_max = \"99\"", "pixels_max (100)"]);
        Settings::with(&[("total_pixels_max", "100"), ("pixels_max", "100")]);
    }

    #[test]
    fn results_are_on_disk_only_where_they_are_in_memory_too() {
        let folder = ("cache_folder", "/var/cache/framefarm");
        refused(
            &[folder, ("cache_bytes", "0")],
            &[
                "cache_folder = \"/var/cache/framefarm\"",
                "cache_bytes above 0",
            ],
        );
        Settings::with(&[folder, ("cache_bytes", "1")]);
    }
}
