//! How an output is read, and what is said when it cannot be.

use super::*;

fn exactly(format: OutputFormat, pairs: &[(&str, &str)]) -> Result<Output, Fault> {
    Output::from_pairs(FormatChoice::Exactly(format), pairs.iter().copied())
}

#[test]
fn an_output_is_read_as_it_was_spelt() {
    let jpeg = exactly(Jpeg, &[("quality", "61"), ("background", "#102030")]).unwrap();
    let auto = Output {
        format: FormatChoice::Auto {
            avif: true,
            webp: false,
        },
        ..Output::default()
    };
    let of_the_source = Output {
        format: FormatChoice::Source,
        quality: Some(61),
        ..Output::default()
    };
    for output in [
        Output::default(),
        Output::EFFECT(),
        jpeg,
        auto,
        of_the_source,
    ] {
        let format = FormatChoice::from_text(&output.format.to_string()).unwrap();
        let options = output.options();
        let options = options.iter().map(|(name, text)| (*name, text.as_str()));
        assert_eq!(Output::from_pairs(format, options), Ok(output));
    }
}

#[test]
fn options_are_read_for_the_formats_that_have_them() {
    let output = exactly(Jpeg, &[("quality", "61"), ("subsampling", "444")]).unwrap();
    assert_eq!(output.quality, Some(61));
    assert_eq!(output.subsampling, Subsampling::None);
    let fault = exactly(Png, &[("quality", "61")]).unwrap_err();
    let text = fault.to_string();
    assert!(
        text.contains("png has none, only jpeg, webp, avif"),
        "{text}"
    );
    let fault = Output::from_pairs(FormatChoice::Natural, [("quality", "61")]).unwrap_err();
    assert!(fault.to_string().contains("auto, jpeg"), "{fault}");
    let auto = FormatChoice::Auto {
        avif: false,
        webp: false,
    };
    assert!(Output::from_pairs(auto, [("quality", "61"), ("dither", "ordered")]).is_ok());
    assert!(Output::from_pairs(FormatChoice::Natural, [("max_bytes", "9")]).is_ok());
}

#[test]
fn wrong_values_and_names_are_told_what_is_right() {
    let fault = exactly(Jpeg, &[("quality", "0")]).unwrap_err();
    assert!(
        fault.to_string().contains("a whole number from 1 to 100"),
        "{fault}"
    );
    let fault = exactly(Jpeg, &[("qualty", "9")]).unwrap_err();
    let Fault::UnknownParameter { suggestion, .. } = fault else {
        panic!("{fault}");
    };
    assert_eq!(suggestion, Some("quality"));
}

#[test]
fn auto_takes_what_is_accepted_and_never_a_still_format_for_an_animation() {
    let auto = |avif, webp| FormatChoice::Auto { avif, webp };
    for (choice, of_png, of_gif) in [
        (auto(true, true), Avif, Webp),
        (auto(true, false), Avif, Gif),
        (auto(false, true), Webp, Webp),
        (auto(false, false), Png, Gif),
        (FormatChoice::Natural, Png, Gif),
        (FormatChoice::Effect, Png, Gif),
    ] {
        let settled = (choice.settle(Png, Jpeg), choice.settle(Gif, Gif));
        assert_eq!(settled, (of_png, of_gif));
    }
    assert_eq!(FormatChoice::Effect.settle(Webp, Webp), Apng);
    assert_eq!(FormatChoice::Natural.settle(Webp, Webp), Webp);
}

#[test]
fn a_still_may_keep_the_format_of_its_source_and_an_animation_never_becomes_a_still() {
    for (natural, own, settled) in [
        (Png, Jpeg, Jpeg),
        (Png, Webp, Webp),
        (Gif, Gif, Gif),
        // An operation has made an animation of it.
        (Gif, Jpeg, Gif),
        (Apng, Png, Apng),
    ] {
        assert_eq!(FormatChoice::Source.settle(natural, own), settled);
    }
}

#[test]
fn what_was_traded_is_one_line() {
    let traded = Traded {
        colors: Some(64),
        scale: Some(70),
        ..Traded::default()
    };
    assert_eq!(traded.to_string(), "colors=64, scale=70");
}
