//! A small real server for the tests of fetching, which misbehaves by path.

use std::io::Write;
use std::net::SocketAddr;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(super) const PICTURE: &[u8] = b"the bytes of a picture";

/// A server on the loopback interface; [`answer`] lists its paths.
pub(super) struct Origin {
    pub(super) address: SocketAddr,
}

impl Origin {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { address }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if stream.read_line(&mut request).await? == 0 {
            return Ok(());
        }
    }
    answer(&request, stream.get_mut()).await
}

async fn answer(request: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let redirect = |to: &str| format!("302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
    let rest = match path {
        "/picture" => format!(
            "200 OK\r\ncontent-length: {}\r\n\r\n{}",
            PICTURE.len(),
            String::from_utf8_lossy(PICTURE)
        ),
        "/request" => format!("200 OK\r\n\r\n{request}"),
        "/to" => redirect(query),
        "/loop" => redirect("/loop"),
        "/countdown" => match query.parse() {
            Ok(0) | Err(_) => redirect("/picture"),
            Ok(hops @ 1_u32..) => redirect(&format!("/countdown?{}", hops - 1)),
        },
        "/announced" => "200 OK\r\ncontent-length: 1025\r\n\r\n".to_owned(),
        "/chunks" => "200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
        "/slow" => "200 OK\r\ncontent-length: 100\r\n\r\nfirst bytes".to_owned(),
        "/cut" => "200 OK\r\ncontent-length: 100\r\n\r\nfirst bytes".to_owned(),
        "/gzip" => "200 OK\r\ncontent-encoding: gzip\r\n\r\n".to_owned(),
        "/broken-gzip" => {
            "200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nzzzz".to_owned()
        }
        "/brotli" => "200 OK\r\ncontent-encoding: br\r\ncontent-length: 4\r\n\r\nzzzz".to_owned(),
        "/as-it-is" => {
            let bytes = String::from_utf8_lossy(PICTURE);
            format!("200 OK\r\ncontent-encoding: Identity\r\n\r\n{bytes}")
        }
        "/empty" => "204 No Content\r\n\r\n".to_owned(),
        _ => "404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
    };
    stream
        .write_all(format!("HTTP/1.1 {rest}").as_bytes())
        .await?;
    match path {
        "/gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(PICTURE)?;
            stream.write_all(&encoder.finish()?).await?;
            stream.shutdown().await
        }
        // Until the client hangs up.
        "/chunks" => loop {
            stream.write_all(b"100\r\n").await?;
            stream.write_all(&[b'x'; 0x100]).await?;
            stream.write_all(b"\r\n").await?;
        },
        "/slow" => std::future::pending().await,
        _ => stream.shutdown().await,
    }
}

/// The address of a server that greets like one for mail.
pub(super) async fn speaking_no_http() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(greet(stream));
        }
    });
    address
}

async fn greet(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(b"220 mail.example ESMTP\r\n").await?;
    // Closing now would reset the connection, perhaps before the greeting is read.
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    Ok(())
}
