//! What `wirelab` does beside running the lab.

use std::io::{self, Write};

use clap::{Command as Clap, Subcommand};
use clap_complete::Shell;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a shell's completion script to standard output
    Completions { shell: Shell },
    /// Write the manual page (troff) to standard output
    Man,
}

impl Command {
    pub(crate) fn run(self, wirelab: Clap) -> io::Result<()> {
        let text = self.text(wirelab)?;
        io::stdout().write_all(&text)
    }

    fn text(&self, mut wirelab: Clap) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        match self {
            Command::Completions { shell } => {
                clap_complete::generate(*shell, &mut wirelab, "wirelab", &mut text);
            }
            Command::Man => clap_mangen::Man::new(wirelab).render(&mut text)?,
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
