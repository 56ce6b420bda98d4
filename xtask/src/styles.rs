//! One style sheet for the release page.
//!
//! The sources are many small files, each about one part of the page. A reader fetches one: together
//! they compress better than one by one, and spaces and comments stay at home.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// Where a style sheet is linked.
const OPEN: &str = "<link rel=\"stylesheet\" href=\"./";

/// Puts the style sheets that `index.html` links into one file, in their order.
pub(crate) fn gather(dist: &Path) -> Result<(), String> {
    let index = dist.join("index.html");
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (html, names) = split_links(&read(&index)?)
        .ok_or("dist/index.html links no style sheet: has trunk changed?")?;
    let mut all = String::new();
    for name in &names {
        let file = dist.join(name);
        all += &squeezed(&read(&file)?);
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut hasher = DefaultHasher::new();
    all.hash(&mut hasher);
    let name = format!("style-{:016x}.css", hasher.finish());
    fs::write(dist.join(&name), all)
        .and_then(|()| fs::write(&index, html.replace("{style}", &name)))
        .map_err(|error| format!("cannot write the page: {error}"))
}

/// The page with one link to `{style}`, and the names of the files that it linked.
fn split_links(html: &str) -> Option<(String, Vec<String>)> {
    let start = html.find(OPEN)?;
    let (mut rest, mut page, mut names) = (&html[start..], html[..start].to_owned(), Vec::new());
    page += &format!("{OPEN}{{style}}\">");
    while let Some(at) = rest.find(OPEN) {
        let name = &rest[at + OPEN.len()..];
        names.push(name[..name.find('"')?].to_owned());
        page += rest[..at].trim();
        rest = &name[name.find('>')? + 1..];
    }
    Some((page + rest, names))
}

/// A style sheet without comments, and without spaces that mean nothing. Strings stay as they are.
fn squeezed(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let (mut rest, mut space) = (css, false);
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
            space = true;
        } else if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
            space = true;
        } else {
            let alone = "{};,";
            let free =
                alone.contains(c) || out.chars().next_back().is_none_or(|l| alone.contains(l));
            if space && !free {
                out.push(' ');
            }
            let end = match c {
                '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |end| end + 2),
                c => c.len_utf8(),
            };
            out += &rest[..end];
            (rest, space) = (&rest[end..], false);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_links_become_one_where_the_first_was() {
        let html = "<head>\n<link rel=\"stylesheet\" href=\"./a-1.css\" integrity=\"x\"/>\n\
                    <link rel=\"stylesheet\" href=\"./b-2.css\"/>\n<meta></head>";
        let (page, names) = split_links(html).expect("there are links");
        assert_eq!(names, ["a-1.css", "b-2.css"]);
        assert_eq!(
            page,
            "<head>\n<link rel=\"stylesheet\" href=\"./{style}\">\n<meta></head>"
        );
        assert_eq!(split_links("<head></head>"), None);
    }

    #[test]
    fn only_spaces_that_mean_nothing_go() {
        let css = "/* a */\n.a  .b > i,\n.c::after {\n  margin: 0 calc(1px + 2px);\n  content: \"; /* \";\n}\n";
        let squeezed = squeezed(css);
        assert_eq!(
            squeezed,
            ".a .b > i,.c::after{margin: 0 calc(1px + 2px);content: \"; /* \";}"
        );
    }
}
