//! Each property, with steps made by hand: green when all is well, red for one thing gone wrong.

mod agreement;
mod durability;
mod running;
mod stage;
mod states;
