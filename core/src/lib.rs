//! ZabLab's engine.
