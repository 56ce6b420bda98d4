//! The sentences of zkCli.sh about what a server said, and about a watch.
//!
//! In ZooKeeper: `KeeperException.getMessage`, `CliWrapperException`, `WatchedEvent.toString`.

use crate::model::ErrorCode;

/// What the client library says of an error: `KeeperErrorCode = NoNode for /a`.
pub fn keeper_error(error: ErrorCode, path: Option<&str>) -> String {
    let message = code_message(error);
    match path {
        Some(path) => format!("KeeperErrorCode = {message} for {path}"),
        None => format!("KeeperErrorCode = {message}"),
    }
}

/// What the tool says of an error: a sentence of its own for the usual ones.
pub fn refused(error: ErrorCode, path: Option<&str>) -> String {
    let start = match error {
        ErrorCode::NoNode => "Node does not exist:",
        ErrorCode::NoChildrenForEphemerals => "Ephemerals cannot have children:",
        ErrorCode::NodeExists => "Node already exists:",
        ErrorCode::NotEmpty => "Node not empty:",
        ErrorCode::NotReadOnly => "Not a read-only call:",
        ErrorCode::InvalidAcl => "Acl is not valid :",
        ErrorCode::NoAuth => "Insufficient permission :",
        ErrorCode::BadArguments => "Arguments are not valid :",
        ErrorCode::BadVersion => "version No is not valid :",
        ErrorCode::QuotaExceeded => "Quota has exceeded :",
        ErrorCode::ReconfigInProgress => {
            return "Another reconfiguration is in progress -- concurrent reconfigs not supported \
                    (yet)"
                .to_owned();
        }
        ErrorCode::NewConfigNoQuorum => {
            return "No quorum of new config is connected and up-to-date with the leader of last \
                    commmitted config - try invoking reconfiguration after new servers are \
                    connected and synced"
                .to_owned();
        }
        _ => return keeper_error(error, path),
    };
    format!("{start} {}", path.unwrap_or("null"))
}

fn code_message(error: ErrorCode) -> String {
    let message = match error {
        ErrorCode::Ok => "ok",
        ErrorCode::SystemError => "SystemError",
        ErrorCode::RuntimeInconsistency => "RuntimeInconsistency",
        ErrorCode::DataInconsistency => "DataInconsistency",
        ErrorCode::ConnectionLoss => "ConnectionLoss",
        ErrorCode::MarshallingError => "MarshallingError",
        ErrorCode::NewConfigNoQuorum => "NewConfigNoQuorum",
        ErrorCode::ReconfigInProgress => "ReconfigInProgress",
        ErrorCode::Unimplemented => "Unimplemented",
        ErrorCode::OperationTimeout => "OperationTimeout",
        ErrorCode::BadArguments => "BadArguments",
        ErrorCode::ApiError => "APIError",
        ErrorCode::NoNode => "NoNode",
        ErrorCode::NoAuth => "NoAuth",
        ErrorCode::BadVersion => "BadVersion",
        ErrorCode::NoChildrenForEphemerals => "NoChildrenForEphemerals",
        ErrorCode::NodeExists => "NodeExists",
        ErrorCode::InvalidAcl => "InvalidACL",
        ErrorCode::AuthFailed => "AuthFailed",
        ErrorCode::NotEmpty => "Directory not empty",
        ErrorCode::SessionExpired => "Session expired",
        ErrorCode::InvalidCallback => "Invalid callback",
        ErrorCode::SessionMoved => "Session moved",
        ErrorCode::NotReadOnly => "Not a read-only call",
        ErrorCode::EphemeralOnLocalSession => "Ephemeral node on local session",
        ErrorCode::NoWatcher => "No such watcher",
        ErrorCode::ReconfigDisabled => "Reconfig is disabled",
        ErrorCode::SessionClosedRequireSaslAuth => {
            "Session closed because client failed to authenticate"
        }
        ErrorCode::QuotaExceeded => "Quota has exceeded",
        ErrorCode::ThrottledOp => "Op throttled due to high load",
        ErrorCode::UnknownSession | ErrorCode::RequestTimeout => {
            return format!("Unknown error {error}");
        }
    };
    message.to_owned()
}

/// The lines of a watch event, or of a change of the connection, whose kind is `None` and whose path
/// is missing. `zxid` is what releases from 3.9 on add.
pub fn watched(state: &str, kind: &str, path: Option<&str>, zxid: Option<i64>) -> Vec<String> {
    let path = path.unwrap_or("null");
    let zxid = zxid
        .map(|zxid| format!(" zxid: {zxid}"))
        .unwrap_or_default();
    vec![
        String::new(),
        "WATCHER::".to_owned(),
        String::new(),
        format!("WatchedEvent state:{state} type:{kind} path:{path}{zxid}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_sentence() {
        for error in ErrorCode::ALL.iter().copied() {
            for path in [None, Some("/a")] {
                let said = refused(error, path);
                let names_path = path.is_none_or(|path| said.ends_with(path));
                let pathless = matches!(
                    error,
                    ErrorCode::ReconfigInProgress | ErrorCode::NewConfigNoQuorum
                );
                assert!(names_path || pathless, "{said}");
            }
        }
    }

    #[test]
    fn a_later_release_tells_the_zxid_of_an_event() {
        let lines = watched("SyncConnected", "NodeCreated", Some("/a"), Some(5));
        let last = "WatchedEvent state:SyncConnected type:NodeCreated path:/a zxid: 5";
        assert_eq!(lines, ["", "WATCHER::", "", last]);
    }
}
