//! The Python harness itself.

use std::time::Duration;

use tests::python;

#[tokio::test]
async fn a_script_gets_its_arguments_and_has_the_modules() {
    let Some(run) = python::run("modules.py", &["one", "two words"], Duration::from_secs(20)).await
    else {
        return;
    };
    assert!(run.ok, "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    for module in ["ftplib", "poplib", "smtplib", "http.client", "imaplib"] {
        assert!(lines.contains(&module), "no {module}: {lines:?}");
    }
    assert_eq!(lines.last(), Some(&"one two words"));
}
