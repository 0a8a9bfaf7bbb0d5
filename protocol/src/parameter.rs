//! The types that a parameter may have, and how each is read from text.

use crate::catalogue::ParameterKind;
use crate::codec::{Decode, Encode};

/// A parameter's value: read from text, written as text, compared with a range.
pub(crate) trait Parameter: Sized {
    /// What callers are told the text must be.
    const KIND: ParameterKind;
    /// The names allowed, for a choice.
    const CHOICES: &'static [&'static str] = &[];

    /// Reads a value; `None` when the text is not one.
    fn parse(text: &str) -> Option<Self>;

    /// The canonical text; `None` for an optional value that is absent.
    fn show(&self) -> Option<String>;

    /// The value as a number, for comparison with a range; `None` when there is nothing to compare.
    fn number(&self) -> Option<f64> {
        None
    }
}

impl Parameter for f64 {
    const KIND: ParameterKind = ParameterKind::Number;

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &Self| number.is_finite())
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn number(&self) -> Option<f64> {
        Some(*self)
    }
}

/// Whole numbers that convert to `f64` without loss.
macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Parameter for $type {
            const KIND: ParameterKind = ParameterKind::Integer;

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn number(&self) -> Option<f64> {
                Some(f64::from(*self))
            }
        }
    )+};
}
integers!(u32, i32);

/// Width to height.
#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
pub struct Ratio(pub f64);

impl Parameter for Ratio {
    const KIND: ParameterKind = ParameterKind::Ratio;

    fn parse(text: &str) -> Option<Self> {
        let ratio = match text.split_once(['x', '/', ':']) {
            Some((width, height)) => f64::parse(width)? / f64::parse(height)?,
            None => f64::parse(text)?,
        };
        ratio.is_finite().then_some(Self(ratio))
    }

    fn show(&self) -> Option<String> {
        self.0.show()
    }

    fn number(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl Parameter for bool {
    const KIND: ParameterKind = ParameterKind::Boolean;

    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl<T: Parameter> Parameter for Option<T> {
    const KIND: ParameterKind = T::KIND;
    const CHOICES: &'static [&'static str] = T::CHOICES;

    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }

    fn number(&self) -> Option<f64> {
        self.as_ref().and_then(T::number)
    }
}

/// Declares an enum whose variants are the names of a choice.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, $crate::codec::Encode, $crate::codec::Decode)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $crate::parameter::Parameter for $name {
            const KIND: $crate::ParameterKind = $crate::ParameterKind::Choice;
            const CHOICES: &'static [&'static str] = &[$($text),+];

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> Option<String> {
                Some(match self { $(Self::$variant => $text),+ }.to_owned())
            }
        }
    };
}
pub(crate) use choices;
