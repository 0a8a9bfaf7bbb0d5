//! The settings from every source, given as plain values: no test touches the process's own
//! environment.

use std::ffi::OsString;
use std::path::PathBuf;

use super::*;

/// A file of this process that goes away with the test.
struct ConfigFile(PathBuf);

impl ConfigFile {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("framefarm-{}-{name}.toml", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for ConfigFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    let os = |&(name, text): &(&str, &str)| (name.into(), text.into());
    pairs.iter().map(os).collect()
}

/// The given texts as flags of the settings of those names.
pub(super) fn flags(pairs: &[(&str, &str)]) -> Vec<(&'static Setting, String)> {
    let flag = |&(name, text): &(&str, &str)| (texts::find(name).unwrap(), text.to_owned());
    pairs.iter().map(flag).collect()
}

fn gather(
    file: Option<&ConfigFile>,
    variables: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Configuration, Mistakes> {
    Configuration::gather(
        file.map(|file| file.0.clone()),
        self::flags(flags),
        environment(variables),
    )
}

/// The sentences about settings that must be wrong.
fn mistakes(
    file: Option<&ConfigFile>,
    variables: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Vec<String> {
    let mistakes = gather(file, variables, flags).expect_err("must be refused");
    mistakes.0.iter().map(ToString::to_string).collect()
}

/// Asserts that there is one mistake, and that its sentence has the parts.
#[track_caller]
pub(super) fn refused(flags: &[(&str, &str)], parts: &[&str]) {
    let sentences = mistakes(None, &[], flags);
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    for part in parts {
        assert!(
            sentences[0].contains(part),
            "{part:?} is not in {sentences:?}"
        );
    }
}

#[test]
fn the_defaults_are_valid_and_as_documented() {
    let settings = Settings::with(&[]);
    assert_eq!(settings.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(settings.job_deadline, Duration::from_secs(30));
    assert_eq!(settings.worker_memory_bytes, 1 << 30);
    assert_eq!(settings.queue_jobs, 8 * settings.workers);
    assert_eq!(settings.http_threads, settings.workers.div_ceil(2).min(8));
    assert_eq!(settings.sandbox, Sandbox::BestEffort);
    assert_eq!(settings.port_file, None);
    assert_eq!(settings.limits().total_pixels_max, 250_000_000);
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let file = ConfigFile::new(
        "precedence",
        "workers = 2\nframes_max = 2\nredirects_max = 2",
    );
    let variables = [("FRAMEFARM_WORKERS", "3"), ("FRAMEFARM_FRAMES_MAX", "3")];
    let settings = gather(Some(&file), &variables, &[("workers", "4")])
        .unwrap()
        .settings;
    assert_eq!(settings.workers, 4);
    assert_eq!(settings.frames_max, 3);
    assert_eq!(settings.redirects_max, 2);
    assert_eq!(settings.pixels_max, 50_000_000);
}

#[test]
fn the_environment_may_name_the_file_and_the_flag_beats_it() {
    let named = ConfigFile::new("named", "workers = 7");
    let flagged = ConfigFile::new("flagged", "workers = 9");
    let variable = [(CONFIG_VARIABLE, named.0.to_str().unwrap())];
    assert_eq!(gather(None, &variable, &[]).unwrap().settings.workers, 7);
    let both = gather(Some(&flagged), &variable, &[]).unwrap();
    assert_eq!(both.settings.workers, 9);
    assert!(gather(None, &[(CONFIG_VARIABLE, "")], &[]).is_ok());
}

#[test]
fn toml_values_of_every_type_are_understood() {
    let file = ConfigFile::new(
        "types",
        "workers = 1_000\nallow_anonymous = true\nqueue_bytes = '1 GiB'\n\
         allow_source_networks = ['10.1.2.3', 'fd00::/8']",
    );
    let settings = gather(Some(&file), &[], &[]).unwrap().settings;
    assert_eq!(settings.workers, 1000);
    assert!(settings.allow_anonymous);
    assert_eq!(settings.queue_bytes, 1 << 30);
    let networks = ["10.1.2.3/32", "fd00::/8"].map(|network| network.parse().unwrap());
    assert_eq!(settings.allow_source_networks, networks);
}

#[test]
fn sizes_take_bytes_or_binary_suffixes_only() {
    let size = |text| {
        let changes = [("source_bytes_max", text), ("queue_bytes", "1 GiB")];
        Settings::with(&changes).source_bytes_max
    };
    assert_eq!(size("1_000"), 1000);
    assert_eq!(size("3KiB"), 3072);
    assert_eq!(size("3 MiB"), 3 << 20);
    assert_eq!(size("1 GiB"), 1 << 30);
    for wrong in [
        "1 MB",
        "-1",
        "+1",
        "1.5 MiB",
        "_1",
        "1_",
        "",
        "GiB",
        "2 GiB",
        "99999999999 GiB",
    ] {
        refused(
            &[("source_bytes_max", wrong)],
            &[wrong, "from 1 B to 1 GiB", "--source-bytes-max"],
        );
    }
}

#[test]
fn all_mistakes_of_all_sources_are_reported_at_once() {
    let file = ConfigFile::new(
        "mistakes",
        "worker = 1.5\npixels_maximum = 1\nsandbox = 'strict'\nlisten = '0.0.0.0:80'",
    );
    let variables = [
        ("FRAMEFARM_JOB_DEADLINE_MS", "soon"),
        ("FRAMEFARM_QUEUE_JOB", "5"),
        ("PATH", "/bin"),
    ];
    let sentences = mistakes(Some(&file), &variables, &[("cache_bytes", "much")]);
    let path = file.0.display().to_string();
    let expected = [
        [path.as_str(), "worker", "1.5"],
        [path.as_str(), "pixels_maximum", "did you mean pixels_max?"],
        [
            path.as_str(),
            "sandbox = \"strict\"",
            "required or best-effort or off",
        ],
        [path.as_str(), "listen", "allow_anonymous"],
        [
            "FRAMEFARM_JOB_DEADLINE_MS",
            "\"soon\"",
            "milliseconds from 1 to 3600000",
        ],
        [
            "FRAMEFARM_QUEUE_JOB",
            "not a setting",
            "did you mean FRAMEFARM_QUEUE_JOBS?",
        ],
        ["--cache-bytes", "\"much\"", "a size from 0 B"],
    ];
    assert_eq!(sentences.len(), expected.len(), "{sentences:#?}");
    for parts in expected {
        assert!(
            sentences
                .iter()
                .any(|sentence| parts.iter().all(|part| sentence.contains(part))),
            "{parts:?} is not in {sentences:#?}"
        );
    }
}

#[test]
fn a_name_that_resembles_nothing_gets_no_suggestion() {
    let sentences = mistakes(None, &[("FRAMEFARM_XYZZY", "1")], &[]);
    assert_eq!(
        sentences,
        ["FRAMEFARM_XYZZY (from environment FRAMEFARM_XYZZY) is not a setting"]
    );
}

#[test]
fn the_variables_that_kubernetes_adds_for_a_service_are_no_mistakes() {
    let variables = [
        ("FRAMEFARM_SERVICE_HOST", "10.0.0.1"),
        ("FRAMEFARM_SERVICE_PORT_HTTP", "80"),
        ("FRAMEFARM_PORT", "tcp://10.0.0.1:80"),
        ("FRAMEFARM_GATEWAY_PORT_80_TCP_ADDR", "10.0.0.1"),
    ];
    assert!(gather(None, &variables, &[]).is_ok());
    assert_eq!(mistakes(None, &[("FRAMEFARM_PORT", "8080")], &[]).len(), 1);
}

#[test]
fn a_file_that_is_missing_or_not_toml_is_one_mistake_and_the_other_sources_still_count() {
    let missing = ConfigFile(PathBuf::from("/nonexistent/framefarm.toml"));
    let sentences = mistakes(Some(&missing), &[], &[("workers", "0")]);
    assert_eq!(sentences.len(), 2, "{sentences:?}");
    assert!(sentences[0].contains("/nonexistent/framefarm.toml: cannot be read"));

    let broken = ConfigFile::new("broken", "workers = 2\nlisten =");
    let sentences = mistakes(Some(&broken), &[], &[]);
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    assert!(sentences[0].contains("line 2"), "{sentences:?}");
}

#[test]
fn what_is_printed_reads_back_as_the_same_settings() {
    let changes: &[&[(&str, &str)]] = &[
        &[],
        &[
            ("port_file", r#"/tmp/a "quoted" \ path"#),
            ("allow_source_networks", "10.0.0.0/8, ::1"),
            ("allow_source_ports", "80, 443, 8000-8999"),
            ("pixels_max", "1_000"),
            ("queue_bytes", "0030000000"),
            ("log", "info,gateway[span]=debug"),
            ("listen", "[::1]:0"),
        ],
    ];
    for flags in changes {
        let printed = gather(None, &[], flags).unwrap();
        let file = ConfigFile::new("printed", &printed.to_toml());
        let read = gather(Some(&file), &[], &[]).unwrap();
        assert_eq!(read.settings, printed.settings, "{}", printed.to_toml());
    }
}

#[test]
fn every_setting_has_a_row_in_the_documentation() {
    let table = markdown_table();
    for setting in SETTINGS {
        let row = format!("| `{}` | ", setting.name);
        assert_eq!(table.matches(&row).count(), 1, "{table}");
    }
    let rows = table.lines().filter(|line| line.starts_with('|'));
    assert!(
        rows.clone().all(|row| row.matches('|').count() == 6),
        "{table}"
    );
}

#[test]
fn a_wrong_setting_spoils_neither_what_depends_on_it_nor_what_it_is_compared_with() {
    refused(
        &[("workers", "0")],
        &["workers", "auto (the CPUs", "from 1 to 1024"],
    );
    refused(
        &[("source_bytes_max", "much"), ("queue_bytes", "1")],
        &["source_bytes_max"],
    );
}

#[test]
fn a_mistyped_log_level_is_not_taken_for_a_target() {
    for wrong in ["inof", "info,debgu", "", "gateway=loud", "gateway"] {
        refused(&[("log", wrong)], &["log = ", "off, error, warn"]);
    }
    Settings::with(&[("log", "WARN,gateway::pool=trace,hyper=off")]);
}

#[test]
fn the_readme_has_exactly_these_settings() {
    let readme = include_str!("../../../README.md");
    let table = markdown_table();
    assert!(
        readme.contains(table.trim()),
        "README.md must contain:\n{table}"
    );
}
