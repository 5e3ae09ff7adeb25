//! Addresses of the web, taken apart and never opened.

/// An absolute http or https address in the characters of RFC 3986, a user before the host set apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// The scheme as written.
    pub(super) scheme: &'a str,
    /// What stands before `@`: browsers take no notice of it, eyes do.
    pub(super) user: Option<&'a str>,
    /// The host as written.
    pub(super) host: &'a str,
    /// The port where one is written.
    pub(super) port: Option<u16>,
    /// Path, query and fragment.
    pub(super) rest: &'a str,
}

impl<'a> Address<'a> {
    /// Takes an address apart; none when it is not one.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        if !is_written_as_address(text) {
            return None;
        }
        let (scheme, behind) = text.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let end = behind.find(['/', '?', '#']).unwrap_or(behind.len());
        let (authority, rest) = behind.split_at(end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (host, port) = split_port(place)?;
        Some(Address { scheme, user, host, port, rest })
    }

    /// Scheme, host and port in one spelling: lower case, without the port that the scheme implies.
    pub(super) fn origin(&self) -> String {
        let scheme = self.scheme.to_ascii_lowercase();
        let implied = if scheme == "https" { 443 } else { 80 };
        let host = self.host.to_ascii_lowercase();
        match self.port {
            Some(port) if port != implied => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }
    }

    /// Path and query, which end where a fragment begins.
    pub(super) fn path_and_query(&self) -> (&'a str, &'a str) {
        let before = self.rest.split_once('#').map_or(self.rest, |(before, _)| before);
        before.split_once('?').unwrap_or((before, ""))
    }
}

/// Whether all characters are those of RFC 3986 and each percent sign stands before two hex digits.
pub(super) fn is_written_as_address(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let right = match byte {
            b'%' => {
                [bytes.next(), bytes.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            byte => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !right {
            return false;
        }
    }
    true
}

/// A text in the characters that no address gives a meaning to; all others as percent signs and hex.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The text behind the percent signs; none when that is not UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, behind) = behind.split_at_checked(2)?;
        let high = char::from(digits[0]).to_digit(16)?;
        let low = char::from(digits[1]).to_digit(16)?;
        // Two hex digits are one byte.
        bytes.push((high * 16 + low) as u8);
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

/// Host and port; none when either is malformed.
fn split_port(place: &str) -> Option<(&str, Option<u16>)> {
    // The colons of an address in brackets are not those before a port.
    let host_end = place.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match place[host_end..].split_once(':') {
        Some((before, port)) => (&place[..host_end + before.len()], Some(port)),
        None => (place, None),
    };
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let right = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => {
            inner.contains(':') && inner.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
        }
        None => !host.is_empty() && host.bytes().all(named),
    };
    if !right {
        return None;
    }
    match port {
        None => Some((host, None)),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port = port.parse().ok().filter(|port| *port > 0)?;
            Some((host, Some(port)))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_host_is_what_a_browser_would_go_to() {
        for (text, origin, user) in [
            ("https://pj.example.gov.cn/d?t=504", "https://pj.example.gov.cn", None),
            ("HTTPS://PJ.Example.gov.cn:443", "https://pj.example.gov.cn", None),
            ("http://pj.example.gov.cn:80/", "http://pj.example.gov.cn", None),
            ("http://pj.example.gov.cn:443/", "http://pj.example.gov.cn:443", None),
            ("https://good.gov.cn@evil.example/", "https://evil.example", Some("good.gov.cn")),
            ("https://good.gov.cn:1@evil.example:8443?a=@b", "https://evil.example:8443", Some("good.gov.cn:1")),
            ("https://a@b@evil.example#@c", "https://evil.example", Some("a@b")),
            ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443", None),
        ] {
            let address = Address::split(text).unwrap();
            assert_eq!((address.origin().as_str(), address.user), (origin, user), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_the_web() {
        for text in [
            "",
            "https:",
            "https://",
            "https:///path",
            "https://@/",
            "//pj.example.gov.cn/",
            "ftp://pj.example.gov.cn/",
            "javascript://pj.example.gov.cn/%0aalert(1)",
            "https://pj.example.gov.cn:0/",
            "https://pj.example.gov.cn:65536/",
            "https://pj.example.gov.cn:+1/",
            "https://pj.example.gov.cn:/",
            "https://a:1:2/",
            "https://good.gov.cn\\@evil.example/",
            "https://票据.cn/",
            "https://pj.example.gov.cn/%2",
            "https://pj.example.gov.cn/%zz",
            "https://pj.example.gov.cn/a b",
            "https://pj.example.gov.cn/\n",
            "https://pj.example.gov.cn/\u{202e}",
            "https://[::1",
            "https://[]/",
            "https://[g::]/",
            "https://a%2eb/",
            " https://pj.example.gov.cn/",
        ] {
            assert_eq!(Address::split(text), None, "{text}");
        }
    }

    #[test]
    fn percent_signs_and_back() {
        assert_eq!(percent_encoded("CZ-EI-32_~.陈 &%"), "CZ-EI-32_~.%E9%99%88%20%26%25");
        assert_eq!(percent_decoded("CZ-EI-32_~.%E9%99%88%20%26%25").as_deref(), Some("CZ-EI-32_~.陈 &%"));
        assert_eq!(percent_decoded("%ff"), None);
        assert_eq!(percent_decoded("%f"), None);
        assert_eq!(percent_decoded("%+1"), None);
    }
}
