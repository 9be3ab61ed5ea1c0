//! What `wirelab` does beside running the lab.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Command as Clap, Subcommand};
use clap_complete::Shell;

use crate::lessons;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a shell's completion script to standard output
    Completions { shell: Shell },
    /// Write the manual page (troff) to standard output
    Man,
    /// Check a file for --config: what it means, or what is wrong with it and where
    CheckConfig { file: PathBuf },
    /// Lessons that you write: docs/lessons.md says how
    Lesson {
        #[command(subcommand)]
        command: Lesson,
    },
}

#[derive(Subcommand)]
pub(crate) enum Lesson {
    /// Read files of lessons and play each to its end; say what is wrong, with file, line and reason
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

impl Command {
    pub(crate) fn run(self, wirelab: Clap) -> ExitCode {
        let text = match &self {
            Command::CheckConfig { file } => match relay::check(file) {
                Ok(checked) => Ok(checked.to_string().into_bytes()),
                Err(error) => {
                    eprintln!("{error}");
                    return ExitCode::FAILURE;
                }
            },
            Command::Lesson { command: Lesson::Check { files } } => {
                let (checked, wrong): (Vec<_>, Vec<_>) =
                    files.iter().map(|file| lessons::check(file)).partition(Result::is_ok);
                let told: String = checked.into_iter().flatten().collect();
                let done = io::stdout().write_all(told.as_bytes());
                wrong.iter().filter_map(|wrong| wrong.as_ref().err()).for_each(|w| eprint!("{w}"));
                if !wrong.is_empty() {
                    return ExitCode::FAILURE;
                }
                done.map(|()| Vec::new())
            }
            _ => self.text(wirelab),
        };
        match text.and_then(|text| io::stdout().write_all(&text)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("cannot write to standard output: {error}");
                ExitCode::FAILURE
            }
        }
    }

    fn text(&self, mut wirelab: Clap) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        match self {
            Command::Completions { shell } => {
                clap_complete::generate(*shell, &mut wirelab, "wirelab", &mut text);
            }
            Command::Man => clap_mangen::Man::new(wirelab).render(&mut text)?,
            // Its text is not about the program.
            Command::CheckConfig { .. } | Command::Lesson { .. } => {}
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, ValueEnum};

    fn text(command: &Command) -> String {
        String::from_utf8(command.text(crate::Arguments::command()).unwrap()).unwrap()
    }

    #[test]
    fn every_option_is_in_every_completion_and_in_the_manual() {
        let wirelab = crate::Arguments::command();
        let options = wirelab.get_arguments().filter_map(|argument| argument.get_long());
        let options = options.collect::<Vec<_>>();
        assert!(options.len() > 10, "{options:?}");
        let manual = text(&Command::Man).replace('\\', "");
        assert!(manual.contains(".TH wirelab 1"), "{manual}");
        for option in &options {
            assert!(manual.contains(&format!("--{option}")), "the manual lacks --{option}");
        }
        for &shell in Shell::value_variants() {
            let script = text(&Command::Completions { shell });
            for option in &options {
                assert!(script.contains(option), "{shell} lacks --{option}");
            }
        }
    }
}
