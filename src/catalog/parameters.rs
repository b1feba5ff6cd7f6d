//! Which parameters a document writes, by its syntax: the measure for "each belongs to exactly one file, once", and how
//! an administrator is told which value is meant.

use super::Syntax;

/// The parameters that `document` writes, in its order; or why it is none of its syntax.
pub(super) fn written(syntax: Syntax, document: &str) -> Result<Vec<String>, String> {
    match syntax {
        Syntax::Lines => {
            document.lines().enumerate().filter_map(|(index, line)| line_of(index + 1, line)).collect()
        }
        Syntax::Xml => {
            let tree =
                roxmltree::Document::parse(document).map_err(|error| format!("it is no XML: {error}"))?;
            let leaf = |node: &roxmltree::Node<'_, '_>| {
                node.is_element() && !node.children().any(|child| child.is_element())
            };
            Ok(tree.descendants().filter(leaf).map(|node| path_of(&node)).collect())
        }
    }
}

fn line_of(number: usize, line: &str) -> Option<Result<String, String>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    Some(match line.split_once('=') {
        Some((key, _)) => Ok(key.trim().to_owned()),
        None => Err(format!("line {number} of the document is no \"key = value\"")),
    })
}

/// The elements down to `node`, each with the attributes that tell it from its siblings.
fn path_of(node: &roxmltree::Node<'_, '_>) -> String {
    let step = |node: &roxmltree::Node<'_, '_>| {
        let telling = ["name", "idx", "context"].into_iter();
        let telling = telling.filter_map(|name| Some(format!("[{name}={}]", node.attribute(name)?)));
        format!("{}{}", node.tag_name().name(), telling.collect::<String>())
    };
    let mut steps: Vec<String> =
        node.ancestors().filter(roxmltree::Node::is_element).map(|node| step(&node)).collect();
    steps.reverse();
    steps.join("/")
}

/// The parameter whose value comes next after `written`, the start of a document.
pub(super) fn open_at_end(syntax: Syntax, written: &str) -> String {
    match syntax {
        Syntax::Lines => {
            let line = &written[written.rfind('\n').map_or(0, |end| end + 1)..];
            line.trim().trim_end_matches('=').trim_end().to_owned()
        }
        Syntax::Xml => open_elements(written),
    }
}

/// The elements below the root that are open at the end of `written`, and the attribute where one is.
fn open_elements(written: &str) -> String {
    let (mut open, mut attribute) = (Vec::new(), None);
    for tag in written.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            // No value holds a bare quote.
            attribute = tag.rsplit_once("=\"").and_then(|(before, _)| before.rsplit(' ').next());
            open.push(tag);
            break;
        };
        match tag.as_bytes() {
            [b'?' | b'!', ..] | [.., b'/'] => {}
            [b'/', ..] => drop(open.pop()),
            _ => open.push(tag),
        }
    }
    let step = |tag: &&str| {
        let named = |name: &str| {
            let (_, value) = tag.split_once(&format!(" {name}=\""))?;
            Some(format!("[{name}={}]", value.split_once('"')?.0))
        };
        let telling = ["name", "idx"].into_iter().filter_map(named).collect::<String>();
        format!("{}{telling}", tag.split(' ').next().unwrap_or_default())
    };
    let steps = open.iter().skip(1).map(step).chain(attribute.map(str::to_owned));
    steps.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_by_key_or_by_path() {
        let lines = written(Syntax::Lines, "#!version:1.0.0.1\n\na.b = 1\na.c=\n").unwrap();
        assert_eq!(lines, ["a.b", "a.c"]);
        assert!(written(Syntax::Lines, "a.b\n").is_err());
        let xml = "<s><p><user idx=\"1\" perm=\"\">x</user></p><f name=\"a\"><e name=\"k\"/></f></s>";
        assert_eq!(written(Syntax::Xml, xml).unwrap(), ["s/p/user[idx=1]", "s/f[name=a]/e[name=k]"]);
    }

    #[test]
    fn a_value_is_named_by_the_line_or_the_elements_it_stands_in() {
        assert_eq!(open_at_end(Syntax::Lines, "a = 1\nuser = admin:"), "user = admin:");
        assert_eq!(open_at_end(Syntax::Lines, "a = 1\n b.c = "), "b.c");
        let head = "<?xml version=\"1.0\"?>\n<s>\n <p>\n  <a idx=\"1\" perm=\"R\">x</a>\n";
        let named = |tail: &str| open_at_end(Syntax::Xml, &format!("{head}{tail}"));
        assert_eq!(named("<user idx=\"2\" perm=\"R\">"), "p/user[idx=2]");
        assert_eq!(
            named("</p><x name=\"proxy_0\"><e name=\"k\" o=\"true\">&lt;sip:"),
            "x[name=proxy_0]/e[name=k]"
        );
        assert_eq!(named("</p><f><k idx=\"3\" label=\"a = b "), "f/k[idx=3]/label");
    }
}
