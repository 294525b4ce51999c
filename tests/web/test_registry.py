"""What the schema registry answers: routes, errors and verdicts as Confluent's clients expect them."""

import json
from copy import deepcopy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.catalogue import find_assets
from tests.web.registries import NEWER, NEWER_ID, PAY, PAY_ID, REAL, SHIFTS, client, pay

pytestmark = pytest.mark.slow

ASK = client()
UNKNOWN = "no.such.topic-value"


def about(definition, **more):
    """The body of a question about a schema."""
    return {"schema": definition if isinstance(definition, str) else json.dumps(definition)} | more


def test_it_lists_the_subject_of_every_topic_with_a_schema():
    lines = (find_assets().root / "schemas/ids.lock").read_text("utf-8").splitlines()
    locked = sorted({line.removeprefix("  subject: ") for line in lines if line.startswith("  subject: ")})
    ask = client(of=REAL)
    assert ask.get("/subjects").json() == locked
    assert ask.get("/subjects?subjectPrefix=benefits.adj&deleted=false").json() == ["benefits.adjustments.v1-value"]
    assert ask.get("/subjects?offset=1&limit=2").json() == locked[1:3]


def test_an_id_of_the_lock_leads_to_the_file_of_its_schema():
    file = "schemas/publicsecurity/v1/Death.v1.avsc"
    lock = yaml.safe_load((find_assets().root / "schemas/ids.lock").read_text("utf-8"))
    told = client(of=REAL).get(f"/schemas/ids/{lock[file]['id']}").json()
    assert json.loads(told["schema"]) == json.loads((find_assets().root / file).read_text("utf-8"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", {}),
        (f"/subjects/{PAY}/versions", [1, 2]),
        (f"/schemas/ids/{PAY_ID}/versions", [{"subject": PAY, "version": 1}]),
        ("/schemas/types", ["AVRO"]),
        ("/config", {"compatibilityLevel": "FULL_TRANSITIVE"}),
        (f"/config/{PAY}", {"compatibilityLevel": "FULL_TRANSITIVE"}),
        (f"/config/{PAY}?defaultToGlobal=true", {"compatibilityLevel": "FULL_TRANSITIVE"}),
        ("/mode", {"mode": "READONLY"}),
    ],
)
def test_what_it_tells_of_itself(path, told):
    answer = ASK.get(path)
    assert (answer.status_code, answer.json()) == (200, told)
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


@pytest.mark.parametrize(
    ("asked", "version", "number"),
    [("1", 1, PAY_ID), ("2", 2, NEWER_ID), ("latest", 2, NEWER_ID), ("-1", 2, NEWER_ID)],
)
def test_a_version_comes_with_its_id_and_its_text(asked, version, number):
    told = ASK.get(f"/subjects/{PAY}/versions/{asked}?deleted=false").json()
    schema = json.loads(told.pop("schema"))
    assert told == {"subject": PAY, "version": version, "id": number}
    assert schema == (pay() if version == 1 else NEWER)


@pytest.mark.parametrize("query", ["", "?fetchMaxId=false", "?subject=x&format=serialized"])
def test_an_id_leads_to_the_schema_whatever_else_is_asked(query):
    told = ASK.get(f"/schemas/ids/{NEWER_ID}{query}").json()
    assert list(told) == ["schema"]
    assert json.loads(told["schema"]) == NEWER


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "told"),
    [
        ("GET", f"/subjects/{UNKNOWN}/versions", None, 404, 40401, f"Subject '{UNKNOWN}' not found"),
        ("GET", f"/subjects/{UNKNOWN}/versions/latest", None, 404, 40401, "not found"),
        ("GET", f"/subjects/{PAY}/versions/7", None, 404, 40402, "Version 7 not found"),
        ("GET", f"/subjects/{PAY}/versions/newest", None, 422, 42202, "is not valid"),
        ("GET", f"/subjects/{PAY}/versions/0", None, 422, 42202, "is not valid"),
        ("GET", f"/subjects/{PAY}/versions/{10**30}", None, 422, 42202, "is not valid"),
        ("GET", f"/subjects/{PAY}/versions/%C2%B2", None, 422, 42202, "is not valid"),
        ("GET", "/schemas/ids/404404", None, 404, 40403, "Schema 404404 not found"),
        ("GET", "/schemas/ids/404404/versions", None, 404, 40403, "Schema 404404 not found"),
        ("GET", "/schemas/ids/first", None, 422, 422, "integer"),
        ("GET", f"/config/{UNKNOWN}", None, 404, 40401, "not found"),
        ("GET", "/associations/resources/lkc-1/topic?resourceType=topic", None, 404, 404, "Not Found"),
        ("GET", "/anything", None, 404, 404, "Not Found"),
        ("POST", f"/subjects/{UNKNOWN}", about(pay()), 404, 40401, "not found"),
        ("POST", f"/subjects/{PAY}", about('"string"'), 404, 40403, "Schema not found"),
        ("POST", f"/subjects/{PAY}", about("{"), 422, 42201, "Invalid Avro schema"),
        ("POST", f"/subjects/{PAY}", about(pay(), schemaType="PROTOBUF"), 422, 42201, "Avro only"),
        ("POST", f"/subjects/{PAY}", about(pay(), references=[{"name": "x"}]), 422, 42201, "references"),
        ("POST", f"/subjects/{PAY}", {"schema": 5}, 422, 42201, "schema: Input should be a valid string"),
        ("POST", f"/subjects/{PAY}", {}, 422, 42201, "schema: Field required"),
        ("POST", f"/subjects/{PAY}", about("x" * 2_000_000), 413, 413, "at most"),
        ("POST", f"/subjects/{UNKNOWN}/versions", about(pay()), 422, 42205, "no subject of this hub"),
        ("POST", f"/subjects/{PAY}/versions", about("{}"), 422, 42201, "Invalid Avro schema"),
        ("POST", f"/subjects/{PAY}/versions", about(pay(without="employer")), 409, 409, "version 1 cannot read"),
        ("POST", f"/compatibility/subjects/{UNKNOWN}/versions/1", about(pay()), 404, 40401, "not found"),
        ("POST", f"/compatibility/subjects/{PAY}/versions/7", about(pay()), 404, 40402, "Version 7"),
        ("DELETE", f"/subjects/{PAY}", None, 405, 405, "read-only"),
        ("PUT", f"/config/{PAY}", {"compatibility": "NONE"}, 405, 405, "read-only"),
        ("PUT", "/mode", {"mode": "IMPORT"}, 405, 405, "read-only"),
    ],
)  # fmt: skip
def test_an_error_has_the_code_that_clients_know_and_says_what_is_wrong(method, path, body, status, code, told):
    answer = ASK.request(method, path, json=body)
    said = answer.json()
    assert (answer.status_code, said["error_code"]) == (status, code)
    assert told in said["message"]
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


def test_a_known_schema_is_found_and_registering_it_again_changes_nothing():
    for definition, version, number in [(pay(), 1, PAY_ID), (NEWER, 2, NEWER_ID)]:
        found = ASK.post(f"/subjects/{PAY}?normalize=false&deleted=true", json=about(definition)).json()
        assert (found["subject"], found["version"], found["id"]) == (PAY, version, number)
        for _ in range(2):
            assert ASK.post(f"/subjects/{PAY}/versions", json=about(definition)).json() == {"id": number}
    assert ASK.get(f"/subjects/{PAY}/versions").json() == [1, 2]


def reordered(definition):
    """The same, with the attributes of every object in another order."""
    return dict(reversed(definition.items())) | {
        "fields": [dict(reversed(each.items())) for each in definition["fields"]]
    }


def undocumented(definition):
    """The same without docs, as a generator of code may leave them out."""
    bare = {key: value for key, value in definition.items() if key != "doc"}
    return bare | {
        "fields": [{key: value for key, value in each.items() if key != "doc"} for each in definition["fields"]]
    }


def as_java_says(definition):
    """The same as Avro's generated Java classes have it."""
    said = json.dumps(definition).replace(
        '"type": "string"', '"type": {"type": "string", "avro.java.string": "String"}'
    )
    return json.loads(said)


def with_full_name(definition):
    """The same, with the namespace in the name."""
    named = {key: value for key, value in definition.items() if key != "namespace"}
    return named | {"name": f"{definition['namespace']}.{definition['name']}"}


@pytest.mark.parametrize("said", [reordered, undocumented, as_java_says, with_full_name])
def test_a_schema_is_known_by_what_it_means(said):
    assert json.dumps(said(pay())) != json.dumps(pay())
    assert ASK.post(f"/subjects/{PAY}", json=about(said(pay()))).json()["id"] == PAY_ID


def defaulted(definition, name, default):
    """Another default of a field."""
    changed = deepcopy(definition)
    next(each for each in changed["fields"] if each["name"] == name)["default"] = default
    return changed


def test_another_default_is_another_schema():
    assert ASK.post(f"/subjects/{PAY}", json=about(defaulted(pay(), "retracted", True))).status_code == 404


def test_a_compatible_schema_that_is_new_is_told_how_it_comes_to_be_known():
    bonus = {"name": "bonus_fen", "type": "long", "default": 0}
    answer = ASK.post(f"/subjects/{PAY}/versions", json=about(pay(SHIFTS, bonus)))
    assert (answer.status_code, answer.json()["error_code"]) == (422, 42205)
    assert "schemas/labouroffice/v1/Pay.v3.avsc" in answer.json()["message"]
    assert "benefit_hub.catalogue.lock" in answer.json()["message"]


OTHER_TYPE = {**SHIFTS, "type": "string", "default": ""}


@pytest.mark.parametrize(
    ("definition", "against", "compatible"),
    [
        (pay(SHIFTS), "/1", True),
        (pay(SHIFTS), "/2", True),
        (pay(SHIFTS), "", True),
        (pay({"name": "hours", "type": "int"}), "/latest", False),
        (pay(without="employer"), "/latest", False),
        (pay(OTHER_TYPE), "/1", True),
        (pay(OTHER_TYPE), "/2", False),
        (pay(OTHER_TYPE), "", False),
    ],
)
def test_a_verdict_against_one_version_or_against_all(definition, against, compatible):
    path = f"/compatibility/subjects/{PAY}/versions{against}"
    assert ASK.post(path, json=about(definition)).json() == {"is_compatible": compatible}
    told = ASK.post(f"{path}?verbose=true&normalize=false", json=about(definition)).json()
    assert bool(told["messages"]) is not compatible


def test_a_schema_that_fits_the_first_version_only_may_not_be_registered():
    answer = ASK.post(f"/subjects/{PAY}/versions", json=about(pay(OTHER_TYPE)))
    assert answer.status_code == 409
    assert "version 2" in answer.json()["message"]


def test_subjects_carry_the_prefix_of_the_topics_and_are_found_without_it():
    ask = client("test.")
    assert f"test.{PAY}" in ask.get("/subjects").json()
    assert PAY not in ask.get("/subjects").json()
    for name in (PAY, f"test.{PAY}"):
        assert ask.get(f"/subjects/{name}/versions/1").json()["subject"] == name
        assert ask.post(f"/subjects/{name}", json=about(pay())).json()["id"] == PAY_ID
    assert ask.get(f"/schemas/ids/{PAY_ID}/versions").json() == [{"subject": f"test.{PAY}", "version": 1}]
    assert ask.get(f"/subjects/other.{PAY}/versions").status_code == 404


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=4)
    | st.sampled_from(["record", "enum", "string", "n.A"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "name", "fields", "symbols", "items", "values", "default", "size", "logicalType", "aliases"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
@settings(max_examples=60)
def test_whatever_is_asked_the_answer_is_one_of_a_registry(said):
    answer = ASK.post(f"/subjects/{PAY}/versions", json=about(said))
    assert answer.status_code in (409, 422)
    assert answer.json()["error_code"] in (409, 42201, 42205)


def test_brackets_without_end_are_no_schema():
    assert ASK.post(f"/subjects/{PAY}", json=about("[" * 50_000)).json()["error_code"] == 42201
