//! Makes calls with dagpirs, as it is but for its base URL, and tells what came of them.
//!
//! The base URL is in `DAGPI_ENDPOINT`, the token in `DAGPI_TOKEN`. Each line of standard input is a call, `{"effect", "url",
//! "parameters"}`; each gets one line of output, in order: `{"result": …}` with the picture in
//! hexadecimal, or with the name of the error and its text. The first line lists the effects that
//! the client knows. The client itself prints every status; those lines are not JSON objects.

use std::io::BufRead;
use std::sync::Arc;

use dagpirs::models::ImageResponse;
use dagpirs::models::{
    ImageManipulation, ImageManipulationText, ImageManipulationTopBottom, Pride,
};
use dagpirs::{Client, HttpError, HttpResult};
use serde_json::{Value, json};

/// All variants of one of the client's enums, as it spells them in paths.
macro_rules! variants {
    ($kind:ident: $($variant:ident)*) => {{
        // A variant that is missing in the list does not compile.
        let _ = |known: &$kind| match known { $($kind::$variant => ()),* };
        [$($kind::$variant),*].map(|variant| (variant.to_string().to_lowercase(), variant))
    }};
}

fn plain() -> impl IntoIterator<Item = (String, ImageManipulation)> {
    variants!(ImageManipulation: Colors Triggered Wasted Invert Sobel Hog Triangle Blur Angel Satan
        Hitler Obama Wanted Bad Sith Jail Gay Trash Fedora Delete Pixel Deepfry Mosiac Ascii
        Stringify Floor Charcoal Poster Sepia Polaroid Swirl Paint Night Solar America Communism
        Rainbow Magik Spin Comic Burn Freeze Earth PetPet Neon Sketch Glitch Shake Bomb Bonk Lego
        Mirror Flip Expand Shatter Ground Dissolve Cube)
}

fn with_text() -> impl IntoIterator<Item = (String, ImageManipulationText)> {
    variants!(ImageManipulationText: ThoughtImage Captcha ModernMeme)
}

fn with_two_texts() -> impl IntoIterator<Item = (String, ImageManipulationTopBottom)> {
    variants!(ImageManipulationTopBottom: Motiv RetroMeme)
}

fn flags() -> impl IntoIterator<Item = (String, Pride)> {
    variants!(Pride: Asexual Bisexual Gay GenderFluid GenderQueer Intersex Lesbian NonBinary Pan
        Progress Trans Ally Polysexual)
}

fn effects() -> Vec<String> {
    let methods = ["tweet", "yt", "discord", "pride"].map(str::to_owned);
    let mut names: Vec<_> = methods.into_iter().collect();
    names.extend(plain().into_iter().map(|(name, _)| name));
    names.extend(with_text().into_iter().map(|(name, _)| name));
    names.extend(with_two_texts().into_iter().map(|(name, _)| name));
    names.sort();
    names
}

fn find<T>(among: impl IntoIterator<Item = (String, T)>, wanted: &str) -> Option<T> {
    let mut among = among.into_iter();
    among
        .find(|(name, _)| name == wanted)
        .map(|(_, found)| found)
}

/// The call as a user of the client writes it: each kind of effect has a method of its own.
async fn process(client: &Client, call: &Value) -> HttpResult<ImageResponse, String> {
    let text = |value: &Value| value.as_str().unwrap_or("text").to_owned();
    let (effect, url, given) = (
        text(&call["effect"]),
        text(&call["url"]),
        &call["parameters"],
    );
    let image = &client.image;
    if let Some(kind) = find(plain(), &effect) {
        return image.image_process(url, kind).await;
    }
    if let Some(kind) = find(with_text(), &effect) {
        return image
            .image_process_text(url, text(&given["text"]), kind)
            .await;
    }
    if let Some(kind) = find(with_two_texts(), &effect) {
        let (top, bottom) = (text(&given["top_text"]), text(&given["bottom_text"]));
        return image.image_process_top_bottom(url, top, bottom, kind).await;
    }
    let (name, said) = (text(&given["username"]), text(&given["text"]));
    match effect.as_str() {
        "pride" => {
            let flag = find(flags(), &text(&given["flag"])).expect("a flag that it knows");
            image.pride(url, flag).await
        }
        "tweet" => image.tweet(url, name, said).await,
        "yt" => image.yt(url, name, said, true).await,
        "discord" => image.discord_message(url, name, said, true).await,
        _ => panic!("the client knows no {effect}"),
    }
}

fn outcome(result: HttpResult<ImageResponse, String>) -> Value {
    let (name, message) = match result {
        Ok(Ok(image)) => {
            assert_eq!(image.size, image.bytes.len() as u64);
            assert!(image.process_time >= 0.0);
            let picture: String = image
                .bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            return json!({"result": image.format.to_string().to_lowercase(), "picture": picture});
        }
        Ok(Err(message)) => ("Ok(Err)", message),
        Err(HttpError::RequestFailed(error)) => ("RequestFailed", error.to_string()),
        Err(HttpError::InternalServerError) => ("InternalServerError", String::new()),
        Err(HttpError::NotFound) => ("NotFound", String::new()),
        Err(HttpError::Unauthorized) => ("Unauthorized", String::new()),
        Err(HttpError::FileTooLarge) => ("FileTooLarge", String::new()),
        Err(HttpError::ImageUnaccesbile(message)) => ("ImageUnaccesbile", message),
        Err(HttpError::ParameterError(missing)) => {
            let of = |one: &dagpirs::models::api::MissingParam| {
                format!("{} is {}", one.loc[1], one.r#type)
            };
            ("ParameterError", missing.detail.iter().map(of).collect())
        }
        Err(HttpError::BadRequest(message)) => ("BadRequest", message),
        Err(HttpError::RateLimited(limit, left)) => ("RateLimited", format!("{limit}, {left}")),
    };
    json!({"result": name, "message": message})
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let token = std::env::var("DAGPI_TOKEN").expect("a token");
    let client = Arc::new(Client::new(&token).expect("a token of 64 characters"));
    println!("{}", json!({"effects": effects()}));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let call: Value = serde_json::from_str(&line).expect("a call");
        let client = Arc::clone(&client);
        // It panics on some answers; that is an outcome too.
        let result = tokio::spawn(async move { process(&client, &call).await });
        let told = match result.await {
            Ok(result) => outcome(result),
            Err(error) => json!({"result": "panic", "message": error.to_string()}),
        };
        println!("{told}");
    }
}
