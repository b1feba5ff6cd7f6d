//! Grandstream's files: `<gs_provision><mac/><config version="1"><P47>…</P47>`.

use roxmltree::Node;

use super::{MOST_SETTINGS, Malformed, wrong_root, xml};

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::simulator) struct PValues {
    /// The MAC of the device that it is for, as written; none: whoever gets it.
    pub(in crate::simulator) mac: Option<String>,
    /// Number and value of each setting, in order.
    pub(in crate::simulator) values: Vec<(u32, String)>,
    /// How many elements were no setting.
    pub(in crate::simulator) ignored: usize,
}

/// Reads a file. Named settings (`version="2"`) are passed over, as they are by a device that knows numbers alone.
pub(in crate::simulator) fn parse(bytes: &[u8]) -> Result<PValues, Malformed> {
    let document = xml(bytes)?;
    let root = document.root_element();
    if !root.has_tag_name("gs_provision") {
        return Err(wrong_root(root, "gs_provision"));
    }
    let mut read = PValues::default();
    for element in root.children().filter(Node::is_element) {
        match (element.tag_name().name(), element.attribute("version")) {
            ("mac", _) => read.mac = Some(content(element)),
            ("config", Some("1")) => {
                element.children().filter(Node::is_element).for_each(|one| read.take(one));
            }
            _ => read.ignored += 1,
        }
    }
    if read.values.len() > MOST_SETTINGS {
        return Err(Malformed::TooMany);
    }
    Ok(read)
}

impl PValues {
    fn take(&mut self, element: Node<'_, '_>) {
        let number = element.tag_name().name().strip_prefix('P').and_then(|number| number.parse().ok());
        match number {
            Some(number) => self.values.push((number, content(element))),
            None => self.ignored += 1,
        }
    }
}

/// The text of an element as it stands: white space around a password is part of it.
fn content(element: Node<'_, '_>) -> String {
    element.children().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_settings_and_everything_else_is_passed_over() {
        let read = parse(
            b"<?xml version=\"1.0\"?><gs_provision version=\"1\"><mac>c074ad000001</mac><config version=\"1\"><P47>a&amp;b</P47>\
              <P34> x\n</P34><P35/><item name=\"a\">b</item><Px>c</Px></config><config version=\"2\"><P1>d</P1></config></gs_provision>",
        )
        .unwrap();
        assert_eq!(read.mac.as_deref(), Some("c074ad000001"));
        let values = [(47, "a&b".to_owned()), (34, " x\n".to_owned()), (35, String::new())];
        assert_eq!((read.values.as_slice(), read.ignored), (&values[..], 3));
    }

    #[test]
    fn a_file_that_is_not_well_formed_or_of_another_format_is_discarded() {
        assert!(matches!(parse(b"<gs_provision><P2></gs_provision>"), Err(Malformed::Xml { .. })));
        assert!(matches!(parse(b"<settings/>"), Err(Malformed::Root { .. })));
    }
}
