//! Which phones exist: vendor packs, and how their files are made from typed facts.

mod context;
mod manifest;

pub use context::{CommonFacts, LineFacts, PhoneFacts, ServerFacts};
pub use manifest::{
    FileRule, MacStyle, Manifest, ModelEntry, SimulatedUserAgent, Syntax, UserAgentRule, When,
};
