//! The part of the ensemble's configuration that a client needs.
//!
//! In ZooKeeper: `ConfigUtils.getClientConfigStr`.

/// `version host:port,host:port` of the text of `/zookeeper/config`.
///
/// ```text
///   server.1=a.example:2888:3888:participant;0.0.0.0:2181
///   version=100000000                         └ what a client needs
/// ```
/// The real tool lists the servers in the order of a hash table; here it is that of the text.
pub fn for_clients(text: &str) -> String {
    let pairs = || text.lines().filter_map(|line| line.split_once('='));
    let version = pairs().find(|(key, _)| key.trim() == "version");
    let version = version.map_or("", |(_, value)| value.trim());
    let servers = pairs().filter(|(key, _)| key.trim().starts_with("server."));
    let addresses: Vec<String> = servers
        .filter_map(|(_, value)| client_address(value))
        .collect();
    format!("{version} {}", addresses.join(","))
}

/// What stands behind the `;`; a port alone means every address of the host.
fn client_address(server: &str) -> Option<String> {
    let (_, client) = server.trim().split_once(';')?;
    Some(match client.contains(':') {
        true => client.to_owned(),
        false => format!("0.0.0.0:{client}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_learn_addresses_and_the_version() {
        let text = "server.1=a:2888:3888:participant;2181\n\
                    server.2=b:2888:3888:observer;b:2182\n\
                    server.3=c:2888:3888\n\
                    version=1f";
        assert_eq!(for_clients(text), "1f 0.0.0.0:2181,b:2182");
        assert_eq!(for_clients(""), " ");
    }
}
