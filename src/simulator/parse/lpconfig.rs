//! Linphone's remote provisioning: `<config><section name><entry name overwrite>value`, as liblinphone's own reader of
//! it (`xml2lpc.c`) understands it.

use roxmltree::Node;

use super::{MOST_SETTINGS, Malformed, wrong_root, xml};

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Entry {
    /// The section it stands in.
    pub(in crate::simulator) section: String,
    /// Its name.
    pub(in crate::simulator) name: String,
    /// Replaces, or with an empty value deletes, what the phone has. Only the exact word `true` on the entry counts; an
    /// `overwrite` on the section is not read.
    pub(in crate::simulator) overwrite: bool,
    /// The first child node: the text, and a comment's text where one comes first.
    pub(in crate::simulator) value: String,
}

/// Reads a document. Only the local names of elements count, not their namespace.
pub(in crate::simulator) fn parse(bytes: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let document = xml(bytes)?;
    let root = document.root_element();
    if root.tag_name().name() != "config" {
        return Err(wrong_root(root, "config"));
    }
    let mut entries = Vec::new();
    for section in elements(root, "section") {
        let Some(section_name) = section.attribute("name") else { continue };
        for entry in elements(section, "entry") {
            let Some(name) = entry.attribute("name") else { continue };
            entries.push(Entry {
                section: section_name.to_owned(),
                name: name.to_owned(),
                overwrite: entry.attribute("overwrite") == Some("true"),
                value: entry.first_child().and_then(|child| child.text()).unwrap_or_default().to_owned(),
            });
        }
        if entries.len() > MOST_SETTINGS {
            return Err(Malformed::TooMany);
        }
    }
    Ok(entries)
}

fn elements<'a, 'b>(parent: Node<'a, 'b>, name: &'static str) -> impl Iterator<Item = Node<'a, 'b>> {
    parent.children().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_word_on_the_entry_overwrites() {
        let read = parse(
            b"<config xmlns=\"http://www.linphone.org/xsds/lpconfig.xsd\"><section name=\"sip\" overwrite=\"true\">\
              <entry name=\"a\">1</entry><entry name=\"b\" overwrite=\"true\">&lt;sip:x&gt;</entry>\
              <entry name=\"c\" overwrite=\"1\"/></section></config>",
        )
        .unwrap();
        let told: Vec<_> = read.iter().map(|entry| (entry.name.as_str(), entry.overwrite)).collect();
        assert_eq!(told, [("a", false), ("b", true), ("c", false)]);
        assert_eq!(read[1].value, "<sip:x>");
    }

    #[test]
    fn a_comment_before_the_text_becomes_the_value() {
        let read =
            parse(b"<config><section name=\"s\"><entry name=\"n\"><!--no-->yes</entry></section></config>");
        assert_eq!(read.unwrap()[0].value, "no");
    }

    #[test]
    fn a_page_of_html_is_no_configuration() {
        assert!(matches!(parse(b"<html><body/></html>"), Err(Malformed::Root { .. })));
    }
}
