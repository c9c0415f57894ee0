//! Where the sockets of a load go, and the addresses they come from.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};

/// Addresses of this machine that sockets are opened from, so that no pair of addresses runs out of ports.
const SOURCES: usize = 240;
const BLOCKS: usize = 200;

/// `host:port`, by name or by number.
pub fn resolved(address: &str) -> io::Result<SocketAddr> {
    let unknown = |why: String| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("{address}: {why}; an address is host:port"))
    };
    let mut all = address.to_socket_addrs().map_err(|error| unknown(error.to_string()))?;
    all.next().ok_or_else(|| unknown("no such host".to_owned()))
}

/// Where the nth of them comes from: one of those given, on this machine one of its own many, else wherever the system likes.
pub fn nth(given: &[IpAddr], to: SocketAddr, nth: usize) -> Option<IpAddr> {
    let fits: Vec<&IpAddr> = given.iter().filter(|from| from.is_ipv4() == to.is_ipv4()).collect();
    if !fits.is_empty() {
        return Some(*fits[nth % fits.len()]);
    }
    if !(to.ip().is_loopback() && to.is_ipv4()) {
        return None;
    }
    let (block, place) = (nth / SOURCES % BLOCKS, nth % SOURCES);
    Some(Ipv4Addr::new(127, 0, 1 + block as u8, 2 + place as u8).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(address: &str) -> SocketAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn those_given_are_taken_in_turn_and_only_where_they_fit() {
        let given = ["10.0.0.1", "::1", "10.0.0.2"].map(|from| from.parse().expect("an address"));
        let from = |address: &str, at| nth(&given, to(address), at).map(|from| from.to_string());
        assert_eq!(from("10.9.9.9:80", 0).as_deref(), Some("10.0.0.1"));
        assert_eq!(from("10.9.9.9:80", 3).as_deref(), Some("10.0.0.2"));
        assert_eq!(from("[::1]:80", 5).as_deref(), Some("::1"));
    }

    #[test]
    fn this_machine_has_many_and_another_is_asked_from_wherever_the_system_likes() {
        let all: std::collections::BTreeSet<_> =
            (0..48_000).map(|at| nth(&[], to("127.0.0.1:80"), at)).collect();
        assert_eq!(all.len(), 48_000);
        assert_eq!(nth(&[], to("10.9.9.9:80"), 1), None);
        assert_eq!(nth(&[], to("[::1]:80"), 1), None);
    }

    #[test]
    fn what_is_no_address_is_said_to_be_none() {
        assert_eq!(resolved("127.0.0.1:80").expect("one").port(), 80);
        assert!(resolved("localhost:80").expect("a name").ip().is_loopback());
        let told = resolved("127.0.0.1").expect_err("no port").to_string();
        assert!(told.contains("host:port"), "{told}");
    }
}
