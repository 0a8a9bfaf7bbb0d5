//! The macro that turns a group's entries into types and a table.

/// Turns the entries of one group into one struct per operation, the group's enum, and the
/// table that callers see, so that the three cannot disagree.
macro_rules! operations {
    ($(#[$meta:meta])* pub enum $group:ident; $(
        $(#[doc = $doc:literal])+
        $name:ident = $text:literal, example $example:literal
            $(, alias $alias:literal means $means:literal)*
            $(, check $check:path)?
        {
            $(
                $(#[doc = $field_doc:literal])+
                $field:ident: $type:ty
                    $(, range $minimum:literal to $maximum:literal)?
                    $(, unit $unit:literal)?
                    $(, default $default:expr)?;
            )*
        }
    )+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, $crate::codec::Encode, $crate::codec::Decode)]
            pub struct $name {
                $($(#[doc = $field_doc])+ pub $field: $type,)*
            }

            impl $name {
                const SPEC: $crate::OperationSpec = $crate::OperationSpec {
                    name: $text,
                    group: $crate::Group::$group,
                    description: concat!($($doc),+).trim_ascii_start(),
                    example: $example,
                    aliases: &[$($crate::Alias { name: $alias, means: $means }),*],
                    parameters: &[$($crate::ParameterSpec {
                        name: stringify!($field),
                        kind: <$type as $crate::parameter::Parameter>::KIND,
                        description: concat!($($field_doc),+).trim_ascii_start(),
                        required: absent!($($default)?),
                        default: || None::<$type>$(.or(Some($default)))?
                            .and_then(|value| $crate::parameter::Parameter::show(&value)),
                        minimum: number!($($minimum)?),
                        maximum: number!($($maximum)?),
                        unit: concat!($($unit)?),
                        choices: <$type as $crate::parameter::Parameter>::CHOICES,
                    }),*],
                };

                // The name's underscore is for operations without parameters.
                fn read(_arguments: &$crate::Arguments<'_>) -> Result<Self, $crate::Fault> {
                    let operation = Self {
                        $($field: _arguments.read(
                            &Self::SPEC,
                            stringify!($field),
                            None::<$type>$(.or(Some($default)))?,
                        )?,)*
                    };
                    $($check(&operation)?;)?
                    Ok(operation)
                }
            }

            impl From<$name> for $crate::Operation {
                fn from(operation: $name) -> Self {
                    Self::$group($group::$name(operation))
                }
            }
        )+

        $(#[$meta])*
        pub enum $group {
            $($(#[doc = $doc])+ $name($name)),+
        }

        impl $group {
            pub(super) const SPECS: &'static [&'static $crate::OperationSpec] = &[$(&$name::SPEC),+];

            pub(super) fn spec(&self) -> &'static $crate::OperationSpec {
                match self { $(Self::$name(_) => &$name::SPEC),+ }
            }

            /// The name and every parameter that has a value: `blur:sigma=2.5`, which read again
            /// is the same operation.
            pub(super) fn write(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.spec().name)?;
                match self {
                    $(Self::$name(_operation) => {
                        $(if let Some(value) = $crate::parameter::Parameter::show(&_operation.$field) {
                            write!(f, ":{}={value}", stringify!($field))?;
                        })*
                    })+
                }
                Ok(())
            }

            pub(super) fn read(
                name: &str,
                arguments: &$crate::Arguments<'_>,
            ) -> Option<Result<$crate::Operation, $crate::Fault>> {
                match name {
                    $($text => Some($name::read(arguments).map(Into::into)),)+
                    _ => None,
                }
            }
        }
    };
}

macro_rules! absent {
    () => {
        true
    };
    ($default:expr) => {
        false
    };
}

macro_rules! number {
    () => {
        None
    };
    ($number:literal) => {
        Some($number as f64)
    };
}
