//! Tests on tokens. What needs the compiler is in the workspace's `tests`.

mod expanded;
mod rejected;
