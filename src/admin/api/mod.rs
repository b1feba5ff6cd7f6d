//! The REST API, `/api/v1` on the admin listener: everything that the command line can do to tenants.
//!
//! | file | its job |
//! |---|---|
//! | `table`, `document` | the operations, and their description as OpenAPI 3.1 |
//! | `door` | who calls, with what right, and which operation |
//! | `call`, `field`, `user_field`, `problem` | what a call gives, what it is answered, what is wrong with it |
//! | `tenants`, `tenant_passwords`, `license`, `extensions`, `attendants`, `trunks`, `dids`, `devices`, `enrollment`, `former`, `inventory`, `keys`, `settings`, `credentials`, `sync`, `session`, `users`, `tokens`, `audit`, `csv` | one group of operations each |
//! | `freeswitch` | the user directory as `FreeSWITCH` asks for it |
//! | `shown` | what answers have in common |

mod attendants;
mod audit;
mod call;
mod credentials;
mod csv;
mod devices;
mod dids;
mod document;
mod door;
mod enrollment;
mod extensions;
mod field;
mod former;
mod freeswitch;
mod inventory;
mod keys;
mod license;
mod page;
mod problem;
mod session;
mod settings;
mod shown;
mod sync;
mod table;
mod tenant_passwords;
mod tenants;
mod tokens;
mod trunks;
mod user_field;
mod users;
mod walks;

pub(in crate::admin) use door::decoded;
pub use door::routes;

use table::Operation;

/// Every operation, in the order of the description.
fn operations() -> Vec<Operation> {
    [
        tenants::operations(),
        tenant_passwords::operations(),
        license::operations(),
        extensions::operations(),
        attendants::operations(),
        trunks::operations(),
        dids::operations(),
        devices::operations(),
        enrollment::operations(),
        sync::operations(),
        former::operations(),
        inventory::operations(),
        keys::operations(),
        settings::operations(),
        credentials::operations(),
        csv::operations(),
        session::operations(),
        users::operations(),
        walks::operations(),
        tokens::operations(),
        audit::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The API's description: what `/api/v1/openapi.json` answers.
#[must_use]
pub fn description() -> serde_json::Value {
    document::document(&operations())
}
