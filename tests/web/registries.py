"""The endpoint in this process, over a catalogue of one topic, whose schema has two versions."""

import json
from copy import deepcopy
from typing import Any

from fastapi.testclient import TestClient
from msgspec import structs

from benefit_hub.catalogue import Catalogue, Schema
from benefit_hub.web.registry import Registry
from benefit_hub.web.registry_routes import registry_app
from tests import checkout

REAL = checkout.catalogue()
PAY = "labour-office.pay.v1-value"
PAY_ID, NEWER_ID = 16, 9016

Definition = dict[str, Any]

FIRST: Definition = {
    "type": "record",
    "name": "Pay",
    "namespace": "cn.gov.hub.labouroffice.v1",
    "doc": "工资: what somebody was paid",
    "fields": [
        {"name": "record_id", "type": "string", "doc": "记录编号: number of the record"},
        {"name": "retracted", "type": "boolean", "default": False, "doc": "撤回标志: never was"},
        {"name": "employer", "type": "string", "doc": "用人单位: who pays"},
        {
            "name": "paid_on",
            "type": ["null", {"type": "int", "logicalType": "date"}],
            "default": None,
            "doc": "日期: day",
        },
    ],
}
SHIFTS: Definition = {"name": "shifts", "type": "int", "default": 0, "doc": "班次: how many shifts were worked"}


def pay(*more: Definition, without: str = "") -> Definition:
    """The first version with some fields more, or one less."""
    definition = deepcopy(FIRST)
    definition["fields"] = [field for field in definition["fields"] if field["name"] != without] + deepcopy(list(more))
    return definition


NEWER = pay(SHIFTS)


def version(number: int, schema_id: int, definition: Definition) -> Schema:
    """A version as the catalogue holds it."""
    return Schema(
        id=schema_id,
        subject=PAY,
        name="cn.gov.hub.labouroffice.v1.Pay",
        version=number,
        file=f"schemas/labouroffice/v1/Pay.v{number}.avsc",
        text=json.dumps(definition),
        definition=definition,
    )


def catalogue() -> Catalogue:
    """One topic of a department, two versions of its schema."""
    topic = structs.replace(
        REAL.topics["human-resources.wage"], name="labour-office.pay.v1", logical="labour-office.pay"
    )
    schemas = {PAY_ID: version(1, PAY_ID, FIRST), NEWER_ID: version(2, NEWER_ID, NEWER)}
    return structs.replace(REAL, topics={topic.logical: topic}, schemas=schemas)


def client(prefix: str = "", of: Catalogue | None = None) -> TestClient:
    """Asks the endpoint of a hub whose topics have this prefix."""
    return TestClient(registry_app(Registry(of or catalogue(), prefix)))
