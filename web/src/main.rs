//! Mounts the page.

fn main() {
    zablab_web::run();
}
