//! The password of a session: what a client shows to take its session up again.
//!
//! Every server can compute it, so no server has to store it: 16 bytes of the stream of
//! `java.util.Random`, seeded with the session id and a constant.
//!
//! In ZooKeeper: `ZooKeeperServer.generatePasswd`.

use crate::base::SessionId;

/// Bytes of a password.
pub const PASSWORD_LEN: usize = 16;

/// The password of a session.
pub type Password = [u8; PASSWORD_LEN];

/// What the seed is combined with. ZooKeeper: `superSecret`.
const SECRET: i64 = 0xB341_5C00;
/// Multiplier, increment and width of the generator of `java.util.Random`.
const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const INCREMENT: u64 = 0xB;
const MASK: u64 = (1 << 48) - 1;

/// The password of `session`.
pub fn password(session: SessionId) -> Password {
    let mut state = ((session.0 ^ SECRET) as u64 ^ MULTIPLIER) & MASK;
    let mut password = Password::default();
    for chunk in password.chunks_exact_mut(4) {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT) & MASK;
        chunk.copy_from_slice(&((state >> 16) as u32).to_le_bytes());
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference, section 10.1.
    #[test]
    fn passwords_are_those_of_a_real_server() {
        let hex = |session| -> String {
            let bytes = password(SessionId(session));
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        assert_eq!(
            hex(0x100_001d_11ab_0000),
            "d73cdad918435e290ded8a9f21e5be22"
        );
        assert_eq!(
            hex(0x100_001d_11ab_0001),
            "ea5dd4d9b88e3d6e0230f2caf56dd3ef"
        );
    }
}
