//! Who is at the other end: the caller's address, and whether what they say travels sealed. Behind a proxy that is what the
//! proxy says, if it is one of ours.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The caller's address, as limits count it and sessions show it. A handler takes it as an argument, a layer by `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddress(pub IpAddr);

impl PeerAddress {
    /// A request that came over no connection came from this machine.
    pub fn of(extensions: &Extensions) -> PeerAddress {
        extensions.get().copied().unwrap_or(PeerAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)))
    }

    /// What limits count by: whoever has one IPv6 address has the 2^64 beside it, too.
    pub fn counted(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                const NETWORK: u128 = !(u64::MAX as u128);
                IpAddr::V6((address.to_bits() & NETWORK).into())
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for PeerAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<PeerAddress, Infallible> {
        Ok(PeerAddress::of(&parts.extensions))
    }
}

/// Whether the caller's own connection is encrypted: here, or at a proxy of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed(pub bool);

impl Sealed {
    pub fn of(extensions: &Extensions) -> bool {
        extensions.get().is_some_and(|Sealed(sealed)| *sealed)
    }
}

/// Addresses with the same first bits: `10.0.0.0/8`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    pub fn holds(self, address: IpAddr) -> bool {
        let differ = match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                u128::from(first.to_bits() ^ address.to_bits()) << (128 - 32)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => first.to_bits() ^ address.to_bits(),
            _ => return false,
        };
        differ.leading_zeros() >= u32::from(self.bits)
    }
}

/// This text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Network, NotANetwork> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let first: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let bits_max = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => bits_max,
            Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                digits.parse().ok().filter(|bits| *bits <= bits_max).ok_or(NotANetwork)?
            }
            Some(_) => return Err(NotANetwork),
        };
        Ok(Network { first: first.to_canonical(), bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.first, self.bits)
    }
}

/// The proxies whose word about their callers is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    pub fn new(networks: Vec<Network>) -> Proxies {
        Proxies(networks)
    }

    pub(crate) fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Each proxy adds at the right whom it heard, so from the right the first that is none of ours is the caller: what stands
    /// further left anybody may have written. A word that is no address ends what can be known.
    pub(crate) fn caller(&self, socket: IpAddr, headers: &HeaderMap) -> PeerAddress {
        let mut caller = socket.to_canonical();
        let said: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for word in said.into_iter().rev() {
            if !self.hold(caller) {
                break;
            }
            let Some(address) = address_in(word.trim()) else { break };
            caller = address;
        }
        PeerAddress(caller)
    }

    /// The last word of the proxy we talk to; from anyone else it is nothing.
    pub(crate) fn sealed(&self, socket: IpAddr, headers: &HeaderMap) -> bool {
        if !self.hold(socket.to_canonical()) {
            return false;
        }
        let last = headers.get_all(FORWARDED_PROTO).iter().next_back();
        let word = last.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        word.is_some_and(|word| word.trim().eq_ignore_ascii_case("https"))
    }
}

/// `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:4711`.
fn address_in(word: &str) -> Option<IpAddr> {
    let bare = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(word);
    let with_port = || word.parse().ok().map(|address: std::net::SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ours() -> Proxies {
        let networks = ["10.0.0.0/8", "192.168.1.5", "fd00::/8"].map(|text| text.parse().expect(text));
        Proxies::new(networks.to_vec())
    }

    fn check(socket: &str, said: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).expect(value));
        }
        let caller = ours().caller(socket.parse().expect(socket), &headers);
        assert_eq!(caller.0.to_string(), expected, "{socket} said {said:?}");
    }

    #[test]
    fn a_stranger_is_who_their_socket_says_whatever_they_write() {
        check("203.0.113.9", &[], "203.0.113.9");
        check("203.0.113.9", &["10.0.0.1", "1.2.3.4"], "203.0.113.9");
    }

    #[test]
    fn behind_proxies_of_ours_the_right_most_address_that_is_not_ours_wins() {
        check("10.0.0.1", &["203.0.113.9"], "203.0.113.9");
        check("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.2.0.1"], "203.0.113.9");
        check("10.0.0.1", &["6.6.6.6", "203.0.113.9 ,192.168.1.5"], "203.0.113.9");
        check("fd00::1", &["[2001:db8::7]:4711"], "2001:db8::7");
        check("::ffff:10.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn a_proxy_that_says_nothing_one_can_read_is_itself_the_caller() {
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["unknown"], "10.0.0.1");
        check("10.0.0.1", &["203.0.113.9, nonsense, 10.2.0.1"], "10.2.0.1");
        check("10.0.0.1", &["10.9.9.9, 10.2.0.1"], "10.9.9.9");
    }

    #[test]
    fn sealed_is_what_the_nearest_proxy_says_and_nobody_else() {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http, HTTPS"));
        let (ours_at, stranger) = ("10.0.0.1".parse().expect("ours"), "6.6.6.6".parse().expect("theirs"));
        assert!(ours().sealed(ours_at, &headers));
        assert!(!ours().sealed(stranger, &headers));
        headers.append(FORWARDED_PROTO, HeaderValue::from_static("http"));
        assert!(!ours().sealed(ours_at, &headers));
    }

    #[test]
    fn a_network_reads_back_as_it_shows_and_nonsense_is_none() {
        for text in ["10.0.0.0/8", "192.168.1.5/32", "fd00::/8", "0.0.0.0/0", "::/0"] {
            assert_eq!(text.parse::<Network>().map(|network| network.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "::/129", "10.0.0/8", "example.org"]
        {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
        let everyone: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(everyone.holds("255.255.255.255".parse().expect("an address")));
        assert!(!everyone.holds("::1".parse().expect("an address")));
    }

    #[test]
    fn one_household_of_ipv6_counts_as_one() {
        let counted = |text: &str| PeerAddress(text.parse().expect(text)).counted().to_string();
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(counted("192.0.2.7"), "192.0.2.7");
    }
}
