//! `Content-Disposition`, where an option asks for one: whether a browser shows or saves the result,
//! and under which name.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam,
    DispositionType, ExtendedValue, TryIntoHeaderValue,
};
use protocol::OutputFormat;

use super::wanted::Wanted;

pub(super) fn add(response: &mut HttpResponse, wanted: &Wanted) {
    // An answer without a picture has no format, and leaves the header of the one before as it is.
    let has_picture = response.status() == StatusCode::OK;
    if !has_picture || wanted.filename.is_none() && wanted.attachment.is_none() {
        return;
    }
    let extension = extension(response);
    let name = wanted.filename.as_ref();
    let name = name.map(|name| format!("{name}.{extension}"));
    let header = ContentDisposition {
        disposition: match wanted.attachment {
            Some(true) => DispositionType::Attachment,
            _ => DispositionType::Inline,
        },
        parameters: name.map(parameter).into_iter().collect(),
    };
    if let Ok(value) = header.try_into_value() {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
}

/// That of the format, which may have been the source's to decide.
fn extension(response: &HttpResponse) -> &'static str {
    let given = response.headers().get(CONTENT_TYPE);
    let mut formats = OutputFormat::ALL.into_iter();
    let format = formats.find(|format| {
        given.is_some_and(|given| given.as_bytes() == format.content_type().as_bytes())
    });
    match format {
        None => "bin",
        Some(OutputFormat::Jpeg) => "jpg",
        Some(OutputFormat::Apng) => "png",
        Some(format) => format.name(),
    }
}

fn parameter(name: String) -> DispositionParam {
    match name.is_ascii() {
        true => DispositionParam::Filename(name),
        false => DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: name.into_bytes(),
        }),
    }
}
