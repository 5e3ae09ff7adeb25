#![allow(clippy::unwrap_used)]
use super::*;
use crate::SystemClock;
use crate::test_folder::TestFolder;

#[test]
fn a_sandbox_on_disk_is_the_one_in_memory() {
    let folder = TestFolder::new();
    let sandbox = Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    let (written, kept) = (Sandbox::open(folder.path("s")).unwrap(), sandbox.configuration().unwrap());
    let fingerprints = |configuration: &Configuration| {
        let units = configuration.units.iter().map(|unit| &unit.signer);
        let signers = units.chain(configuration.authorities.iter().map(|authority| &authority.signer));
        signers.map(|signer| signer.certificate().fingerprint()).collect::<Vec<_>>()
    };
    assert_eq!(fingerprints(&written), fingerprints(&kept));
    assert_eq!(written.policy.digest, kept.policy.digest);
    assert_eq!(written.policy.certificates.len(), 5); // sub, two units, authority, other
    assert_eq!(kept.policy.certificates.len(), 5);

    let error = Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap_err();
    assert_eq!(error.entry().name, "sandbox-folder");
    assert_eq!(error.place().file, Some(shown(&folder.path("s"))));
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TestFolder::new();
    Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    for key in ["ca/root", "ca/sub", "keys/school", "keys/registry", "keys/authority", "keys/other"] {
        let mode = std::fs::metadata(folder.path(format!("s/{key}.key"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{key}");
    }
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(folder.path("s/keys/school.key"), open).unwrap();
    let error = Sandbox::open(folder.path("s")).unwrap_err();
    assert_eq!(error.entry().name, "secret-file-readable");
    assert_eq!(error.found_text(), Some("0644"));
}

#[test]
fn names_with_special_characters_are_subjects_too() {
    let plan = SandboxPlan {
        units: vec![SandboxUnit::new("odd", "1", r#" 示例, "A+B" \ <C>;#=  "#.trim())],
        ..SandboxPlan::default()
    };
    let configuration = Sandbox::in_memory(&plan, &SystemClock).unwrap().configuration().unwrap();
    let certificate = Arc::clone(configuration.units[0].signer.certificate());
    assert_eq!(certificate.subject().values("CN").collect::<Vec<_>>(), [plan.units[0].name.as_str()]);
}

#[test]
fn the_default_plan_is_that_of_the_demonstration() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/demo");
    for unit in SandboxPlan::default().units {
        let drafts = std::fs::read_to_string(folder.join(format!("{}.jsonl", unit.file))).unwrap();
        for line in drafts.lines() {
            let draft: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(draft["unit"]["code"], unit.code.as_str());
            assert_eq!(draft["unit"]["name"], unit.name.as_str());
            assert!(draft["area"].as_str().unwrap().starts_with("3206"));
        }
    }
}
