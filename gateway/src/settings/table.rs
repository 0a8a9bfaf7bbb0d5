//! Turns the table in `settings.rs` into the typed struct, the list that flags, help and
//! documentation come from, and the code that reads one from the other, so that the three
//! cannot disagree.

use super::Reload;

/// One setting, as the operator sees it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The name in the TOML file; the other spellings come from it.
    pub(crate) name: &'static str,
    /// The heading it stands under.
    pub(crate) group: &'static str,
    /// What it means, one line.
    pub(crate) doc: &'static str,
    /// The text that holds when no source gives one; empty: absent.
    pub(crate) default: &'static str,
    /// What its text may be, units included, to follow "must be".
    pub(crate) allowed: fn() -> String,
    /// When a change counts that SIGHUP brings.
    pub(crate) reload: Reload,
}

impl Setting {
    /// The environment variable: `FRAMEFARM_NAME`.
    #[must_use]
    pub(crate) fn variable(&self) -> String {
        format!("{}{}", super::texts::PREFIX, self.name.to_ascii_uppercase())
    }

    /// The flag without its dashes: `name-with-dashes`.
    #[must_use]
    pub(crate) fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// Each line is `field: type = default, kind, reload;`. A field with a unit, `field[ms]`, is the
/// setting `field_ms`. `"auto" or "words" => value` computes what the text `auto` stands for;
/// the value sees the settings of the lines above it, each an `Option`: empty if it is wrong.
macro_rules! settings {
    ($(#[$meta:meta])* pub(crate) struct Settings; $($group:literal { $(
        #[doc = $doc:literal]
        $field:ident $([$unit:ident])?: $type:ty
            = $default:literal $(or $auto_text:literal => $auto:expr)?, $kind:expr, $reload:ident;
    )+ })+) => {
        $(#[$meta])*
        pub(crate) struct Settings {
            $($(#[doc = $doc] pub(crate) $field: $type,)+)+
        }

        /// Every setting, in the order of the documentation.
        pub(crate) static SETTINGS: &[Setting] = &[$($(Setting {
            name: concat!(stringify!($field) $(, "_", stringify!($unit))?),
            group: $group,
            doc: $doc.trim_ascii(),
            default: $default,
            allowed: || settings!(@allowed $type, $kind $(, $auto_text)?),
            reload: settings!(@reload $reload),
        }),+),+];

        impl Settings {
            /// The settings whose values are not the same in both.
            fn differing(&self, other: &Self) -> impl Iterator<Item = &'static Setting> {
                let differ = [$($(self.$field != other.$field),+),+];
                let differing = SETTINGS.iter().zip(differ);
                differing.filter_map(|(setting, differs)| differs.then_some(setting))
            }

            /// `new`, except for what a restart alone can change.
            fn reloaded(&self, new: &Self) -> Self {
                Self {
                    $($($field: settings!(@in_force $reload, self.$field, new.$field).clone()),+),+
                }
            }
        }

        /// [`Settings`] while they are read: empty where the text is wrong.
        struct Draft {
            $($($field: Option<$type>,)+)+
        }

        impl Draft {
            fn read(texts: &Texts, mistakes: &mut Vec<Mistake>) -> Self {
                $($(let $field: Option<$type> = {
                    let name = concat!(stringify!($field) $(, "_", stringify!($unit))?);
                    match texts.get(name) {
                        $(("auto", _) => $auto,)?
                        (text, origin) => {
                            let value = Kind::read(&$kind, text);
                            if value.is_none() {
                                let allowed = settings!(@allowed $type, $kind $(, $auto_text)?);
                                let value = text.to_owned();
                                mistakes.push(Mistake::Invalid { name, value, origin, allowed });
                            }
                            value
                        }
                    }
                };)+)+
                Self { $($($field),+),+ }
            }

            fn settings(self) -> Option<Settings> {
                Some(Settings { $($($field: self.$field?),+),+ })
            }
        }
    };

    (@reload now) => { Reload::Now };
    (@reload new_workers) => { Reload::NewWorkers };
    (@reload restart) => { Reload::Restart };

    (@in_force restart, $old:expr, $new:expr) => { $old };
    (@in_force $reload:ident, $old:expr, $new:expr) => { $new };

    (@allowed $type:ty, $kind:expr) => {
        kind::allowed::<$type, _>(&$kind)
    };
    (@allowed $type:ty, $kind:expr, $auto_text:literal) => {
        format!("auto ({}) or {}", $auto_text, kind::allowed::<$type, _>(&$kind))
    };
}

pub(super) use settings;
