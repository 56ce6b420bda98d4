//! Error codes of replies and of error transactions. ZooKeeper: `KeeperException.Code`.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $value:literal, $name:literal;)*) => {
        /// A reply code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The number on the wire.
            pub const fn code(self) -> i32 {
                match self { $(Self::$variant => $value,)* }
            }

            /// The name in ZooKeeper's sources and in scripts.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// No error.
    Ok = 0, "OK";
    /// The server failed inside.
    SystemError = -1, "SYSTEMERROR";
    /// An operation after the failed one of a multi.
    RuntimeInconsistency = -2, "RUNTIMEINCONSISTENCY";
    /// Data contradicts itself.
    DataInconsistency = -3, "DATAINCONSISTENCY";
    /// The connection broke: the outcome is unknown.
    ConnectionLoss = -4, "CONNECTIONLOSS";
    /// Bytes could not be decoded.
    MarshallingError = -5, "MARSHALLINGERROR";
    /// The operation does not exist here.
    Unimplemented = -6, "UNIMPLEMENTED";
    /// It took too long.
    OperationTimeout = -7, "OPERATIONTIMEOUT";
    /// An argument is not acceptable.
    BadArguments = -8, "BADARGUMENTS";
    /// The session is not known to this server.
    UnknownSession = -12, "UNKNOWNSESSION";
    /// Reconfiguration without a quorum of the new ensemble.
    NewConfigNoQuorum = -13, "NEWCONFIGNOQUORUM";
    /// Another reconfiguration is under way.
    ReconfigInProgress = -14, "RECONFIGINPROGRESS";
    /// Lower bound of the errors of the service.
    ApiError = -100, "APIERROR";
    /// The node does not exist.
    NoNode = -101, "NONODE";
    /// The caller may not do this.
    NoAuth = -102, "NOAUTH";
    /// The expected version is not the current one.
    BadVersion = -103, "BADVERSION";
    /// Ephemeral nodes have no children.
    NoChildrenForEphemerals = -108, "NOCHILDRENFOREPHEMERALS";
    /// The node exists already.
    NodeExists = -110, "NODEEXISTS";
    /// The node has children.
    NotEmpty = -111, "NOTEMPTY";
    /// The session is over.
    SessionExpired = -112, "SESSIONEXPIRED";
    /// The callback is not valid.
    InvalidCallback = -113, "INVALIDCALLBACK";
    /// The access control list is not valid.
    InvalidAcl = -114, "INVALIDACL";
    /// Authentication failed.
    AuthFailed = -115, "AUTHFAILED";
    /// The session moved to another server.
    SessionMoved = -118, "SESSIONMOVED";
    /// The server is read-only.
    NotReadOnly = -119, "NOTREADONLY";
    /// A local session may not own ephemerals.
    EphemeralOnLocalSession = -120, "EPHEMERALONLOCALSESSION";
    /// There is no such watch.
    NoWatcher = -121, "NOWATCHER";
    /// The request timed out.
    RequestTimeout = -122, "REQUESTTIMEOUT";
    /// Reconfiguration is switched off.
    ReconfigDisabled = -123, "RECONFIGDISABLED";
    /// SASL is required.
    SessionClosedRequireSaslAuth = -124, "SESSIONCLOSEDREQUIRESASLAUTH";
    /// A hard quota is exceeded.
    QuotaExceeded = -125, "QUOTAEXCEEDED";
    /// The request was throttled.
    ThrottledOp = -127, "THROTTLEDOP";
}

impl ErrorCode {
    /// The code with that number on the wire.
    pub fn from_code(code: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.code() == code)
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
