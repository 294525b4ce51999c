"""The same words in English: causes, kinds of income and formulas, for whoever reads an explanation with an officer."""

from collections.abc import Mapping
from datetime import date

from benefit_hub.policy import wording
from benefit_hub.policy.sentences import ENGLISH
from benefit_hub.values.money import yuan_text

CAUSES: Mapping[str, str] = {
    "application": "application accepted",
    "registration": "first registration",
    "residence": "change of residence",
    "death": "death",
    "wage": "change of wage",
    "verification_result": "result of income verification",
    "certificate": "change of disability certificate",
    "certificate_issued": "disability certificate issued",
    "certificate_end": "end of the disability certificate",
    "application_end": "end of what was applied for",
    "wage_end": "end of a wage",
    "employment": "employment",
    "school_enrolment": "change of school",
    "school_enrolment_end": "end of school",
    "serious_illness": "serious illness recognised",
    "serious_illness_end": "end of the recognised illness",
    "grace_end": "end of the gradual exit",
    "pension": "change of pension",
    "pension_end": "end of a pension",
    "unemployment_benefit": "change of an unemployment benefit",
    "unemployment_benefit_end": "end of an unemployment benefit",
    "verification_result_end": "end of what verification had found",
    "job_offer": "work refused",
    "custody_end": "release",
    "missing_end": "no longer declared missing",
    "membership": "change of household members",
    "correction": "correction by the department",
    "retraction": "record taken back by the department",
    "age": "an age was reached",
    "standard": "change of the standard",
    "other_programme": "change of another benefit",
    "decision": "decision",
    "decision_withdrawn": "decision taken back",
    "watch_list": "watched against a return to poverty",
    "nursing_benefit": "a nursing benefit is paid",
    "nursing_benefit_end": "end of a nursing benefit",
    "placement": "change of placement",
    "temporary_aid": "temporary aid",
    "relocation": "moved to another place to live",
    "ability_assessment": "assessment of ability",
    "custody": "custody",
    "missing": "declared missing or dead",
    "price_index": "price index published",
    "identity": "identity number corrected or merged (the same person)",
}

DOUBTS: Mapping[str, str] = {
    "average": "the policy pack has an average of the province only, which is nobody's standard",
    "floor": "the policy pack has a floor only (not below), which is nobody's standard",
    "outdated": "the standard was raised since, and the policy pack has no new amount",
}

LABELS: Mapping[str, str] = {
    "MINOR": "minors",
    "OLD": "the old",
    "STUDENT": "students",
    "DISABLED": "severely disabled",
    "SERIOUSLY_ILL": "seriously ill",
}

INCOMES: Mapping[str, str] = {
    "WAGE": "wage",
    "PENSION": "pension",
    "BUSINESS": "business income",
    "PROPERTY": "income from property",
    "TRANSFER": "transfers",
    "OTHER": "other income",
    "UNEMPLOYMENT_BENEFIT": "unemployment benefit",
    "NURSING_BENEFIT": "nursing benefit",
    "MEDICAL_EXPENSE": "medical expense",
    "EDUCATION_EXPENSE": "expense for study",
    "DISABILITY_EXPENSE": "expense because of a disability",
}


MONTH_RULES: Mapping[str, str] = {
    "SAME_MONTH": "the month in which it was {did}, {decided}",
    "NEXT_MONTH_OF_EVENT": "the month after it happened, {happened}",
    "NEXT_MONTH_OF_DECISION": "the month after it was {did}, {decided}, and not before it happened",
    "APPLICATION_MONTH": "the month in which it was applied for, {happened}",
    "EVENT_MONTH": "the month in which it happened, {happened}",
    "MONTH_OF_RECORD": "the month of the record, {happened}",
}

OTHER_MONTHS: Mapping[str, str] = {
    "NAMED": "the decision names the month",
    "CORRECTED": "the month of the record that is corrected",
    "TOGETHER": "deaths that count together, from the last one on",
    "ENDED": "the month after its last day, {happened}",
}


def month_rule_text(way: str, rule: str, happened: date, decided: date, execution: str) -> str:
    """How the month is found from which something counts."""
    did = "decided" if execution == "DECIDED" else "received"
    return (OTHER_MONTHS.get(way) or MONTH_RULES[rule]).format(happened=happened, decided=decided, did=did)


def cause_text(cause: str) -> str:
    """A cause in English; one without a name of its own keeps its key."""
    return CAUSES.get(cause, cause.replace("_", " "))


def income_text(item: str) -> str:
    """A kind of income in English."""
    return INCOMES.get(item, item.lower())


def exact_text(value: str) -> str:
    """An exact number of yuan to go on computing with: two decimals, or the fraction with what it comes to."""
    return wording.exact_text(value, "about")


def rounded_text(value: str) -> str:
    """An exact number of yuan for reading only."""
    return wording.amount_text(value, "about")


def means_text(formula: str, inputs: Mapping[str, str], amount: str) -> str:
    """How a household's amount came about by its means."""
    if formula == "grace":
        why = f"income per head {rounded_text(inputs['p'])}, not under the standard {rounded_text(inputs['S'])}"
        if "gap_fen" in inputs:
            gap = yuan_text(int(inputs["gap_fen"]))
            why = f"by the raised standard of {rounded_text(inputs['S'])} the gap is {gap}, which is less"
        return (
            f"gradual exit from {inputs['grace_from']} to {inputs['grace_to']} ({inputs['grace_months']} months): the last "
            f"amount, {amount} yuan a month ({why})"
        )
    if formula.startswith("n*G"):
        basic = f"{inputs['n']} people × grade {inputs['grade']} {exact_text(inputs['G'])}"
        why = f"income per head {rounded_text(inputs['p'])}, under {inputs['under']} of the standard {exact_text(inputs['S'])}"
    else:
        basic = f"{inputs['n']} people × standard {exact_text(inputs['S'])} − monthly income {exact_text(inputs['I'])}"
        why = f"income per head {rounded_text(inputs['p'])}, under the standard"
    more = (
        f" + top-ups {exact_text(inputs['T'])} ({wording.labels_text(inputs, LABELS, 'of')})" if "T" in inputs else ""
    )
    less = (
        f" − the own share of {inputs['refused']} who refused work, {exact_text(inputs['R'])}" if "R" in inputs else ""
    )
    return f"{basic}{more}{less} = {amount} yuan ({why})"


def formula_text(formula: str, inputs: Mapping[str, str], fen: int) -> str:
    """How an amount came about, as a calculation that can be followed by hand."""
    amount = yuan_text(fen)
    if formula == "grace" or formula.startswith(("n*S-I", "n*G")):
        return means_text(formula, inputs, amount)
    match formula:
        case "no payable standard":
            return (
                f"{DOUBTS[inputs['doubt']]}: nothing is computed from it; name the local standard, or decide an amount"
            )
        case _:
            said = ENGLISH.sentence(formula, inputs, amount, exact_text, rounded_text)
            return said or f"{ENGLISH.refusals.get(formula, formula)}: nothing is paid"
