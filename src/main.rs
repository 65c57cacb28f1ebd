//! The executable: arguments and exit code.

fn main() {
    std::process::exit(coldaisle::cli::main());
}
