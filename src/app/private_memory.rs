//! What is in memory stays there: no core dump, and no look into it for other processes of the same user.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Memory holds SIP passwords, keys and scopes in the clear: whatever happens to the process, nobody finds them on a disk.
///
/// Without it a crash leaves a file, or hands all of it to the program that `core_pattern` names. Also keeps processes of
/// the same user from attaching to this one (prctl(2), `PR_SET_DUMPABLE`).
pub fn keep_memory_private() {
    let outcomes = [
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }),
        set_dumpable_behavior(DumpableBehavior::NotDumpable),
    ];
    for error in outcomes.into_iter().filter_map(Result::err) {
        eprintln!("offhook: warning: a crash could leave secrets on the disk: {error}");
    }
}
