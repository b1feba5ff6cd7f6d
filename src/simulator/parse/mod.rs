//! Reading documents as phones do. Nothing here is shared with the templates or their escaping, so that a mistake there
//! is not repeated here.

pub(super) mod lines;
pub(super) mod lpconfig;
pub(super) mod pvalues;
pub(super) mod settings;

/// The most settings that one document may hold; the largest phone with all its expansion modules needs a tenth of it.
pub(super) const MOST_SETTINGS: usize = 50_000;

/// Why a phone discards a document whole. No variant repeats a value of the document: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8")]
    Encoding(usize),
    /// The header that names the format is missing.
    #[error("the first line is not \"{0}\"")]
    Header(&'static str),
    /// A page of HTML or XML where a list of settings belongs; a phone would take its lines for settings.
    #[error("a page of markup where a list of settings belongs")]
    Markup,
    /// Not well-formed XML.
    #[error("not well-formed XML at line {line}, column {column}")]
    Xml {
        /// Where the parser gave up.
        line: u32,
        /// Where the parser gave up.
        column: u32,
    },
    /// XML of another format.
    #[error("the root element is <{found}>, not <{wanted}>")]
    Root {
        /// The root element.
        found: String,
        /// What the phone reads.
        wanted: &'static str,
    },
    /// Not one certificate in a form that the phone reads.
    #[error("no certificate that this phone reads")]
    Certificate,
    /// Made for a device with another MAC.
    #[error("the file is for another device")]
    OtherDevice,
    /// More than any phone holds.
    #[error("more than {MOST_SETTINGS} settings")]
    TooMany,
    /// Asks for something that the simulated phone cannot do truthfully.
    #[error("{0} is not simulated: its effect is not documented")]
    Undocumented(&'static str),
}

/// The bytes as text.
fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|error| Malformed::Encoding(error.valid_up_to()))
}

/// The document as a tree; a document type is refused, as it is by embedded parsers.
fn xml(bytes: &[u8]) -> Result<roxmltree::Document<'_>, Malformed> {
    let most = u32::try_from(MOST_SETTINGS * 4).unwrap_or(u32::MAX);
    let options = roxmltree::ParsingOptions { nodes_limit: most, ..Default::default() };
    roxmltree::Document::parse_with_options(text(bytes)?, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Malformed::TooMany,
        other => Malformed::Xml { line: other.pos().row, column: other.pos().col },
    })
}

/// The error for a root element that this phone does not read.
fn wrong_root(root: roxmltree::Node<'_, '_>, wanted: &'static str) -> Malformed {
    Malformed::Root { found: root.tag_name().name().chars().take(40).collect(), wanted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = (lines::parse(&bytes), lines::parse_boot(&bytes), settings::parse(&bytes), lpconfig::parse(&bytes));
            let _ = pvalues::parse(&bytes);
        }

        #[test]
        fn no_text_behind_a_right_start_makes_a_parser_panic(text in "[\\PC\r\n<>&=%!/\"'\\[\\]]{0,200}") {
            let _ = lines::parse(format!("#!version:1.0.0.1\n{text}").as_bytes());
            let _ = lines::parse_boot(format!("#!version:1.0.0.1\n{text}").as_bytes());
            let _ = settings::parse(format!("<settings><phone-settings>{text}</phone-settings></settings>").as_bytes());
            let _ = settings::parse(format!("<settings><functionKeys><fkey idx=\"{text}\"/></functionKeys></settings>").as_bytes());
            let _ = pvalues::parse(format!("<gs_provision><config version=\"1\"><P47>{text}</P47></config></gs_provision>").as_bytes());
            let _ = lpconfig::parse(format!("<config><section name=\"a\"><entry name=\"b\">{text}</entry></section></config>").as_bytes());
        }
    }

    #[test]
    fn a_malformed_document_is_refused_without_repeating_what_it_holds() {
        let document = b"<settings><phone-settings><user_pass idx=\"1\">geheim&word;</user_pass></phone-settings></settings>";
        let error = settings::parse(document).unwrap_err();
        assert!(matches!(error, Malformed::Xml { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("word"), "{error:?}");
    }

    #[test]
    fn entities_that_multiply_are_refused() {
        let document = b"<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><config>&b;</config>";
        assert!(matches!(lpconfig::parse(document), Err(Malformed::Xml { .. })));
    }
}
