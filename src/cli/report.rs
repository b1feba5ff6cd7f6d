//! What a command has to say: as text for people and as JSON for programs.

/// The outcome of a command. With `--json` exactly one JSON value is printed to standard output.
pub trait Report {
    /// For people; ends without a line feed.
    fn text(&self) -> String;

    /// For programs; its fields are part of the interface.
    fn json(&self) -> serde_json::Value;
}
