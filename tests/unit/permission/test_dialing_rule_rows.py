"""A mistake in the table of rules is named: the file, the row and the field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contact_center.kernel.rule_tables import RulesError, TableRow
from tests.unit.permission.dialing_examples import NOW, parsed, rule, rules


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in rule("r").items() if key != name}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (rule("r", jurisdiction="Texas"), "rule r: jurisdiction: must be owner, default or"),
        (rule("r", open="9 am"), 'rule r: open: must be a time of day such as "20:00"'),
        (rule("r", open="24:30"), "rule r: open: must be a time of day"),
        (rule("r", open="08:60"), "rule r: open: must be a time of day"),
        (rule("r", open=800), "rule r: open: must be a text"),
        (rule("r", open="20:00", close="08:00"), "rule r: close: must be later than open"),
        (without("close"), "rule r: close: is missing"),
        (without("source"), "rule r: source: is missing"),
        (rule("r", source="  "), "rule r: source: must be a text that is not empty"),
        (without("effective_from"), "rule r: effective_from: is missing"),
        (rule("r", effective_from="soon"), "rule r: effective_from: must be a day"),
        (rule("r", effective_from=NOW), "rule r: effective_from: must be a day"),
        (rule("r", effective_to=date(2019, 1, 1)), "rule r: effective_to: must not be before"),
        (rule("r", weekdays=["Monday"]), "rule r: weekdays: may hold fri, mon, .* not 'Monday'"),
        (rule("r", weekdays=[]), "rule r: weekdays: must be a list of at least one text"),
        (rule("r", weekdays=[1]), "rule r: weekdays: must hold texts"),
        (rule("r", weekdays=["mon", "mon"]), "rule r: weekdays: must not name the same"),
        (rule("r", holiday_sets=["us-zz"]), "rule r: holiday_sets: may hold .* not 'us-zz'"),
        (rule("r", cap_calls=3), "rule r: cap_hours: is missing"),
        (rule("r", cap_hours=24), "rule r: cap_calls: is missing"),
        (rule("r", cap_calls=0, cap_hours=24), "rule r: cap_calls: must be a whole number, 1"),
        (rule("r", cap_calls=101, cap_hours=24), "rule r: cap_calls: must be .* from 1 to 100"),
        (rule("r", cap_calls=3, cap_hours=745), "rule r: cap_hours: must be .* from 1 to 744"),
        (rule("r", cap_calls=True, cap_hours=24), "rule r: cap_calls: must be a whole number"),
        (rule("r", consent="oral"), "rule r: consent: must be one of express, express_written"),
        (rule("r", confidence="sure"), "rule r: confidence: must be one of disputed, "),
        (rule("r", opens="09:00"), "rule r: opens: is not a field of this table"),
        (rule("us-hours"), "rule us-hours: id: is the id of another rule too"),
        ("r", "rule [0-9]+: must be a table"),
        (
            {
                "id": "r",
                "jurisdiction": "US-ZZ",
                "source": "s",
                "confidence": "policy",
                "effective_from": date(2020, 1, 1),
            },
            "rule r: open: the rule demands nothing",
        ),
    ],
)
def test_a_wrong_rule_is_named_with_file_row_and_field(row: object, message: str) -> None:
    with pytest.raises(RulesError, match=f"^dialing_rules.toml: {message}"):
        rules(rule=[*parsed("dialing_rules.toml")["rule"], row])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"allow_test_numbers": "no"}, "allow_test_numbers: must be true or false"),
        ({"default_applies_to": "all"}, "default_applies_to: must be one of everyone, unknown"),
        ({"countries": {"FR": "FR"}}, "countries: FR: there is no rule with hours for FR"),
        ({"fallback_zones": {"US": ["EST"]}}, "fallback_zones: US: 'EST' is no time zone"),
        ({"quiet": {"after_refusal_days": 1}}, "quiet: after_conversation_days: is missing"),
        (
            {"quiet": {"after_refusal_days": 63, "after_conversation_days": 0}},
            "quiet: after_refusal_days: must be a whole number from 0 to 62",
        ),
        (
            {"quiet": {"after_refusal_days": 0, "after_conversation_days": 63}},
            "quiet: after_conversation_days: must be a whole number from 0 to 62",
        ),
        (
            {"quiet": {"after_refusal_days": 1, "after_conversation_days": -1}},
            "quiet: after_conversation_days: must be a whole number, 0 or more",
        ),
        ({"holidays_cover": {"first": "2030-01-01", "last": "2026-01-01"}}, ".*last: must not be"),
        ({"holiday": [{"name": "n", "source": "s", "days": [], "sets": ["x"]}]}, ".*days: must be"),
        ({"holiday": {}}, r"holiday: must be written as \[\[holiday\]\] rows"),
        ({"rules": []}, "rules: is not a field of this table"),
    ],
)
def test_a_wrong_table_is_named_with_file_and_field(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesError, match=f"^dialing_rules.toml: {message}"):
        rules(**changed)


def test_an_absent_list_of_rows_has_none() -> None:
    assert list(TableRow("file", {}).rows("rule")) == []
