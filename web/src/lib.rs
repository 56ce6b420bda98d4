//! The ZabLab page.
