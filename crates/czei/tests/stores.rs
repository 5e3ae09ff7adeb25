//! Stock and ledger as a configuration names them, and the sandbox that has both.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{Failing, TestFolder, number, receipt_code, told};
use czei::stock::{Find, Mark, Receipts, SegmentId};
use czei::{
    Authority, Configuration, Issued, Issuer, Sandbox, SandboxPlan, SqliteStock, Stock as _, StoreConfiguration,
    SystemClock,
};

fn sandbox(folder: &TestFolder) -> Configuration {
    Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    Sandbox::open(folder.path("s")).unwrap()
}

/// The configuration of a sandbox with other tables for stock and ledger.
fn configured(folder: &TestFolder, tables: &str) -> czei::Result<Configuration> {
    let path = folder.path("s/other.toml");
    let text = std::fs::read_to_string(folder.path("s/czei.toml")).unwrap();
    let (text, _) = text.split_once("[stock]").unwrap();
    std::fs::write(&path, format!("{text}{tables}")).unwrap();
    Configuration::load(path)
}

#[test]
fn a_sandbox_has_numbers_that_its_authority_gave() {
    let folder = TestFolder::new();
    let configuration = sandbox(&folder);
    let issuer = Issuer::open(&configuration).unwrap();
    let authority = Authority::from_configuration(&configuration).unwrap();
    let json = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().example_draft();
    let draft = issuer.draft_from_json(json.as_bytes()).unwrap();
    let issued = issuer.issue(&draft).unwrap();
    assert!(!issued.was_before());
    let Issued::UnitSigned(signed) = issued else { panic!("finished before") };
    assert_eq!(signed.content().number, number(1));
    let receipt = issuer.accept(&signed, authority.countersign(&signed.to_bytes()).unwrap().as_bytes()).unwrap();
    // A retry, from this issuer or from another process's.
    for issuer in [&issuer, &Issuer::open(&configuration).unwrap()] {
        let again = issuer.issue(&draft).unwrap();
        assert!(again.was_before());
        assert_eq!(again.bytes(), receipt.as_bytes());
    }
    let stock = configuration.open_stock().unwrap();
    let mut states = Vec::new();
    let request = Find::Request { unit: None, request_id: "example-1" };
    stock
        .find_numbers(request, &mut |record| {
            states.push(record.state.name());
            Ok(())
        })
        .unwrap();
    assert_eq!(states, ["issued"]);
    let given = configuration.open_ledger().unwrap().given().unwrap();
    let segments = stock.segments().unwrap();
    assert_eq!((segments.len(), given.len()), (3, 3));
    for (segment, given) in segments.iter().zip(&given) {
        assert_eq!((&segment.unit, segment.code), (&given.unit, given.code));
        assert_eq!(segment.range, Some((given.first, given.last)));
        assert!(segment.is_usable());
        assert_eq!(segment.giver, "示例市财政局");
    }
    assert_eq!(given.iter().map(|given| given.countersigned).sum::<u64>(), 1);
}

#[test]
fn one_whose_making_was_cut_short_is_made_whole() {
    let folder = TestFolder::new();
    let place = folder.path("s");
    assert!(!Sandbox::is_whole(&place));
    sandbox(&folder);
    assert!(Sandbox::is_whole(&place));
    let error = Sandbox::create(&place, &SandboxPlan::default(), &SystemClock).unwrap_err();
    assert_eq!(error.entry().name, "sandbox-folder");
    // As a killed process leaves it: the mark, and some of the files.
    let root = std::fs::read(place.join("ca/root.crt")).unwrap();
    std::fs::write(place.join(Sandbox::UNFINISHED), "").unwrap();
    std::fs::remove_file(place.join("czei.toml")).unwrap();
    std::fs::remove_file(place.join("ledger.db")).unwrap();
    std::fs::write(place.join("stock.db"), "half").unwrap();
    assert!(!Sandbox::is_whole(&place));
    let configuration = sandbox(&folder);
    assert!(Sandbox::is_whole(&place));
    assert_ne!(std::fs::read(place.join("ca/root.crt")).unwrap(), root, "made anew");
    assert!(configuration.open_stock().unwrap().check().unwrap().holds());
    assert!(configuration.open_ledger().unwrap().check().unwrap().holds());
}

#[test]
fn a_folder_of_someone_else_is_not_emptied() {
    let folder = TestFolder::new();
    std::fs::create_dir(folder.path("s")).unwrap();
    std::fs::write(folder.path("s/mine.txt"), "mine").unwrap();
    let error = Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap_err();
    assert_eq!(error.entry().name, "sandbox-folder");
    assert_eq!(std::fs::read(folder.path("s/mine.txt")).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(folder.path("s")).unwrap().count(), 1);
}

#[test]
fn paths_are_relative_to_the_configuration_and_settings_are_read() {
    let folder = TestFolder::new();
    sandbox(&folder);
    let tables = r#"
[stock]
file = "numbers/stock.db"
mark = "marks/stock.mark"
receipts = "receipts"
actor = "school billing"
[ledger]
file = "/srv/ledger.db"
mark = "dangerously-none"
"#;
    let configuration = configured(&folder, tables).unwrap();
    let options = configuration.stock_options().unwrap();
    assert_eq!(options.path, folder.path("s/numbers/stock.db"));
    assert_eq!(options.mark, Some(Mark::At(folder.path("s/marks/stock.mark"))));
    assert_eq!(options.receipts, Some(Receipts::Beside(folder.path("s/receipts"))));
    assert_eq!(options.actor, "school billing");
    let options = configuration.ledger_options().unwrap();
    assert_eq!(options.path, Path::new("/srv/ledger.db"));
    assert_eq!((options.mark, options.receipts), (Some(Mark::DangerouslyNone), None));
    assert_eq!(options.actor, "czei");

    let beside = configured(&folder, "[stock]\nfile = \"stock.db\"\nmark = \"beside\"\n").unwrap();
    assert_eq!(beside.stock_options().unwrap().mark, Some(Mark::Beside));
    assert!(beside.open_stock().is_ok());
    assert_eq!(told(&beside.open_ledger().unwrap_err()), ("role-absent", None, None));
    assert_eq!(told(&Authority::from_configuration(&beside).unwrap_err()), ("role-absent", None, None));
}

#[test]
fn what_is_wrong_in_the_tables_is_named() {
    let folder = TestFolder::new();
    sandbox(&folder);
    let place = folder.path("s/other.toml");
    let file = place.to_str().unwrap();
    for (tables, name, key) in [
        ("[stock]\nfile = \"\"\n", "setting-value", "stock.file"),
        ("[stock]\nfile = \"a\"\nmark = \"\"\n", "setting-value", "stock.mark"),
        ("[stock]\nfile = \"a\"\nreceipts = \"\"\n", "setting-value", "stock.receipts"),
        ("[stock]\nfile = \"a\"\nactor = \"\"\n", "text-length", "stock.actor"),
        ("[ledger]\nfile = \"a\"\npath = \"b\"\n", "toml-unknown-key", "ledger.path"),
        ("[ledger]\nmark = \"beside\"\n", "toml-missing-key", "ledger"),
    ] {
        let error = configured(&folder, tables).unwrap_err();
        assert_eq!(told(&error), (name, Some(file), Some(key)), "{tables}");
    }
    let absent = configured(&folder, "[stock]\nfile = \"no.db\"\n[ledger]\nfile = \"no.db\"\n").unwrap();
    assert_eq!(absent.open_stock().unwrap_err().entry().name, "stock-absent");
    assert_eq!(Issuer::open(&absent).unwrap_err().entry().name, "stock-absent");
    assert_eq!(Authority::from_configuration(&absent).unwrap_err().entry().name, "stock-absent");
    // One is not the other.
    let mixed = configured(&folder, "[stock]\nfile = \"ledger.db\"\n[ledger]\nfile = \"stock.db\"\n").unwrap();
    assert_eq!(mixed.open_stock().unwrap_err().entry().name, "not-a-stock");
    assert_eq!(mixed.open_ledger().unwrap_err().entry().name, "not-a-stock");
}

#[test]
fn heads_are_signed_when_they_are_due_and_failing_to_harms_no_receipt() {
    let folder = TestFolder::new();
    let mut configuration = sandbox(&folder);
    let mut options = configuration.stock_options().unwrap();
    options.heads_interval = 4;
    let stock = Arc::new(SqliteStock::open(&options).unwrap());
    let code = receipt_code(Sandbox::EXAMPLE_CODE);
    assert_eq!(stock.segments().unwrap()[2].id, SegmentId(2));
    let json = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().example_draft();

    // The stock was just made: it has more rows than that, and nothing was signed yet.
    let issuer = Issuer::with_stock(&configuration, stock.clone()).unwrap();
    let draft = issuer.draft_from_json(json.as_bytes()).unwrap();
    issuer.issue(&draft).unwrap();
    assert_eq!(issuer.heads_error(), None);
    let verifier = configuration.head_verifier();
    let report = stock.verify_journal(Some(&verifier)).unwrap();
    assert!(report.holds(), "{:?}", report.faults);
    assert_eq!((report.heads, report.signed_heads), (1, 1));
    assert!(report.last_signer.unwrap().starts_with("CN=示例市实验中学,"));
    assert_eq!(issuer.sign_heads_if_due().unwrap(), None);

    // A signer that is out of order: signs no receipt, and no heads.
    let failing = Failing::new(configuration.units[0].signer.clone());
    configuration.units[0].signer = failing.clone();
    let issuer = Issuer::with_stock(&configuration, stock.clone()).unwrap();
    for row in 2..=6 {
        let json = json.replace("example-1", &format!("example-{row}"));
        let error = issuer.issue(&issuer.draft_from_json(json.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(told(&error).0, "signing-stopped");
    }
    assert_eq!(issuer.heads_error().unwrap().entry().name, "signing-failed");
    failing.works.store(true, std::sync::atomic::Ordering::SeqCst);
    let json = json.replace("example-1", "example-6");
    let issued = issuer.issue(&issuer.draft_from_json(json.as_bytes()).unwrap()).unwrap();
    assert_eq!((issued.content().code, issued.content().number), (code, number(6)));
    assert_eq!(issuer.heads_error(), None);
    assert!(stock.verify_journal(Some(&verifier)).unwrap().signed_heads >= 2);
}

#[test]
fn a_store_needs_certificates_and_no_keys() {
    use czei::stock::By;
    let folder = TestFolder::new();
    let configuration = sandbox(&folder);
    let stock = configuration.open_stock().unwrap();
    let signed = stock.sign_heads(Some(&configuration.units[0].head_signer()), By::one("tester")).unwrap();
    // The signer's certificate stands behind those of its chain, and the keys are elsewhere.
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    let chain = [read("s/ca/root.crt"), read("s/ca/sub.crt"), read("s/certs/school.crt")].concat();
    std::fs::write(folder.path("s/certs/school.crt"), chain).unwrap();
    std::fs::rename(folder.path("s/keys"), folder.path("keys")).unwrap();
    assert!(Configuration::load(folder.path("s/czei.toml")).is_err());
    let public = StoreConfiguration::load(folder.path("s/czei.toml")).unwrap();
    let codes: Vec<_> = configuration.units.iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(public.unit_codes().collect::<Vec<_>>(), codes);
    let report = stock.verify_journal(Some(&public.head_verifier().unwrap())).unwrap();
    assert!(report.holds());
    assert_eq!(report.last_signer.as_deref(), Some("CN=示例市实验中学,O=示例市实验中学,C=CN"));
    assert!(signed.signature.is_some());
    // Its own file is read as strictly as ever.
    let text = read("s/czei.toml");
    for (from, to, name) in [
        ("[stock]", "[stok]", "toml-unknown-key"),
        ("v = 1", "v = 2", "toml-version"),
        ("file = \"stock.db\"", "file = \"\"", "setting-value"),
    ] {
        std::fs::write(folder.path("s/bad.toml"), text.replacen(from, to, 1)).unwrap();
        let error = StoreConfiguration::load(folder.path("s/bad.toml")).unwrap_err();
        assert_eq!(error.entry().name, name, "{error}");
    }
    let without = text.split_once("[stock]").unwrap().0;
    std::fs::write(folder.path("s/none.toml"), without).unwrap();
    let error = StoreConfiguration::load(folder.path("s/none.toml")).unwrap().stock_options().unwrap_err();
    assert_eq!((error.entry().name, error.expected_text()), ("role-absent", Some("[stock]")));
}
