//! Icons: strokes on a 16 by 16 grid, in the colour of the text.

use yew::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Power,
    Skull,
    Restart,
    Freeze,
    Thaw,
    Isolate,
    Heal,
    Write,
    Play,
    Stop,
    Forward,
    Back,
    NextNotable,
    PreviousNotable,
    First,
    Branch,
    Down,
    Link,
    Theme,
    FullScreen,
    Close,
    Undo,
    Redo,
    Open,
    Disks,
    Help,
    Flag,
    Bookmark,
    Compare,
    More,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Power => "M8 2.5V8M5 4.3a5 5 0 1 0 6 0",
            Self::Skull => "M4 4 12 12M12 4 4 12",
            Self::Restart => "M13 8A5 5 0 1 1 11 4M11.5 2V4.5H9",
            Self::Freeze => "M6 4V12M10 4V12",
            Self::Thaw => "M6 4 11.500 8 6 12Z",
            Self::Isolate => "M2 8H5.5M10.5 8H14M7 5l2 6",
            Self::Heal => "M2 8H14M5 5.500 2 8 5 10.500M11 5.500 14 8 11 10.500",
            Self::Write => "M3 13l.7-3L10.500 3.200 12.800 5.500 6 12.300ZM9 4.700 11.300 7",
            Self::Play => "M5 3 13 8 5 13Z",
            Self::Stop => "M5 3.500V12.500M11 3.500V12.500",
            Self::Forward => "M5 3l7 5-7 5Z",
            Self::Back => "M11 3 4 8l7 5Z",
            Self::NextNotable => "M2 3l5 5-5 5ZM8 3l5 5-5 5Z",
            Self::PreviousNotable => "M8 3 3 8l5 5ZM14 3 9 8l5 5Z",
            Self::First => "M4 3V13M13 3 6 8l7 5Z",
            Self::Branch => "M4 2.5V13.5M4 6C4 9 12 6 12 9.5V13.5",
            Self::Down => "M4.5 6.5 8 10l3.5-3.5",
            Self::Link => {
                "M6.500 9.500 9.500 6.500M7 5 9 3a2.800 2.800 0 0 1 4 4L11 9M9 11 7 13a2.800 2.800 0 0 1-4-4L5 7"
            }
            Self::Theme => "M12.500 10A5.500 5.500 0 0 1 6 3.500 5.500 5.500 0 1 0 12.500 10Z",
            Self::FullScreen => "M3 6V3H6M10 3h3V6M13 10v3H10M6 13H3V10",
            Self::Close => "M4 4 12 12M12 4 4 12",
            Self::Undo => "M6 3 3 6l3 3M3 6H9.500a3.500 3.500 0 0 1 0 7H6",
            Self::Redo => "M10 3l3 3-3 3M13 6H6.500a3.500 3.500 0 0 0 0 7H10",
            Self::Disks => "M8 2V9.500M5 6.500 8 9.500 11 6.500M2.500 10V13.500H13.500V10",
            Self::Help => {
                "M5.800 6.200a2.200 2.200 0 1 1 3.200 2C8.300 8.600 8 9 8 9.800M8 12V12.200"
            }
            Self::Flag => "M4 14V2.500M4 3H12L10 6l2 3H4",
            Self::Bookmark => "M5 2.500h6V14L8 11.300 5 14Z",
            Self::Compare => "M8 2V14M2.500 5H6M2.500 8H6M10 5h3.500M10 11h3.500",
            Self::More => "M8 2.800v.7M8 7.700v.7M8 12.500v.7",
            Self::Open => "M7 3.500H3.500V12.500H12.500V9M9.500 3H13V6.500M13 3 7.500 8.500",
        }
    }

    const fn solid(self) -> bool {
        matches!(
            self,
            Self::Play
                | Self::Forward
                | Self::Back
                | Self::NextNotable
                | Self::PreviousNotable
                | Self::First
        )
    }

    /// The icon at `size` pixels.
    pub(crate) fn at(self, size: u32) -> Html {
        let size = size.to_string();
        html! {
            <svg class={classes!("ic", self.solid().then_some("solid"))} width={size.clone()} height={size}
                viewBox="0 0 16 16" aria-hidden="true"><path d={self.path()} /></svg>
        }
    }

    /// The icon at its usual size.
    pub(crate) fn html(self) -> Html {
        self.at(16)
    }
}
