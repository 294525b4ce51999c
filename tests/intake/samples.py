"""One good payload for each topic on which a department speaks in the words of the facts."""

from typing import Any

ANN = "990101194607200017"
BEN = "99010119460720005X"
SOME_DECISION = {"source": "civil-affairs", "kind": "decision", "record": "d-1", "revision": 1}

POPULATION: dict[str, dict[str, Any]] = {
    "public-security.residence": {
        "region": "990101",
        "area": "URBAN",
        "register_number": "R1",
        "birth_date": "1946-07-20",
        "sex": "FEMALE",
    },
    "public-security.death": {"place": "县医院", "certificate_number": None},
    "public-security.identity-correction": {"wrong_id_number": BEN},
    "public-security.identity-merge": {"merged_id_number": BEN},
    "public-security.custody": {"type": "PRISON", "term_months": 18},
    "public-security.vehicle": {"vehicle": "V-1", "type": "CAR", "use": "PRIVATE", "value_fen": 8_000_000},
    "public-security.missing": {"type": "MISSING", "declared_on": "2026-03-01", "ended_on": None, "court": "县法院"},
    "public-security.contact-lost": {"reported_on": "2026-06-02", "found_on": None},
    "funeral-service.death": {"place": "县医院", "certificate_number": None},
    "funeral-service.cremation": {"facility": "县殡仪馆", "died_on": "2026-05-30", "certificate_number": "C-1"},
    "disabled-persons-federation.certificate": {
        "categories": [{"category": "PHYSICAL", "level": 2}],
        "status": "VALID",
        "issued_on": "2026-04-10",
        "previous": None,
    },
    "rural-revitalisation.watch-list": {"category": "MARGINAL", "income_per_head_fen": 30000},
}
INSURANCE: dict[str, dict[str, Any]] = {
    "health-insurance.enrolment": {"scheme": "RESIDENT", "aid": "PARTLY", "contribution_fen": 20000},
    "health-insurance.medical-expense": {
        "period": "2026-05",
        "total_fen": 900_000,
        "reimbursed_fen": 600_000,
        "self_paid_fen": 300_000,
    },
    "health-insurance.serious-illness": {"illness": "M01", "recognised_on": "2026-05-20", "recognised_by": "县医院"},
    "human-resources.employment": {"employer": "E1", "job_class": "FLEXIBLE"},
    "human-resources.wage": {"pay_period": "2026-05", "employer": "E1", "amount_fen": 60000, "year_to_date_fen": None},
    "human-resources.pension": {"scheme": "RESIDENT", "amount_fen": 19800, "basic_part_fen": 14300},
    "human-resources.unemployment-benefit": {"type": "INSURANCE", "amount_fen": 120_000},
    "human-resources.nursing-benefit": {"type": "WORK_INJURY", "amount_fen": 90_000},
    "human-resources.job-offer": {
        "offered_on": "2026-06-03",
        "suitable": True,
        "outcome": "REFUSED",
        "good_reason": False,
        "reason": "路远",
    },
}
PEOPLE: dict[str, dict[str, Any]] = {
    "civil-affairs.membership": {"household_id": "H1", "role": "HEAD", "relation": None, "basis": None},
    "civil-affairs.relation": {"relation": "PARENT", "related_id_number": BEN},
    "civil-affairs.marriage": {"spouse_id_number": BEN, "certificate_number": "J-1"},
    "civil-affairs.divorce": {"spouse_id_number": BEN, "type": "AGREEMENT", "certificate_number": "L-1"},
    "civil-affairs.guardianship": {
        "type": "APPOINTED",
        "status": "IN_FORCE",
        "institution": None,
        "guardian_id_number": BEN,
    },
    "civil-affairs.placement": {"programme": "tekun", "type": "INSTITUTION", "institution": "镇敬老院"},
    "civil-affairs.ability-assessment": {
        "purpose": "TEKUN_CARE",
        "grade": "PARTLY",
        "failed": 2,
        "assessed_on": "2026-06-05",
        "assessor": "评估中心",
    },
    "civil-affairs.relocation": {
        "household_id": "H1",
        "from_region": "990102",
        "to_region": "990101",
        "settled_on": "2026-06-01",
        "settlement": "RESIDENCE_PERMIT",
    },
    "civil-affairs.cohort": {"household_id": "H1", "cohort": "poverty-register"},
}
CASES: dict[str, dict[str, Any]] = {
    "civil-affairs.application": {
        "programme": "dibao",
        "household_id": "H1",
        "submitted_on": "2026-06-02",
        "received_region": "990101",
        "competent_region": "990101",
        "channel": "TOWNSHIP",
        "officer_relative": False,
    },
    "civil-affairs.authorisation": {
        "scope": ["BANKS", "TAX"],
        "signed_on": "2026-06-02",
        "until": "2027-06-01",
        "household_id": "H1",
        "id_numbers": [ANN, BEN],
    },
    "civil-affairs.verification-result": {
        "item": "OTHER",
        "period": "2026-05",
        "amount_fen": 90000,
        "as_of": "2026-06-01",
    },
    "civil-affairs.publicity": {
        "household_id": "H1",
        "programme": "dibao",
        "stage": "BEFORE_DECISION",
        "place": "村务公开栏",
        "posted_on": "2026-06-10",
        "until": "2026-07-16",
    },
    "civil-affairs.objection": {
        "household_id": "H1",
        "programme": "dibao",
        "filed_on": "2026-06-12",
        "outcome": "DISMISSED",
        "closed_on": "2026-06-20",
        "text": "称有车",
    },
    "civil-affairs.decision": {
        "programme": "dibao",
        "outcome": "ACCEPT",
        "covers": [{"source": "civil-affairs", "kind": "application", "record": "a1", "revision": 1}],
        "decided_on": "2026-06-20",
        "authority": "县民政局",
        "heard_on": None,
        "household_ids": ["H1"],
        "id_numbers": [ANN, BEN],
    },
    "civil-affairs.appeal": {
        "household_id": "H1",
        "decision": SOME_DECISION,
        "forum": "REVIEW",
        "filed_on": "2026-06-25",
        "outcome": "PENDING",
        "outcome_on": None,
        "stay": True,
    },
    "civil-affairs.temporary-aid": {
        "household_id": None,
        "type": "EMERGENCY",
        "emergency_region": "990102",
        "amount_fen": 100_000,
        "granted_on": "2026-06-15",
        "prepaid": True,
        "papers_on": None,
        "meeting_ref": None,
    },
    "civil-affairs.review": {
        "household_id": "H1",
        "programme": "dibao",
        "due_on": "2027-05-01",
        "done_on": None,
        "outcome": "PENDING",
    },
    "civil-affairs.report": {
        "household_id": "H1",
        "by": "HOUSEHOLD",
        "matter": "INCOME",
        "reported_on": "2026-06-20",
        "changed_on": "2026-05",
        "text": "找到工作",
    },
    "civil-affairs.visit-result": {
        "household_id": "H1",
        "purpose": "REVIEW",
        "visited_on": "2026-06-21",
        "visitors": "镇社会事务办",
        "finding": "AS_DECLARED",
        "text": None,
    },
    "civil-affairs.complaint": {
        "household_id": "H1",
        "channel": "HOTLINE",
        "filed_on": "2026-06-22",
        "closed_on": None,
        "outcome": "PENDING",
        "text": "称不符合条件",
    },
    "civil-affairs.data-challenge": {
        "challenged": {**SOME_DECISION, "source": "human-resources", "kind": "wage", "record": "w-1"},
        "filed_on": "2026-06-23",
        "answered_on": None,
        "outcome": "PENDING",
        "text": "五月已离职",
    },
    "civil-affairs.legacy-award": {
        "programme": "dibao",
        "household_id": "H1",
        "amount_fen": 103500,
        "status": "DIBAO",
        "paid_since": "2009-01",
    },
    "civil-affairs.payee": {
        "household_id": "H1",
        "programme": None,
        "bank": "农商行",
        "account": "A-1",
        "payee_id_number": BEN,
    },
    "civil-affairs.payment-result": {
        "household_id": "H1",
        "programme": "dibao",
        "month": "2026-06",
        "amount_fen": 103500,
        "status": "RETURNED",
        "paid_on": None,
        "reason": "户名不符",
    },
    "civil-affairs.recovery": {
        "household_id": "H1",
        "programme": "dibao",
        "amount_fen": 44500,
        "type": "REFUND",
        "recovered_on": "2026-06-28",
        "decision": SOME_DECISION,
    },
}
SAMPLES = {**POPULATION, **INSURANCE, **PEOPLE, **CASES}
KINDS = {topic: topic.partition(".")[2].replace("-", "_") for topic in SAMPLES}
"""Such a topic is called after its department and the kind of fact."""
NO_PERSON = {"civil-affairs.decision", "civil-affairs.authorisation"}
"""Where the envelope names nobody, because the payload does."""
