//! The portal: pages for administrators and operators, made on the server, which call the same actions as the API.
//!
//! | file | its job |
//! |---|---|
//! | `door` | who asks, in which language; which page; what cannot be shown |
//! | `visit`, `form`, `cookie`, `origin` | what a request brings: who, where, fields, cookies, from which page |
//! | `page` | templates, and what every page is framed with |
//! | `texts`, `format` | texts in three languages; numbers, times and money in a language's form |
//! | `failure` | why something was not done, in the reader's language |
//! | `assets` | style, script and pictures |
//! | `sign_in`, `profile` | signing in and out; what is one's own |
//! | `tenants`, `overview`, `extensions/`, `attendants/`, `devices/`, `trunks`, `dids`, `settings`, `spreadsheet`, `license`, `users`, `tokens`, `audit` | one group of pages each |

mod assets;
mod attendants;
mod audit;
mod cookie;
mod devices;
mod dids;
mod door;
mod extensions;
mod failure;
mod form;
mod format;
mod license;
mod origin;
mod overview;
mod page;
mod profile;
mod settings;
mod sign_in;
mod spreadsheet;
mod tenants;
mod texts;
mod tokens;
mod trunks;
mod users;
mod visit;

pub use door::{Shown, routes};

use door::Place;

/// Every page.
fn pages() -> Vec<Place> {
    [
        sign_in::pages(),
        profile::pages(),
        tenants::pages(),
        overview::pages(),
        extensions::pages(),
        attendants::pages(),
        devices::pages(),
        dids::pages(),
        settings::pages(),
        spreadsheet::pages(),
        trunks::pages(),
        license::pages(),
        users::pages(),
        tokens::pages(),
        audit::pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
