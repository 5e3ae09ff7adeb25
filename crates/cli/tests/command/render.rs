//! `czei render`, and PDFs as input of the other commands.

use std::fs;
use std::process::Command;

use crate::helper::{Folder, czei, demo};

fn files(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn receipts_become_pages_that_verify() {
    let (demo, folder) = (demo(), Folder::new());
    let paths: Vec<_> = demo.receipts(3).iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let (pages, policy) = (folder.text("pages"), demo.policy());
    let mut arguments = vec!["render", "--policy", &policy, "-o", &pages];
    arguments.extend(paths.iter().map(String::as_str));
    let ran = czei(&arguments).with_code(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("3 printed, 0 refused\n", ""));
    let names = files(&folder.path("pages"));
    assert_eq!(names, ["32010126-0000000001.pdf", "32010126-0000000002.pdf", "32010126-0000000003.pdf"]);
    // Once more: the same pages, and no complaint.
    let before = fs::read(folder.path("pages").join(&names[0])).unwrap();
    czei(&arguments).with_code(0);
    assert_eq!(fs::read(folder.path("pages").join(&names[0])).unwrap(), before);

    let ran = czei(&["verify", "--json", "--policy", &policy, &pages]).with_code(0);
    for report in &ran.objects()[..3] {
        assert_eq!((&report["verdict"], &report["checks"]["picture"]), (&"valid".into(), &"passed".into()), "{report}");
    }
    // A receipt beside its page is no double.
    let both = [paths[0].as_str(), &folder.text("pages/32010126-0000000001.pdf")];
    let ran = czei(&["verify", "--policy", &policy, both[0], both[1]]).with_code(0);
    assert!(!ran.out.contains("CZ5"), "{}", ran.out);

    let ran = czei(&["inspect", "--document", both[1]]).with_code(0);
    assert_eq!(ran.out.as_bytes(), fs::read(both[0]).unwrap());
    let ran = czei(&["inspect", both[1]]).with_code(0);
    assert!(ran.out.contains("EInvoiceNumber: 0000000001"), "{}", ran.out);
}

#[test]
fn what_is_false_or_half_done_is_not_printed() {
    let (demo, folder) = (demo(), Folder::new());
    let (good, tampered) = (demo.receipts(1)[0].to_str().unwrap().to_owned(), demo.tampered());
    let tampered = tampered.to_str().unwrap();
    let junk = folder.write("junk.xml", "<a/>");
    let pages = folder.text("pages");
    let ran = czei(&["render", "--json", "-o", &pages, &good, tampered, &junk]).with_code(1);
    let objects = ran.objects();
    assert_eq!(objects[0]["error"]["code"], "CZ8060", "{objects:?}");
    assert_eq!(objects[1]["error"]["code"], "CZ8060", "{objects:?}");
    assert_eq!(objects[2]["receipt"], "32010126-0000000001", "{objects:?}");
    assert_eq!(objects[3]["render"], serde_json::json!({ "printed": 1, "refused": 2 }));
    assert_eq!(files(&folder.path("pages")), ["32010126-0000000001.pdf"]);

    let ran = czei(&["render", "-o", &pages, tampered]).with_code(1);
    assert!(
        ran.out.ends_with("0 printed, 1 refused\n")
            && ran.out.contains("not printed")
            && ran.err.contains("No policy was given"),
        "{ran:?}"
    );
    let ran = czei(&["render", "-o", &pages, &folder.text("nothing.xml")]).with_code(1);
    assert!(ran.out.contains("CZ9002") || ran.out.contains("not printed"), "{ran:?}");
}

#[test]
fn a_file_that_is_no_page_is_left_alone() {
    let (demo, folder) = (demo(), Folder::new());
    let good = demo.receipts(1)[0].to_str().unwrap().to_owned();
    folder.write("pages/32010126-0000000001.pdf", "a letter");
    let ran = czei(&["render", "-o", &folder.text("pages"), &good]).with_code(1);
    assert!(ran.out.contains("CZ9007"), "{}", ran.out);
    assert_eq!(fs::read(folder.path("pages/32010126-0000000001.pdf")).unwrap(), b"a letter");
    // The same receipt twice in one run is one page.
    let again = folder.write("again.xml", fs::read(&good).unwrap());
    let ran = czei(&["render", "-o", &folder.text("other"), &good, &again]).with_code(0);
    assert_eq!(ran.out, "2 printed, 0 refused\n");
    assert_eq!(files(&folder.path("other")), ["32010126-0000000001.pdf"]);
}

#[test]
fn one_file_for_paper() {
    let (demo, folder) = (demo(), Folder::new());
    let merged = folder.text("all.pdf");
    let receipts: Vec<_> = demo.receipts(5).iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let mut arguments = vec!["render", "--merged", &merged, "--a4"];
    let policy = demo.policy();
    arguments.extend(["--policy", &policy]);
    arguments.extend(receipts.iter().map(String::as_str));
    let ran = czei(&arguments).with_code(0);
    assert_eq!(ran.out, "5 printed, 0 refused\n");
    assert_eq!(files(&folder.path("")), ["all.pdf"], "and nothing beside it");
    let ran = czei(&["verify", "--json", "--policy", &policy, &merged]).with_code(1);
    assert_eq!(ran.objects()[0]["headline"]["code"], "CZ6321");
    // A refused receipt spoils nothing; with nothing left no file is made.
    let tampered = demo.tampered();
    czei(&["render", "--merged", &folder.text("none.pdf"), tampered.to_str().unwrap()]).with_code(1);
    assert_eq!(files(&folder.path("")), ["all.pdf"]);
    let ran = czei(&["render", "--a4", "-o", &folder.text("x"), &receipts[0]]).with_code(2);
    assert!(ran.err.contains("--merged"), "{}", ran.err);
}

#[test]
fn previews_of_drafts_say_what_they_are() {
    let (demo, folder) = (demo(), Folder::new());
    let drafts: String = fs::read_to_string(demo.path("input/school.jsonl"))
        .unwrap()
        .lines()
        .take(2)
        .fold(String::new(), |all, line| all + line + "\n");
    let drafts = folder.write("two.jsonl", drafts);
    let receipt = demo.receipts(1)[0].to_str().unwrap().to_owned();
    let pages = folder.text("pages");
    let config = demo.path("czei.toml");
    let ran = czei(&["render", "--preview", "--config", &config, "-o", &pages, &drafts, &receipt]).with_code(1);
    // A finished receipt is no preview.
    assert!(ran.out.contains("CZ") && ran.out.ends_with("2 printed, 1 refused\n"), "{}", ran.out);
    let names = files(&folder.path("pages"));
    assert!(names.iter().all(|name| name.starts_with("preview-")), "{names:?}");
    let ran = czei(&["verify", "--json", &pages]).with_code(1);
    for report in &ran.objects()[..2] {
        assert_eq!(report["headline"]["code"], "CZ6320", "{report}");
    }
    let ran = czei(&["render", "--preview", "-o", &pages, &folder.write("bad.json", "{}")]).with_code(1);
    assert!(ran.out.contains("not printed"), "{ran:?}");
}

#[test]
fn previews_are_drawn_of_folders_and_archives() {
    let (demo, folder) = (demo(), Folder::new());
    let drafts = fs::read_to_string(demo.path("input/school.jsonl")).unwrap();
    let drafts: Vec<_> = drafts.lines().take(4).collect();
    fs::create_dir_all(folder.path("in/below")).unwrap();
    fs::write(folder.path("in/a.jsonl"), format!("\u{feff}{}\n\n{{}}\n{}", drafts[0], drafts[1])).unwrap();
    fs::write(folder.path("in/below/b.JSON"), drafts[2]).unwrap();
    fs::write(folder.path("in/c.xml"), "no document").unwrap();
    fs::write(folder.path("in/d.json"), " \n").unwrap();
    fs::write(folder.path("in/e.txt"), drafts[3]).unwrap();
    fs::write(folder.path("one.json"), drafts[3]).unwrap();
    let mut tar = Command::new("tar");
    tar.args(["-czf", "f.tar.gz", "-C", "..", "one.json"]).current_dir(folder.path("in"));
    assert!(tar.status().unwrap().success());

    let (input, pages, config) = (folder.text("in"), folder.text("pages"), demo.path("czei.toml"));
    let ran = czei(&["render", "--json", "--preview", "--config", &config, "-o", &pages, &input]).with_code(1);
    let lines = ran.objects();
    let refused: Vec<_> = lines.iter().filter(|line| line.get("error").is_some()).collect();
    let end = lines.last().unwrap();
    assert_eq!((&end["render"]["printed"], &end["render"]["refused"]), (&4.into(), &3.into()), "{}", ran.out);
    let names: Vec<_> = refused.iter().map(|line| line["from"].as_str().unwrap()).collect();
    let ends = ["in/a.jsonl:3", "in/c.xml", "in/d.json"];
    assert!(names.len() == 3 && names.iter().zip(ends).all(|(name, end)| name.ends_with(end)), "{names:?}");
    assert_eq!(refused[0]["error"]["place"]["line"], 3, "{}", ran.out);
    assert_eq!(refused[2]["error"]["code"], "CZ9028", "{}", ran.out);
    assert!(lines.iter().any(|line| line["from"].as_str().is_some_and(|from| from.ends_with("f.tar.gz!one.json"))));
    // As many threads as one likes: what comes out, and in what order, is the same.
    let again = folder.text("again");
    let one = czei(&["render", "--preview", "--jobs", "1", "--config", &config, "-o", &again, &input]).with_code(1);
    assert!(one.out.ends_with("4 printed, 3 refused\n"), "{}", one.out);
    assert_eq!(files(&folder.path("pages")), files(&folder.path("again")));
}

#[test]
fn pdfs_are_not_taken_where_documents_are_stored() {
    let (demo, folder) = (demo(), Folder::new());
    let pages = folder.text("pages");
    czei(&["render", "-o", &pages, demo.receipts(1)[0].to_str().unwrap()]).with_code(0);
    let page = folder.text("pages/32010126-0000000001.pdf");
    let config = demo.path("czei.toml");
    let ran = czei(&["stock", "reconcile", "--json", "--config", &config, &page]).with_code(1);
    assert!(ran.out.contains("CZ9120"), "{ran:?}");
}

#[test]
fn what_is_named_pdf_and_is_none_is_refused() {
    let (demo, folder) = (demo(), Folder::new());
    let receipt = fs::read(&demo.receipts(1)[0]).unwrap();
    let named = folder.write("in/receipt.pdf", &receipt);
    for path in [named, folder.text("in")] {
        let ran = czei(&["verify", "--policy", &demo.policy(), &path]).with_code(2);
        assert!(ran.out.contains("CZ9121"), "{ran:?}");
    }
    // Nor is it opened as an archive.
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("r.xml", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut archive, &receipt).unwrap();
    let zipped = folder.write("zip.pdf", archive.finish().unwrap().into_inner());
    let ran = czei(&["verify", "--policy", &demo.policy(), &zipped]).with_code(2);
    assert!(ran.out.contains("CZ9121"), "{ran:?}");
}
