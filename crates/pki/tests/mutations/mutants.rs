//! Every small change of a DER file, in a fixed order.

/// The bits changed in each octet: every one by itself.
pub(crate) const EVERY_BIT: &[u8] = &[0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80];
/// For files that take longer: the lowest bit, the highest, and all.
pub(crate) const THREE_MASKS: &[u8] = &[0x01, 0x80, 0xff];

/// One element of the file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) tag: u8,
    pub(crate) start: usize,
    pub(crate) content: usize,
    pub(crate) end: usize,
    /// Octets of the content before the first child: 1 for a BIT STRING.
    prefix: usize,
    /// Of a constructed element, and of an OCTET STRING or BIT STRING that holds DER.
    pub(crate) children: Vec<Node>,
}

/// Calls `visit` with what was changed and the changed file, never with the file itself: each octet
/// under each mask, each octet of each length as one more, one less, 0 and 255, each length as
/// 4 GiB, and each element left out and written twice, both with the lengths around it as they were
/// and with them mended.
pub(crate) fn each(der: &[u8], masks: &[u8], stride: usize, mut visit: impl FnMut(&str, &[u8])) {
    let mut visit = |label: String, mutant: &[u8]| {
        if mutant != der {
            visit(&label, mutant);
        }
    };
    let mut mutant = der.to_vec();
    for place in (0..der.len()).step_by(stride) {
        for mask in masks {
            mutant[place] ^= mask;
            visit(format!("octet {place} ^ {mask:02x}"), &mutant);
            mutant[place] ^= mask;
        }
    }
    let tree = tree(der);
    let mut nodes = Vec::new();
    flatten(&tree, &mut nodes);
    for (start, content, end) in nodes.into_iter().step_by(stride) {
        for place in start + 1..content {
            for octet in [der[place].wrapping_add(1), der[place].wrapping_sub(1), 0, 0xff] {
                mutant[place] = octet;
                visit(format!("length octet {place} = {octet:02x}"), &mutant);
            }
            mutant[place] = der[place];
        }
        let huge = [&der[..=start], &[0x84, 0xff, 0xff, 0xff, 0xff], &der[content..]].concat();
        visit(format!("length at {start} = 4 GiB"), &huge);
        visit(format!("element at {start} left out"), &[&der[..start], &der[end..]].concat());
        visit(format!("element at {start} twice"), &[&der[..end], &der[start..]].concat());
        visit(format!("element at {start} left out, lengths mended"), &encode(der, &tree, start, 0));
        visit(format!("element at {start} twice, lengths mended"), &encode(der, &tree, start, 2));
    }
}

/// The elements of a file, the outermost first.
pub(crate) fn tree(der: &[u8]) -> Vec<Node> {
    parse(der, 0, der.len()).expect("the unchanged file is DER")
}

/// `None` where the octets are not elements one after the other.
pub(crate) fn parse(der: &[u8], mut at: usize, end: usize) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while at < end {
        let (tag, first) = (der[at], *der.get(at + 1)?);
        let octets = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let content = at + 2 + octets;
        if octets > 4 || first == 0x80 || content > end || tag & 0x1f == 0x1f {
            return None;
        }
        let length = match octets {
            0 => usize::from(first),
            _ => der[at + 2..content].iter().fold(0, |length, octet| length << 8 | usize::from(*octet)),
        };
        let last = content.checked_add(length).filter(|last| *last <= end)?;
        let inside = &der[content..last];
        let (prefix, children) = match tag {
            // Embedded certificates are not decoded by those who read SignedData: they may hold anything.
            _ if tag & 0x20 != 0 => (0, parse(der, content, last).unwrap_or_default()),
            0x04 if inside.first() == Some(&0x30) => (0, parse(der, content, last).unwrap_or_default()),
            0x03 if inside.starts_with(&[0, 0x30]) => (1, parse(der, content + 1, last).unwrap_or_default()),
            _ => (0, Vec::new()),
        };
        nodes.push(Node { tag, start: at, content, end: last, prefix, children });
        at = last;
    }
    Some(nodes)
}

fn flatten(nodes: &[Node], into: &mut Vec<(usize, usize, usize)>) {
    for node in nodes {
        into.push((node.start, node.content, node.end));
        flatten(&node.children, into);
    }
}

/// The elements written again, the one that starts at `target` so many times.
fn encode(der: &[u8], nodes: &[Node], target: usize, times: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for node in nodes {
        let holds = (node.start + 1..node.end).contains(&target) && !node.children.is_empty();
        let element = if holds {
            let mut content = der[node.content..node.content + node.prefix].to_vec();
            content.extend(encode(der, &node.children, target, times));
            with_header(node.tag, &content)
        } else {
            der[node.start..node.end].to_vec()
        };
        let written = if node.start == target { times } else { 1 };
        (0..written).for_each(|_| out.extend_from_slice(&element));
    }
    out
}

/// An element with a length in the shortest form.
pub(crate) fn with_header(tag: u8, content: &[u8]) -> Vec<u8> {
    let octets: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    let mut out = vec![tag];
    match content.len() {
        0..0x80 => out.push(content.len() as u8),
        _ => {
            out.push(0x80 | octets.len() as u8);
            out.extend(octets);
        }
    }
    out.extend_from_slice(content);
    out
}

#[test]
fn mended_mutants_are_well_formed() {
    // SEQUENCE { INTEGER 5, OCTET STRING { SEQUENCE { NULL, NULL } }, BIT STRING { SEQUENCE { BOOLEAN } } }
    let der = [0x30, 0x13, 2, 1, 5, 4, 6, 0x30, 4, 5, 0, 5, 0, 3, 6, 0, 0x30, 3, 1, 1, 0xff];
    let mut mended = Vec::new();
    each(&der, EVERY_BIT, 1, |label, mutant| {
        if label.ends_with("mended") && !mutant.is_empty() {
            assert!(parse(mutant, 0, mutant.len()).is_some(), "{label}");
            mended.push(mutant.to_vec());
        }
    });
    // Nine elements, the outermost of which leaves nothing behind.
    assert_eq!(mended.len(), 17);
    assert!(mended.contains(&vec![0x30, 0x11, 2, 1, 5, 4, 4, 0x30, 2, 5, 0, 3, 6, 0, 0x30, 3, 1, 1, 0xff]));
    assert!(mended.contains(&vec![0x30, 0x10, 2, 1, 5, 4, 6, 0x30, 4, 5, 0, 5, 0, 3, 3, 0, 0x30, 0]));
}
