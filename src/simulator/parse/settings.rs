//! Snom's files: `<settings>` with blocks, one block alone, or `<setting-files>` that names further files.

use roxmltree::Node;

use super::{MOST_SETTINGS, Malformed, wrong_root, xml};

/// What a Snom file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::simulator) struct Settings {
    /// The phone's and its identities' settings, in order.
    pub(in crate::simulator) values: Vec<Setting>,
    /// The function keys, in order.
    pub(in crate::simulator) keys: Vec<FunctionKey>,
    /// The files to fetch next, in order.
    pub(in crate::simulator) files: Vec<String>,
    /// The URLs of the certificates to trust, in order.
    pub(in crate::simulator) certificates: Vec<String>,
    /// How many elements were no setting that the simulated phone keeps.
    pub(in crate::simulator) ignored: usize,
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Setting {
    /// The element's name.
    pub(in crate::simulator) name: String,
    /// The identity or position it belongs to.
    pub(in crate::simulator) idx: Option<u16>,
    /// Who may change it; empty when not given.
    pub(in crate::simulator) perm: String,
    /// Its value.
    pub(in crate::simulator) text: String,
}

/// One function key.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) struct FunctionKey {
    /// Its position, from 0, counted on through the expansion modules.
    pub(in crate::simulator) idx: u16,
    /// `active` or an identity.
    pub(in crate::simulator) context: String,
    /// What stands beside it.
    pub(in crate::simulator) label: String,
    /// Who may change it; empty when not given.
    pub(in crate::simulator) perm: String,
    /// `TYPE VALUE`.
    pub(in crate::simulator) text: String,
}

/// Reads a file.
pub(in crate::simulator) fn parse(bytes: &[u8]) -> Result<Settings, Malformed> {
    let document = xml(bytes)?;
    let root = document.root_element();
    let mut read = Settings::default();
    match root.tag_name().name() {
        "settings" => root.children().filter(Node::is_element).for_each(|block| read.block(block)),
        "phone-settings" | "functionKeys" => read.block(root),
        "setting-files" => {
            let files = root.children().filter(|node| node.has_tag_name("file"));
            read.files = files.filter_map(|file| file.attribute("url").map(str::to_owned)).collect();
        }
        _ => return Err(wrong_root(root, "settings")),
    }
    if read.values.len() + read.keys.len() + read.files.len() + read.certificates.len() > MOST_SETTINGS {
        return Err(Malformed::TooMany);
    }
    Ok(read)
}

impl Settings {
    fn block(&mut self, block: Node<'_, '_>) {
        let elements = block.children().filter(Node::is_element);
        match block.tag_name().name() {
            "phone-settings" => elements.for_each(|element| self.setting(element)),
            "functionKeys" => elements.for_each(|element| self.key(element)),
            "certificates" => {
                let certificates = elements.filter(|element| element.has_tag_name("certificate"));
                self.certificates
                    .extend(certificates.filter_map(|one| one.attribute("url").map(str::to_owned)));
            }
            _ => self.ignored += 1,
        }
    }

    fn setting(&mut self, element: Node<'_, '_>) {
        let idx = element.attribute("idx").map(str::parse::<u16>);
        match idx.transpose() {
            Ok(idx) => self.values.push(Setting {
                name: element.tag_name().name().to_owned(),
                idx,
                perm: attribute(element, "perm"),
                text: content(element),
            }),
            Err(_) => self.ignored += 1,
        }
    }

    fn key(&mut self, element: Node<'_, '_>) {
        let idx = element.attribute("idx").and_then(|idx| idx.parse().ok());
        match idx {
            Some(idx) if element.has_tag_name("fkey") => self.keys.push(FunctionKey {
                idx,
                context: attribute(element, "context"),
                label: attribute(element, "label"),
                perm: attribute(element, "perm"),
                text: content(element).trim().to_owned(),
            }),
            _ => self.ignored += 1,
        }
    }
}

fn attribute(element: Node<'_, '_>, name: &str) -> String {
    element.attribute(name).unwrap_or_default().to_owned()
}

/// The text of an element, whatever comments stand between.
fn content(element: Node<'_, '_>) -> String {
    element.children().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_keys_and_unknown_blocks_are_told_apart() {
        let read = parse(
            b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<settings><phone-settings e=\"2\"><user_name idx=\"1\" perm=\"R\">a&amp;b</user_name>\
              <language perm=\"\">Deutsch</language><bad idx=\"x\"/></phone-settings><functionKeys><fkey idx=\"0\" context=\"active\" \
              label=\"Zo&#235;\" perm=\"RW\">blf 102|*8</fkey><other/></functionKeys><tbook/></settings>",
        )
        .unwrap();
        let first = Setting { name: "user_name".into(), idx: Some(1), perm: "R".into(), text: "a&b".into() };
        assert_eq!(read.values[0], first);
        assert_eq!(read.values[1].idx, None);
        assert_eq!((read.keys[0].label.as_str(), read.keys[0].text.as_str()), ("Zoë", "blf 102|*8"));
        assert_eq!(read.ignored, 3);
    }

    #[test]
    fn a_file_that_is_not_well_formed_or_of_another_format_is_discarded() {
        assert!(matches!(parse(b"<settings><a></settings>"), Err(Malformed::Xml { .. })));
        assert!(matches!(parse(b"<settings>a & b</settings>"), Err(Malformed::Xml { .. })));
        assert!(matches!(parse(b""), Err(Malformed::Xml { .. })));
        assert!(matches!(parse(b"<html/>"), Err(Malformed::Root { .. })));
    }

    #[test]
    fn setting_files_name_further_files() {
        let read = parse(
            b"<setting-files><file url=\"a.xml\"/><file url=\"http://h/b.xml?x=1&amp;y\"/></setting-files>",
        );
        assert_eq!(read.unwrap().files, ["a.xml", "http://h/b.xml?x=1&y"]);
    }
}
