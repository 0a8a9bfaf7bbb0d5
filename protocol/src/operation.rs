//! The operation catalogue: every operation, its parameters, their ranges and defaults.
//!
//! An entry here and a file of the same name in `worker/src/operations/` are all that an
//! operation needs.

use std::fmt;

use crate::arguments::{Arguments, Fault};
use crate::catalogue::{OperationSpec, ParameterSpec};
use crate::codec::{Decode, Encode};
use crate::parameter::{Parameter, choices};

/// Turns catalogue entries into one struct per operation, the [`Operation`] enum, and the
/// table that callers see, so that the three cannot disagree.
macro_rules! operations {
    ($(#[$meta:meta])* pub enum Operation; $(
        $(#[doc = $doc:literal])+
        $name:ident = $text:literal, example $example:literal $(, check $check:path)? {
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
            #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
            pub struct $name {
                $($(#[doc = $field_doc])+ pub $field: $type,)*
            }

            impl $name {
                const SPEC: OperationSpec = OperationSpec {
                    name: $text,
                    description: concat!($($doc),+).trim_ascii_start(),
                    example: $example,
                    parameters: &[$(ParameterSpec {
                        name: stringify!($field),
                        kind: <$type as Parameter>::KIND,
                        description: concat!($($field_doc),+).trim_ascii_start(),
                        required: absent!($($default)?),
                        default: || None::<$type>$(.or(Some($default)))?.and_then(|value| value.show()),
                        minimum: number!($($minimum)?),
                        maximum: number!($($maximum)?),
                        unit: concat!($($unit)?),
                        choices: <$type as Parameter>::CHOICES,
                    }),*],
                };

                // The name's underscore is for operations without parameters.
                fn read(_arguments: &Arguments<'_>) -> Result<Self, Fault> {
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
        )+

        $(#[$meta])*
        pub enum Operation {
            $($(#[doc = $doc])+ $name($name)),+
        }

        impl Operation {
            /// Its entry in the [`CATALOGUE`].
            #[must_use]
            pub fn spec(&self) -> &'static OperationSpec {
                match self { $(Self::$name(_) => &$name::SPEC),+ }
            }

            /// The name and every parameter that has a value: `blur:sigma=2.5`, which read again
            /// is the same operation.
            fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.spec().name)?;
                match self {
                    $(Self::$name(_operation) => {
                        $(if let Some(value) = _operation.$field.show() {
                            write!(f, ":{}={value}", stringify!($field))?;
                        })*
                    })+
                }
                Ok(())
            }

            pub(crate) fn read(name: &'static str, arguments: &Arguments<'_>) -> Result<Self, Fault> {
                match name {
                    $($text => $name::read(arguments).map(Self::$name),)+
                    _ => Err(Fault::UnknownOperation { name: name.to_owned(), suggestion: None }),
                }
            }
        }

        /// Every operation, in the order of this file.
        pub static CATALOGUE: &[&OperationSpec] = &[$(&$name::SPEC),+];
    };
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
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

choices! {
    /// How a picture is brought into a box of width × height.
    Fit {
        /// The largest size inside the box that keeps the aspect ratio.
        Fit = "fit",
        /// Exactly the box; the aspect ratio is given up.
        Stretch = "stretch",
    }
}

choices! {
    /// How new pixels are computed from old ones.
    Filter {
        /// The nearest pixel, for pixel art.
        Nearest = "nearest",
        /// The mean of the covered pixels.
        Box = "box",
        /// Linear interpolation.
        Bilinear = "bilinear",
        /// The Catmull-Rom cubic.
        CatmullRom = "catmullrom",
        /// The windowed sinc of radius 3: the sharpest.
        Lanczos3 = "lanczos3",
    }
}

fn resize_needs_a_side(resize: &Resize) -> Result<(), Fault> {
    if resize.width.is_none() && resize.height.is_none() {
        return Err(Fault::MissingParameter {
            operation: Resize::SPEC.name,
            parameter: "width",
            expected: "given, or height, or both".to_owned(),
        });
    }
    Ok(())
}

operations! {
    /// One step of a job: an operation with valid parameters.
    #[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
    pub enum Operation;

    /// Softens the picture: a Gaussian of the given sigma, or, without one, the 5×5 ring kernel of Pillow's `ImageFilter.BLUR`.
    Blur = "blur", example "blur:2.5" {
        /// Standard deviation of the Gaussian; absent: the ring kernel.
        sigma: Option<f64>, range 0.1 to 250, unit "px", default None;
    }

    /// Inverts the colours; transparency stays.
    Invert = "invert", example "invert" {}

    /// Replaces each colour by its luma (ITU-R BT.601); transparency stays.
    Grayscale = "grayscale", example "grayscale" {}

    /// Shows the picture in coarse square blocks.
    Pixel = "pixel", example "pixel:12" {
        /// Side of a block; absent: the longer side of the picture is divided into 32 blocks.
        size: Option<u32>, range 1 to 4096, unit "px", default None;
    }

    /// Turns the picture upside down.
    Flip = "flip", example "flip" {}

    /// Exchanges left and right.
    Mirror = "mirror", example "mirror" {}

    /// Turns the picture clockwise; corners that become free are transparent.
    Rotate = "rotate", example "rotate:90" {
        /// Clockwise angle.
        degrees: f64, range -360 to 360, unit "degrees", default 90.0;
        /// Whether the canvas grows to hold the whole turned picture.
        expand: bool, default true;
    }

    /// Changes the size. With one side given, the other follows the aspect ratio.
    Resize = "resize", example "resize:480:270", check resize_needs_a_side {
        /// New width.
        width: Option<u32>, range 1 to 32768, unit "px", default None;
        /// New height.
        height: Option<u32>, range 1 to 32768, unit "px", default None;
        /// What to do when both sides are given and the aspect ratio differs.
        fit: Fit, default Fit::Fit;
        /// How new pixels are computed.
        filter: Filter, default Filter::Lanczos3;
    }
}
