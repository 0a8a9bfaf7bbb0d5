//! Public libraries that make imgproxy's URLs, against the real service: what they sign is taken as it is.
//! `tests/clients/install python node` brings them; without them these tests say so and pass, except in CI.

use std::process::Command;

use super::*;
use crate::clients::installed;

/// A service with a pair, and the same pair and endpoint for a library.
fn with_pair(origin: &Origin, run: impl Fn(&[String]) -> Option<String>) {
    let keys = Keys::new(&entry("shop"));
    let service = keys.service(&[]);
    let [key, salt] = pair("shop");
    let arguments = [service.url(PREFIX), key, salt, origin.url("/wide.png")];
    let Some(printed) = run(&arguments) else {
        return;
    };
    let sizes = [(20, 20), (30, 15), (44, 24), (40, 80)];
    let urls: Vec<_> = printed.lines().collect();
    assert_eq!(urls.len(), sizes.len(), "{printed}");
    for (url, size) in urls.into_iter().zip(sizes) {
        let path = url.strip_prefix(&service.url("")).unwrap();
        assert_eq!(picture(&service.get(path)).size(), size, "{url}");
        let tampered = path.replacen(PREFIX, &format!("{PREFIX}/A"), 1);
        assert_eq!(service.get(&tampered).code(), "forbidden");
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_the_library_of_python_signs_is_taken() {
    with_pair(&origin(), |arguments| {
        let folder = installed("imgproxy (PyPI)", "python", "imgproxy.py")?;
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", folder).args(["-B", "-c", PYTHON]);
        Some(output(command.args(arguments)))
    });
}

#[test]
fn what_imgproxys_own_library_of_node_signs_is_taken() {
    with_pair(&origin(), |arguments| {
        let proof = "node_modules/@imgproxy/imgproxy-node";
        let folder = installed("@imgproxy/imgproxy-node", "node", proof)?;
        let mut command = Command::new("node");
        command.current_dir(folder).args(["-e", NODE]);
        Some(output(command.args(arguments)))
    });
}

const PYTHON: &str = "
import sys
from imgproxy import ImgProxy

host, key, salt, source = sys.argv[1:]
make = ImgProxy.factory(proxy_host=host, key=key, salt=salt, extension='png')
print(make(source, resizing_type='fill', width=20, height=20, gravity='sm'))
print(make(source, resizing_type='fit', width=30))
print(make(source, 'pd:2', resizing_type='fit', width=40))
print(make(source, 'rot:90'))
";

const NODE: &str = "
const { generateImageUrl } = require('@imgproxy/imgproxy-node');
const [endpoint, key, salt, source] = process.argv.slice(1);
const print = (options, displayAs) =>
  console.log(generateImageUrl({ endpoint, url: { value: source, displayAs }, options, key, salt }));
print({ resize: { resizing_type: 'fill', width: 20, height: 20 }, gravity: { type: 'sm' }, format: 'png' }, 'base64');
print({ width: 30, format: 'png' }, 'plain');
print({ size: { width: 40 }, padding: { top: 2 }, format: 'png' }, 'plain');
print({ rotate: 90, format: 'png' }, 'base64');
";
