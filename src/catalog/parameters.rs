//! Which parameters a document writes, by its syntax: the measure for "each belongs to exactly one file, once".

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
}
