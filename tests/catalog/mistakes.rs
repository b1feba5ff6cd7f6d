//! Every mistake of a pack is found when it is loaded, with its place, and all of them at once.

use offhook::catalog::Catalog;

use super::packs::{load, manifest, written};
use super::phone::Phone;

/// The errors of a pack with this end of its manifest and this template, one per line.
fn errors(more: &str, template: &str) -> String {
    let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", more);
    let loaded = load(&[("alpha/vendor.toml", &manifest), ("alpha/phone.j2", template)]);
    loaded.err().map(|errors| errors.to_string()).unwrap_or_default()
}

#[test]
fn a_pack_without_mistakes_loads() {
    assert_eq!(errors("", "a = {{ device.mac }}\n"), "");
}

#[test]
fn every_unknown_key_is_named_with_its_line() {
    let text = errors("colour = 1\n[[model]]\nname = \"Alpha-2\"\nlines = 1\nlinekeys = 2\n", "a = 1\n");
    assert!(text.contains("alpha/vendor.toml:21:1: unknown field `colour`"), "{text}");
    assert!(text.contains("alpha/vendor.toml:25:1: unknown field `linekeys`"), "{text}");
}

#[test]
fn mistakes_of_the_manifest_are_found_together() {
    let more = "[[user_agent]]\npattern = '(a'\n[[user_agent]]\npattern = '(?<mode>a)'\n\
                [[file]]\npath = \"{mac}.cfg\"\ntemplate = \"phone.j2\"\n\
                [[file]]\npath = \"{MAC}.cfg\"\nabsent = true\ntemplate = \"phone.j2\"\n\
                [[file]]\npath = \"{code}-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n\
                [[model]]\nname = \"alpha-1\"\nwritten = [\"Alpha-1\"]\nlines = 0\nmodules = 2\n";
    let text = errors(more, "a = 1\n");
    for expected in [
        "vendor.toml:21: unclosed group in the pattern (a",
        "the pattern's group \"mode\" is none of",
        "vendor.toml:25: the path {mac}.cfg is also a path of {mac}.cfg",
        "a placeholder other than",
        "a file that is absent has no template",
        "a file needs a template",
        "characters; 81 fit a URL",
        "a model of this name stands above",
        "is written \"Alpha-1\", as is Alpha-1",
        "1 to 1000 lines",
        "modules and module_keys belong together",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[test]
fn a_pack_cannot_have_dhcp_tell_what_makes_no_sense() {
    let rule = |rule: &str| errors(&format!("[dhcp]\n{rule}\n"), "a = 1\n");
    assert_eq!(rule("class = [\"Alpha Phone\", \"beta\"]\noptions = [66, 160]\nencapsulated = 66"), "");
    for (written, expected) in [
        ("class = []\noptions = [66]", "class is empty"),
        ("class = [\"\"]\noptions = [66]", "an empty class would be every device's"),
        ("class = [\" a\"]\noptions = [66]", "the class \" a\" is more than visible ASCII"),
        ("class = [\"\u{e4}\"]\noptions = [66]", "is more than visible ASCII"),
        ("class = [\"a\"]\noptions = []", "no option in which a phone reads the URL"),
        ("class = [\"a\"]\noptions = [43]", "option 43 cannot hold a URL"),
        ("class = [\"a\"]\noptions = [66, 66]", "an option stands twice"),
        ("class = [\"a\"]\noptions = [66]\nencapsulated = 255", "there is no sub-option 255"),
        ("class = [\"a\"]\noptions = [300]", "alpha/vendor.toml:23"),
        ("class = [\"a\"]\noptions = [66]\nurl = 1", "unknown field `url`"),
    ] {
        let text = rule(written);
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[test]
fn mistakes_of_a_template_are_found_with_their_line() {
    for (template, expected) in [
        ("a = 1{% if true %}\nb = 2\n{% endif %}\n", "alpha/phone.j2:1:6: a statement must stand alone"),
        ("a = {{ device.secret }}\n", "alpha/phone.j2:1: undefined value"),
        ("a = 1\nb = {{ words.language.de }}\n", "alpha/phone.j2:2: undefined value"),
        ("a = {{ settings.network.vlan }}\n", "the value is not set"),
        ("a = {{ settings.network.lldp }}\n", "1 if value else 0"),
        ("a = {{ settings }}\n", "only texts and whole numbers"),
        ("a = {{ debug() }}\n", "unknown function"),
        ("a = {{ device.name | safe }}\n", "unknown filter"),
        ("{% include \"none.j2\" %}\n", "alpha/phone.j2:1: template not found"),
        (
            "{% for i in range(100000) %}\n{% for j in range(100000) %}\n{% endfor %}\n{% endfor %}\n",
            "ran out of fuel",
        ),
        ("a = 1\nb = 2\na = 3\n", "a is written twice"),
        ("a\n", "line 1 of the document is no \"key = value\""),
        ("{% macro m() %}\n{% endmacro %}\n", "no statement that templates may use"),
        ("a = {{ device.name }\n", "alpha/phone.j2:1"),
    ] {
        let text = errors("", template);
        assert!(text.to_lowercase().contains(&expected.to_lowercase()), "{expected} is not in:\n{text}");
    }
}

#[test]
fn a_part_made_for_what_is_blank_sees_nothing_of_the_tenant() {
    let part = |template: &str, phone: &str| {
        let more = "[[part]]\nname = \"accounts\"\ntemplate = \"account.j2\"\neach = \"line\"\n";
        let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", more);
        let files = [
            ("alpha/vendor.toml", manifest.as_str()),
            ("alpha/phone.j2", phone),
            ("alpha/account.j2", template),
        ];
        load(&files).err().map(|errors| errors.to_string()).unwrap_or_default()
    };
    let placed = "a = 1\n{{ parts.accounts }}\n";
    assert_eq!(part("e{{ line.number }} = {{ settings.sip.expiry if line.on else 0 }}\n", placed), "");
    for (template, phone, expected) in [
        ("e{{ line.number }} = {{ settings.sip.expiry }}\n", placed, "alpha/account.j2:1: undefined value"),
        ("e = 1\n", placed, "e is written twice"),
        ("{% for i in range(100000) %}\n{% endfor %}\n", placed, "ran out of fuel"),
        ("", "a = 1\n  {{ parts.accounts }}\n", "alpha/phone.j2:2:3: a part is a line of its own"),
        ("", "{{ parts.accounts }} a = 1\n", "alpha/phone.j2:1:1: a part is a line of its own"),
        ("", "{{ parts.keys }}\n", "alpha/phone.j2:1: undefined value"),
        ("", "{% for line in lines %}\n{% endfor %}\n", "alpha/phone.j2:1: undefined value"),
    ] {
        let text = part(template, phone);
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    let twice = "[[part]]\nname = \"a\"\ntemplate = \"phone.j2\"\neach = \"model\"\n".repeat(2);
    assert!(errors(&twice, "a = 1\n").contains("vendor.toml:25: a part called a stands above"));
}

#[test]
fn a_parameter_belongs_to_one_file() {
    let more = "[[file]]\npath = \"y{code}.cfg\"\ntemplate = \"common.j2\"\n";
    let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", more);
    let files = [
        ("alpha/vendor.toml", manifest.as_str()),
        ("alpha/phone.j2", "a = 1\n"),
        ("alpha/common.j2", "b = {{ server.name }}\na = {{ model.code }}\n"),
    ];
    let text = load(&files).unwrap_err().to_string();
    assert!(text.contains("y{code}.cfg for Alpha-1: a is also written by {mac}.cfg"), "{text}");
    // Nothing of a tenant is there for a common file to leak.
    let leaking = [files[0], files[1], ("alpha/common.j2", "b = {{ device.name }}\n")];
    assert!(load(&leaking).unwrap_err().to_string().contains("alpha/common.j2:1: undefined value"));
}

#[test]
fn two_packs_share_a_path_only_where_something_decides() {
    let alpha = manifest("Alpha", "0a0000", "phone.cfg", "");
    let beta = manifest("Beta", "0e0000", "phone.cfg", "");
    let silent = beta.replace("[[user_agent]]", "[words.x]").replace("pattern", "p");
    let files = |beta: &str| {
        let alpha = [("alpha/vendor.toml", alpha.as_str()), ("alpha/phone.j2", "a = 1\n")];
        load(&[alpha[0], alpha[1], ("beta/vendor.toml", beta), ("beta/phone.j2", "a = 1\n")])
    };
    assert!(files(&beta).is_ok());
    let text = files(&silent).unwrap_err().to_string();
    assert!(
        text.contains("beta/vendor.toml") && text.contains("neither User-Agent nor OUI decides"),
        "{text}"
    );
}

#[test]
fn a_user_agent_of_two_vendors_is_a_mistake() {
    let agent = "[simulated_user_agent]\ntext = \"Alpha {model} {firmware} {mac}\"\nfirmware = \"1\"\nmac = \"colons\"\n";
    let alpha = manifest("Alpha", "0a0000", "{mac}.cfg", agent);
    let beta = manifest("Beta", "0e0000", "{mac}.cfg", "").replace("'^Beta ", "'^[A-Z]lpha ");
    let both = |beta: &str| {
        let alpha = [("alpha/vendor.toml", alpha.as_str()), ("alpha/phone.j2", "a = 1\n")];
        load(&[alpha[0], alpha[1], ("beta/vendor.toml", beta), ("beta/phone.j2", "a = 1\n")])
    };
    let text = both(&beta).unwrap_err().to_string();
    assert!(text.contains("alpha/vendor.toml:16: Alpha-1: its User-Agent"), "{text}");
    assert!(text.contains("by the patterns of Alpha, Beta"), "{text}");
    assert!(both(&beta.replace("[A-Z]lpha", "Beta")).is_ok());
}

#[test]
fn a_sample_that_is_recognized_otherwise_is_a_mistake() {
    let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", "");
    let samples = "[[sample]]\npath = \"0a0000000001.cfg\"\nfile = \"{mac}.cfg\"\nmodel = \"Alpha-1\"\n";
    let files = [
        ("alpha/vendor.toml", manifest.as_str()),
        ("alpha/phone.j2", "a = 1\n"),
        ("alpha/samples/samples.toml", samples),
    ];
    let text = load(&files).unwrap_err().to_string();
    let expected = "samples.toml:1: 0a0000000001.cfg is recognized with model none, expected Alpha-1";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_directory_overlays_single_files_of_the_binary() {
    let directory = written(&[("yealink/time.cfg.j2", "\nlocal_time.time_zone = {{ clear.text }}\n")]);
    let (embedded, overlaid) = (Catalog::embedded().unwrap(), Catalog::load(Some(directory.path())).unwrap());
    assert_ne!(embedded.epoch(), overlaid.epoch());
    assert_eq!(embedded.epoch(), Catalog::embedded().unwrap().epoch());
    let model = overlaid.model("t46u").unwrap();
    let file = overlaid.files_of(model).last().unwrap().0;
    let rendered = overlaid.render_phone(file, model, &Phone::blank().facts()).unwrap();
    let text = String::from_utf8(rendered.bytes.to_vec()).unwrap();
    assert!(text.contains("\nlocal_time.time_zone = %NULL%\n") && !text.contains("ntp_server1"), "{text}");
    let broken = written(&[("yealink/time.cfg.j2", "a = {{ nothing }}\n")]);
    let errors = Catalog::load(Some(broken.path())).unwrap_err();
    assert!(errors.to_string().starts_with("yealink/time.cfg.j2:1: undefined value"), "{errors}");
}

#[test]
fn a_bootstrap_document_knows_nothing_of_a_device_and_stands_in_for_a_secret_file_only() {
    let pack = |file: &str, bootstrap: &str| {
        let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", "")
            .replace("secret = true\n", &format!("secret = true\nbootstrap = \"boot.j2\"\n{file}"));
        let files = [
            ("alpha/vendor.toml", manifest.as_str()),
            ("alpha/phone.j2", "a = {{ device.mac }}\n"),
            ("alpha/boot.j2", bootstrap),
        ];
        load(&files).err().map(|errors| errors.to_string()).unwrap_or_default()
    };
    let told = "a = {{ time.server }}\nb = {{ provisioning.url }}\nc = {{ server.name }}\n";
    assert_eq!(pack("", told), "");
    for secret in
        ["device.mac", "device.web_password", "settings.time.ntp", "lines", "sip.domain", "model.name"]
    {
        let text = pack("", &format!("{told}d = {{{{ {secret} }}}}\n"));
        assert!(text.contains("alpha/boot.j2:4: "), "{secret}: {text}");
    }
    let common = "[[file]]\npath = \"common.cfg\"\ntemplate = \"boot.j2\"\n";
    assert!(pack(common, "c = {{ server.name }}\n").contains("c is also written by {mac}.cfg"));
    let open = "[[file]]\npath = \"open.cfg\"\ntemplate = \"phone.j2\"\nbootstrap = \"boot.j2\"\n";
    assert!(pack(open, told).contains("stands in for a secret file; this one is none"));
    let taken = "[[file]]\npath = \"ca.pem\"\nabsent = true\n";
    assert!(pack(taken, told).contains("the server itself answers for files of this name"));
}
