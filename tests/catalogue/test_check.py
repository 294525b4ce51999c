"""`check` over trees of data files, each broken in one place: it names the file, the place, and what to do."""

from typing import NamedTuple

import pytest

from benefit_hub.catalogue import Assets, Unfit, check, load

RESIDENCE = "schemas/publicsecurity/v1/Residence.v1.avsc"
WAGE = "topics/human-resources.wage.v1.yaml"
PACK = "policies/demo/gz-t.yaml"
GONE = "\0"


class Broken(NamedTuple):
    """`old` in a file becomes `new` (GONE: the file goes); what has to be found, and where."""

    file: str
    old: str
    new: str
    place: str
    told: str


BROKEN = {
    # topics
    "no owner": Broken(WAGE, "owner: human-resources\n", "", WAGE, "owner: missing. Add owner."),
    "no key": Broken(WAGE, "key: [record_id]\n", "", WAGE, "key: missing"),
    "no schema": Broken(WAGE, "schema: cn.gov.hub.humanresources.v1.Wage\n", "", WAGE, "schema: missing"),
    "no retention": Broken(WAGE, "retention: 14d\n", "", WAGE, "retention: missing"),
    "no bad-record policy": Broken(WAGE, "on_bad_record: quarantine\n", "", WAGE, "on_bad_record: missing"),
    "no legal basis": Broken(
        WAGE, "  legal_basis: 《社会救助法》第四十条、第四十一条\n", "", f"{WAGE}:19", "shared.legal_basis: missing"
    ),
    "a key misspelt": Broken(WAGE, "readers:", "reader:", f"{WAGE}:17", "reader: unknown key. Did you mean readers?"),
    "a key said twice": Broken(WAGE, "encoding: avro\n", "encoding: avro\nencoding: raw\n", f"{WAGE}:10", "said twice"),
    "no YAML": Broken(WAGE, "key: [record_id]", "key: [record_id", f"{WAGE}:", "Look at indentation, colons, commas"),
    "partitions as text": Broken(WAGE, "partitions: 4", 'partitions: "4"', f"{WAGE}:11", "a valid integer, got '4'"),
    "a name with an underscore": Broken(
        WAGE, "name: human-resources.wage.v1", "name: human_resources.wage.v1", f"{WAGE}:1", "name: String should match"
    ),
    "a name without version": Broken(
        WAGE, "name: human-resources.wage.v1", "name: human-resources.wage", f"{WAGE}:1", "name: String should match"
    ),
    "a file that is called otherwise": Broken(
        WAGE,
        "name: human-resources.wage.v1",
        "name: human-resources.pay.v1",
        f"{WAGE}:1",
        "Call the file after its topic.",
    ),
    "a schema that is not there": Broken(
        WAGE, "v1.Wage", "v1.Salary", f"{WAGE}:10", "there is no cn.gov.hub.humanresources.v1.Salary"
    ),
    "a key that is no field": Broken(
        "topics/benefits.entitlements.v1.yaml",
        "key: [beneficiary, programme]",
        "key: [beneficiary, program]",
        "topics/benefits.entitlements.v1.yaml:7",
        "program is no field of",
    ),
    "keyed by a person's number": Broken(
        WAGE, "key: [record_id]", "key: [id_number]", f"{WAGE}:8", "never by that of a person"
    ),
    "producer's time": Broken(WAGE, "LogAppendTime", "CreateTime", f"{WAGE}:14", "received_at is broker time"),
    "a bad record that halts": Broken(
        WAGE, "on_bad_record: quarantine", "on_bad_record: halt", f"{WAGE}:18", "one bad record may not stop the next"
    ),
    "a period of broken windows": Broken(
        WAGE,
        "shared:\n",
        "watch: {window: 2d}\nshared:\n",
        f"{WAGE}:19",
        "watch.period: a period is made of whole windows",
    ),
    "a watch that reaches too far back": Broken(
        WAGE,
        "shared:\n",
        "watch: {history: 20}\nshared:\n",
        f"{WAGE}:19",
        "looked up over 21 days and more, and records are",
    ),
    "a watched topic of our own": Broken(
        "topics/claims.v1.yaml",
        "category: internal\n",
        "category: internal\nwatch: {}\n",
        "topics/claims.v1.yaml:7",
        "watch: only department topics have it",
    ),
    "facts compacted": Broken(
        "topics/facts.v1.yaml", "cleanup: delete", "cleanup: compact", "topics/facts.v1.yaml:11", "the system of record"
    ),
    "facts dropped": Broken(
        "topics/facts.v1.yaml",
        "retention: unlimited",
        "retention: 30d",
        "topics/facts.v1.yaml:11",
        "the system of record",
    ),
    "compacted and dropped": Broken(
        "topics/register.persons.v1.yaml",
        "retention: unlimited",
        "retention: 30d",
        "topics/register.persons.v1.yaml:12",
        "compacted, and yet dropped after a time",
    ),
    "control in two partitions": Broken(
        "topics/control.v1.yaml",
        "partitions: 1",
        "partitions: 2",
        "topics/control.v1.yaml:10",
        "control events have one order",
    ),
    "a weaker compatibility": Broken(
        WAGE, "FULL_TRANSITIVE", "BACKWARD_TRANSITIVE", f"{WAGE}:15", "expected FULL_TRANSITIVE for category department"
    ),
    "an internal message that is not there": Broken(
        "topics/claims.v1.yaml",
        "ClaimsMessage",
        "ClaimMessage",
        "topics/claims.v1.yaml:9",
        "no message type ClaimMessage",
    ),
    # topics and topology
    "a topic that a processor needs is gone": Broken(
        "topics/claims.v1.yaml", "", GONE, "topics", "no topic claims, which entitlement and settlement needs"
    ),
    "a reader that the topology lacks": Broken(
        "topics/facts.v1.yaml",
        "readers: [register, operator]",
        "readers: [register, operator, settlement]",
        "topics/facts.v1.yaml:16",
        "expected register among them, as the topology says",
    ),
    "a writer too few": Broken(
        "topics/tasks.v1.yaml",
        "writers: [register, entitlement, settlement, reconcile]",
        "writers: [register, settlement, reconcile]",
        "topics/tasks.v1.yaml:15",
        "expected entitlement and register and settlement",
    ),
    "a changelog with other partitions": Broken(
        "topics/changelog.register.v1.yaml",
        "partitions: 4",
        "partitions: 2",
        "topics/changelog.register.v1.yaml:10",
        "expected 4, as facts has",
    ),
    "a loop with other partitions": Broken(
        "topics/person-transfers.v1.yaml",
        "partitions: 4",
        "partitions: 2",
        "topics/person-transfers.v1.yaml:10",
        "expected 4, as facts has",
    ),
    "adjustments with other partitions than claims": Broken(
        "topics/benefits.adjustments.v1.yaml",
        "partitions: 4",
        "partitions: 8",
        "topics/benefits.adjustments.v1.yaml:10",
        "expected 4, as claims has",
    ),
    "a department without quarantine": Broken(
        "topics/quarantine.human-resources.v1.yaml",
        "",
        GONE,
        f"{WAGE}:4",
        "there is no topic quarantine.human-resources",
    ),
    "a quarantine of nobody": Broken(
        "topics/rural-revitalisation.watch-list.v1.yaml",
        "owner: rural-revitalisation",
        "owner: civil-affairs",
        "topics/quarantine.rural-revitalisation.v1.yaml:1",
        "nobody with this name owns a topic that needs it",
    ),
    # schemas
    "no JSON": Broken(RESIDENCE, '"fields": [', '"fields": [[', RESIDENCE, "Correct the JSON."),
    "an unknown Avro type": Broken(RESIDENCE, '"type": "boolean"', '"type": "bool"', RESIDENCE, "no Avro schema"),
    "another namespace": Broken(
        RESIDENCE, "publicsecurity.v1", "police.v1", RESIDENCE, "namespace: expected cn.gov.hub."
    ),
    "a doc without Chinese": Broken(
        RESIDENCE, "户号: household", "household", RESIDENCE, "Residence.register_number: no doc with the Chinese term"
    ),
    "a doc that repeats the name": Broken(
        RESIDENCE,
        "户号: household register book in which the person stands",
        "户号: register number",
        RESIDENCE,
        "Residence.register_number: the doc says no more than the name",
    ),
    "a value without Chinese": Broken(
        RESIDENCE, "MALE 男", "MALE m", RESIDENCE, "Residence.sex.Sex: the doc does not say MALE in Chinese"
    ),
    "an enum without default": Broken(
        RESIDENCE,
        '"symbols": ["UNKNOWN", "FEMALE", "MALE"],\n        "default": "UNKNOWN"',
        '"symbols": ["UNKNOWN", "FEMALE", "MALE"]',
        RESIDENCE,
        "Residence.sex.Sex: expected UNKNOWN as first symbol and as default",
    ),
    "an optional field without default": Broken(
        RESIDENCE,
        '"default": null,\n      "doc": "失效',
        '"doc": "失效',
        RESIDENCE,
        "Residence.valid_to: expected an optional value",
    ),
    "an amount as int": Broken(
        "schemas/humanresources/v1/Wage.v1.avsc",
        '"amount_fen", "type": "long"',
        '"amount_fen", "type": "int"',
        "schemas/humanresources/v1/Wage.v1.avsc",
        "Wage.amount_fen: amounts are long, in fen",
    ),
    "a field more than the message type": Broken(
        RESIDENCE,
        '"fields": [',
        '"fields": [{"name": "nation", "type": ["null", "string"], "default": null, "doc": "民族: as registered"},',
        RESIDENCE,
        "Residence.nation: the message type has no such field",
    ),
    "a field of another type": Broken(
        RESIDENCE,
        '"birth_date", "type": "string"',
        '"birth_date", "type": "int"',
        RESIDENCE,
        "Residence.birth_date: expected string",
    ),
    "a day as text": Broken(
        "schemas/casework/v1/TaskItem.v1.avsc",
        '["null", {"type": "int", "logicalType": "date"}]',
        '["null", "string"]',
        "schemas/casework/v1/TaskItem.v1.avsc",
        "TaskItem.due_on: expected date, as the message type says",
    ),
    "obligatory and yet optional in the message type": Broken(
        RESIDENCE,
        '"type": ["null", "string"],\n      "default": null,\n      "doc": "失效',
        '"type": "string",\n      "doc": "失效',
        RESIDENCE,
        "Residence.valid_to: expected a union of null and one type",
    ),
    "another default than the message type": Broken(
        RESIDENCE,
        '"default": false',
        '"default": true',
        RESIDENCE,
        "Residence.retracted: default True; the message type has False",
    ),
    "a field inside another that differs": Broken(
        "schemas/benefits/v1/Adjustment.v2.avsc",
        '"difference_fen"',
        '"change_fen"',
        "schemas/benefits/v1/Adjustment.v2.avsc",
        "Adjustment.settled.SettledMonth.difference_fen: missing; the message type has it",
    ),
    "a symbol fewer than the message type": Broken(
        RESIDENCE,
        '["UNKNOWN", "URBAN", "RURAL"]',
        '["UNKNOWN", "URBAN"]',
        RESIDENCE,
        "Residence.area: expected an enum of RURAL, UNKNOWN, URBAN",
    ),
    "a default that the message type lacks": Broken(
        "schemas/humanresources/v1/Wage.v2.avsc",
        '"employer", "type": "string"',
        '"employer", "type": "string", "default": ""',
        "schemas/humanresources/v1/Wage.v2.avsc",
        "Wage.employer: default ''; the message type has none",
    ),
    "changed without a new version": Broken(
        "schemas/humanresources/v1/Wage.v1.avsc",
        '"employer", "type": "string"',
        '"employer_code", "type": "string"',
        "schemas/humanresources/v1/Wage.v1.avsc",
        "Undo the change and put it into schemas/humanresources/v1/Wage.v2.avsc;",
    ),
    "not in the lock": Broken(
        "schemas/ids.lock",
        "schemas/casework/v1/Lead.v1.avsc:",
        "schemas/x.avsc:",
        "schemas/casework/v1/Lead.v1.avsc",
        "not in",
    ),
    "locked and gone": Broken(
        "schemas/casework/v1/Lead.v1.avsc", "", GONE, "schemas/ids.lock", "its id may be in any topic"
    ),
    "an id given twice": Broken("schemas/ids.lock", "  id: 2\n", "  id: 1\n", "schemas/ids.lock", "id 1 is that of"),
    "the lock gone": Broken("schemas/ids.lock", "", GONE, "schemas/ids.lock", "missing"),
    "locked under another subject": Broken(
        "schemas/ids.lock",
        "subject: leads.v1-value",
        "subject: hints.v1-value",
        "schemas/casework/v1/Lead.v1.avsc",
        "locked under hints.v1-value, and its topic has leads.v1-value",
    ),
    "a schema of two topics": Broken(
        "topics/leads.v1.yaml",
        "casework.v1.Lead",
        "casework.v1.Proposal",
        "schemas/casework/v1/Proposal.v1.avsc",
        "expected one topic",
    ),
}


def test_what_is_in_the_repository_fits() -> None:
    assert check() == []


def test_a_copy_of_it_fits(assets: Assets) -> None:
    assert check(assets) == []


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_is_found_where_it_is(broken: Broken, shared_assets: Assets) -> None:
    path = shared_assets.root / broken.file
    before = path.read_text("utf-8")
    assert before.count(broken.old) >= 1, f"{broken.file} has no {broken.old!r} that could be broken"
    if broken.new == GONE:
        path.unlink()
    else:
        path.write_text(before.replace(broken.old, broken.new, 1), "utf-8")
    findings = [str(finding) for finding in check(shared_assets)]
    path.write_text(before, "utf-8")
    assert any(finding.startswith(broken.place) and broken.told in finding for finding in findings), "\n".join(findings)


@pytest.mark.parametrize(
    ("old", "new", "file", "place", "told"),
    [
        ('region: "99"', "region: 99", PACK, f"{PACK}:5", "region: expected a valid string, got 99"),
        (", funeral-service]", ", hospital]", PACK, "policies", "no topic of kind death comes from hospital"),
        ("", "", "policies/national/law.yaml", "policies/national/law.yaml:6", "assumed packs lie in policies/demo/"),
        ("assumed: true", "assumed: false", PACK, f"{PACK}:6", "assumed packs lie in policies/demo/, and only they"),
    ],
    ids=["a pack that does not load", "no such source of death", "assumed among the law", "law among the assumed"],
)
def test_a_pack_that_does_not_fit_is_found(
    old: str, new: str, file: str, place: str, told: str, assets: Assets
) -> None:
    text = (assets.root / PACK).read_text("utf-8")
    (assets.root / PACK).unlink()
    (assets.root / file).parent.mkdir(exist_ok=True)
    (assets.root / file).write_text(text.replace(old, new, 1), "utf-8")
    findings = [str(finding) for finding in check(assets)]
    assert any(finding.startswith(place) and told in finding for finding in findings), "\n".join(findings)


def test_nothing_is_loaded_from_what_does_not_fit(assets: Assets) -> None:
    (assets.topics / "claims.v1.yaml").unlink()
    (assets.topics / "leads.v1.yaml").unlink()
    with pytest.raises(Unfit) as caught:
        load(assets=assets)
    assert "no topic claims" in str(caught.value)
    assert "no topic leads" in str(caught.value)


def test_every_finding_says_what_to_do(assets: Assets) -> None:
    (assets.topics / "control.v1.yaml").write_text("name: 5\n", "utf-8")
    findings = check(assets)
    assert len(findings) > 10
    assert all(finding.file and finding.message and finding.action for finding in findings)
