//! Fetches from a small real server on the loopback interface.

use super::client::USER_AGENT;
use super::origin::{Origin, PICTURE, speaking_no_http};
use bytes::Bytes;

use super::*;

/// No test waits this long; it only bounds a hang.
const PATIENCE: Duration = Duration::from_secs(20);

fn fetcher(changes: &[(&str, &str)]) -> Fetcher {
    let settings = Settings::with(changes);
    Fetcher::new(&settings, Intake::new(&settings)).unwrap()
}

/// A fetcher that reaches the test's server.
fn local_fetcher(changes: &[(&str, &str)]) -> Fetcher {
    let allowed = [("allow_source_networks", "127.0.0.0/8")];
    fetcher(&[changes, &allowed].concat())
}

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<Bytes, FetchError> {
    let source = fetcher.fetch(url, Instant::now() + PATIENCE).await?;
    Ok(source.bytes)
}

fn forbidden(host: &str) -> FetchError {
    FetchError::not_public(host)
}

#[tokio::test]
async fn a_file_arrives_whole() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[]);
    assert_eq!(
        fetch(&fetcher, &source.url("/picture")).await.unwrap(),
        PICTURE
    );
    let by_name = format!("http://localhost:{}/picture", source.address.port());
    assert_eq!(fetch(&fetcher, &by_name).await.unwrap(), PICTURE);
}

#[tokio::test]
async fn the_request_says_who_asks_and_nothing_else() {
    let source = Origin::start().await;
    let request = fetch(&local_fetcher(&[]), &source.url("/request"))
        .await
        .unwrap();
    let request = String::from_utf8_lossy(&request).to_lowercase();
    assert!(
        request.contains(&format!("user-agent: {USER_AGENT}\r\n")),
        "{request}"
    );
    assert!(
        request.contains("accept-encoding: identity\r\n"),
        "{request}"
    );
    for absent in ["cookie", "referer", "authorization"] {
        assert!(!request.contains(absent), "{request}");
    }
}

#[tokio::test]
async fn without_the_allow_list_nothing_connects_to_loopback() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let fetcher = fetcher(&[]);
    for host in ["127.0.0.1", "localhost"] {
        let error = fetch(&fetcher, &format!("http://{host}:{port}/picture")).await;
        assert_eq!(error, Err(forbidden(host)));
    }
    let accepted = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(accepted, Err(std::io::ErrorKind::WouldBlock));
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[("redirects_max", "3")]);
    let last = fetch(&fetcher, &source.url("/countdown?2")).await;
    assert_eq!(last.unwrap(), PICTURE);
    let one_more = fetch(&fetcher, &source.url("/countdown?3")).await;
    assert_eq!(one_more, Err(FetchError::TooManyRedirects { max: 3 }));
    let forever = fetch(&fetcher, &source.url("/loop")).await;
    assert_eq!(forever, Err(FetchError::TooManyRedirects { max: 3 }));
    let none = local_fetcher(&[("redirects_max", "0")]);
    let first = fetch(&none, &source.url("/to?/picture")).await;
    assert_eq!(first, Err(FetchError::TooManyRedirects { max: 0 }));
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_refused() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[]);
    for (url, host) in [
        ("http://10.0.0.1/", "10.0.0.1"),
        ("http://0xa9fea9fe/", "169.254.169.254"),
        ("http://[::1]/", "[::1]"),
    ] {
        let error = fetch(&fetcher, &source.url(&format!("/to?{url}"))).await;
        assert_eq!(error, Err(forbidden(host)));
    }
    let error = fetch(&fetcher, &source.url("/to?file:///etc/passwd")).await;
    assert!(
        matches!(error, Err(FetchError::Unreachable { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_announced_too_long_is_refused_before_it_is_read() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[("source_bytes_max", "1 KiB")]);
    let error = fetch(&fetcher, &source.url("/announced"))
        .await
        .unwrap_err();
    let value = Some(1025);
    assert_eq!(error, FetchError::TooLarge { value, max: 1024 });
    assert!(
        error.to_string().contains("1025 bytes, the limit is 1024"),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_grows_too_long_is_refused_on_the_way() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[("source_bytes_max", "1 KiB")]);
    let error = fetch(&fetcher, &source.url("/chunks")).await.unwrap_err();
    assert_eq!(
        error,
        FetchError::TooLarge {
            value: None,
            max: 1024
        }
    );
    assert!(
        error.to_string().contains("more than 1024 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_of_exactly_the_limit_passes() {
    let source = Origin::start().await;
    let exactly = PICTURE.len().to_string();
    let fetcher = local_fetcher(&[("source_bytes_max", &exactly)]);
    assert_eq!(
        fetch(&fetcher, &source.url("/picture")).await.unwrap(),
        PICTURE
    );
}

#[tokio::test]
async fn a_slow_file_times_out_by_the_setting_or_by_the_deadline() {
    let source = Origin::start().await;
    let impatient = local_fetcher(&[("fetch_timeout_ms", "50")]);
    let error = fetch(&impatient, &source.url("/slow")).await;
    assert_eq!(error, Err(FetchError::TimedOut { after_ms: 50 }));

    let deadline = Instant::now() + Duration::from_millis(50);
    let error = local_fetcher(&[])
        .fetch(&source.url("/slow"), deadline)
        .await;
    let Err(FetchError::TimedOut { after_ms }) = error else {
        panic!("{error:?}");
    };
    assert!(after_ms <= 50, "{after_ms}");
}

#[tokio::test]
async fn a_file_that_comes_compressed_all_the_same_is_inflated_if_it_can_be() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[]);
    for path in ["/gzip", "/as-it-is"] {
        let plain = fetch(&fetcher, &source.url(path)).await;
        assert_eq!(plain.unwrap(), PICTURE, "{path}");
    }
    let broken = fetch(&fetcher, &source.url("/broken-gzip")).await;
    assert_unreachable(broken, "compressed (gzip), and that is broken");
    let other = fetch(&fetcher, &source.url("/brotli")).await;
    assert_unreachable(other, "compressed (br)");
}

#[tokio::test]
async fn a_picture_in_the_url_is_taken_and_one_in_a_redirect_is_not() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[("deny_source_hosts", "example.org")]);
    let inline = "data:image/png;base64,UE5H";
    assert_eq!(fetch(&fetcher, inline).await.unwrap(), "PNG");
    let redirected = fetch(&fetcher, &source.url(&format!("/to?{inline}"))).await;
    assert_unreachable(redirected, "data is not fetched");
}

#[tokio::test]
async fn one_host_takes_only_so_many_fetches_at_once() {
    let source = Origin::start().await;
    let settings = [("fetches_per_host_max", "1"), ("fetch_timeout_ms", "2000")];
    let fetcher = local_fetcher(&settings);
    let (slow, next) = (source.url("/slow"), source.url("/picture"));
    let elsewhere = format!("http://localhost:{}/picture", source.address.port());
    let begun = Instant::now();
    let occupied = fetch(&fetcher, &slow);
    let others = async {
        // Polled after the one above, which has the only place by then.
        let soon = begun + Duration::from_millis(500);
        let waiting = fetcher.fetch(&next, soon).await.map(|source| source.bytes);
        (waiting, fetch(&fetcher, &elsewhere).await)
    };
    let (occupied, (waiting, elsewhere)) = tokio::join!(occupied, others);
    assert!(matches!(occupied, Err(FetchError::TimedOut { .. })));
    assert!(
        matches!(waiting, Err(FetchError::TimedOut { .. })),
        "{waiting:?}"
    );
    assert_eq!(elsewhere.unwrap(), PICTURE);
    assert_eq!(fetch(&fetcher, &next).await.unwrap(), PICTURE);
}

#[tokio::test]
async fn any_status_but_200_is_an_error() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[]);
    for (path, status) in [("/missing", 404), ("/empty", 204)] {
        let host = "127.0.0.1".to_owned();
        let error = fetch(&fetcher, &source.url(path)).await;
        assert_eq!(error, Err(FetchError::Status { host, status }));
    }
}

#[track_caller]
fn assert_unreachable(result: Result<Bytes, FetchError>, reason: &str) {
    match result {
        Err(FetchError::Unreachable { why, .. }) if why.contains(reason) => {}
        other => panic!("expected {reason:?}, got {other:?}"),
    }
}

#[tokio::test]
async fn a_host_that_gives_no_answer_is_unreachable_and_says_why() {
    let source = Origin::start().await;
    let fetcher = local_fetcher(&[]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    assert_unreachable(fetch(&fetcher, &nobody).await, "refused the connection");
    let cut = fetch(&fetcher, &source.url("/cut")).await;
    assert_unreachable(cut, "broke the connection off");
    // A label of 64 letters is too long for DNS: it fails without asking a server.
    let nameless = format!("http://{}.test/", "a".repeat(64));
    assert_unreachable(fetch(&fetcher, &nameless).await, "cannot be resolved");
    let mail = speaking_no_http().await;
    assert_unreachable(
        fetch(&fetcher, &format!("http://{mail}/")).await,
        "not HTTP",
    );
}

/// Trusts nobody, so that the tests do not depend on the certificates of the machine.
fn without_authorities(knows_authorities: bool) -> Fetcher {
    let settings = Settings::with(&[("allow_source_networks", "127.0.0.1")]);
    // Chooses the crypto provider of the process.
    drop(Fetcher::new(&settings, Intake::new(&settings)).unwrap());
    let client = client(&settings).tls_certs_only([]).build().unwrap();
    let (roots, intake) = (open_roots(&settings).unwrap(), Intake::new(&settings));
    Fetcher::with_client(&settings, client, roots, intake, knows_authorities)
}

#[tokio::test]
async fn a_host_that_fails_at_tls_is_unreachable_and_says_so() {
    let url = format!("https://{}/", speaking_no_http().await);
    assert_unreachable(fetch(&without_authorities(true), &url).await, "TLS failed");
}

#[tokio::test]
async fn without_certificate_authorities_http_works_and_https_says_what_is_missing() {
    let source = Origin::start().await;
    let fetcher = without_authorities(false);
    let plain = fetch(&fetcher, &source.url("/picture")).await;
    assert_eq!(plain.unwrap(), PICTURE);
    let secure = fetch(&fetcher, &format!("https://{}/picture", source.address)).await;
    assert_unreachable(secure, "no certificate authorities");
}
