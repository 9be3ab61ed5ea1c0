//! The parts of the page. Each is a view of the lab; what a person does goes to the runner.

mod bench;
mod bytes_pane;
mod chooser;
mod composer;
mod downloads;
mod explain_pane;
mod inspector;
mod kept;
mod ladder;
mod newer_page;
mod offers;
mod python_pane;
mod python_paste;
mod screen_pane;
mod server_bar;
mod state_pane;
mod status_line;
mod theme;
mod time;
mod transcript_view;
mod world_pane;

pub use bench::{BenchHandle, BenchPage};
pub use chooser::Chooser;
pub use composer::Composer;
pub use downloads::Downloads;
pub use inspector::Inspector;
pub use kept::KeptLine;
pub use ladder::LadderStrip;
pub use newer_page::NewerPage;
pub use server_bar::ServerBar;
pub use status_line::StatusLine;
pub use theme::ThemeButton;
pub use time::TimeBar;
pub use transcript_view::TranscriptView;
pub use world_pane::WorldPane;
