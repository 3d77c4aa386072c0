from __future__ import annotations

import pytest

from apps.engine.formats import UnreadableInput
from apps.engine.formats.infracost_file import UsageFile, number, read_usage_file, said_of
from apps.engine.graph import Architecture, Component

DESIGN = Architecture(
    components=(
        Component(id="Orders", kind="lambda_function"),
        Component(id="Nested/Mails", kind="sqs_queue"),
        Component(id="module.shop.aws_sqs_queue.jobs", kind="sqs_queue"),
        Component(id="aws_s3_bucket.jobs", kind="s3_bucket"),
        Component(id="Left/Log", kind="sqs_queue"),
        Component(id="Right/Log", kind="sqs_queue"),
    )
)


def test_both_sections_are_read_with_dotted_keys() -> None:
    file = read_usage_file(
        b"""
version: 0.1
resource_type_default_usage:
  aws_lambda_function:
    request_duration_ms: 250.5
resource_usage:
  aws_s3_bucket.files:
    standard:
      storage_gb: 10
  aws_sqs_queue.empty:
""",
        "usage.yml",
    )

    assert file.defaults == {"aws_lambda_function": {"request_duration_ms": "250.5"}}
    assert file.resources == {
        "aws_s3_bucket.files": {"standard.storage_gb": 10},
        "aws_sqs_queue.empty": {},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"- a", "is a mapping"),
        (b"version: 0.2", "version is 0.2"),
        (b"projects: []", "'projects' is not known"),
        (b"resource_usage: [1]", "no mapping of names"),
        (b"resource_usage: {a: 3}", r"resource_usage\.a is no mapping"),
        (b"resource_usage: {a: ", "usage.yml"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"#" * 1_000_001, "at most 1 MB"),
    ],
)
def test_what_is_no_usage_file_is_refused_with_a_sentence(text: bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        read_usage_file(text, "usage.yml")


def test_aliases_that_multiply_are_refused_and_not_worked_out() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(
        f"a{n}: &a{n} {{{', '.join(f'k{k}: *a{n - 1}' for k in range(9))}}}\n" for n in range(1, 12)
    )
    with pytest.raises(UnreadableInput):
        read_usage_file(bomb.encode(), "usage.yml")


@pytest.mark.parametrize(
    ("value", "found"),
    [(3, 3.0), ("2.5", 2.5), ("1e6", 1e6), (0, 0.0), (-1, None), ("x", None), (True, None),
     (None, None), ("nan", None), ("inf", None), ([1], None), (1e19, None)],
)  # fmt: skip
def test_quantities_are_numbers_from_zero_on(value: object, found: float | None) -> None:
    assert number(value) == found


@pytest.mark.parametrize(
    ("address", "component", "type_"),
    [
        ("aws_lambda_function.Orders", "Orders", "aws_lambda_function"),
        ("aws_lambda_provisioned_concurrency_config.Orders", "Orders",
         "aws_lambda_provisioned_concurrency_config"),
        ("Orders", "Orders", ""),
        ("Nested/Mails", "Nested/Mails", ""),
        ("aws_sqs_queue.Mails", "Nested/Mails", "aws_sqs_queue"),
        ("aws_sqs_queue.Nested_Mails", "Nested/Mails", "aws_sqs_queue"),
        ("module.shop.aws_sqs_queue.jobs", "module.shop.aws_sqs_queue.jobs", "aws_sqs_queue"),
        ("module.shop[0].aws_sqs_queue.jobs[1]", "module.shop.aws_sqs_queue.jobs",
         "aws_sqs_queue"),
        ('module.shop["eu"].aws_sqs_queue.jobs[*]', "module.shop.aws_sqs_queue.jobs",
         "aws_sqs_queue"),
        ("aws_sqs_queue.jobs[*]", "module.shop.aws_sqs_queue.jobs", "aws_sqs_queue"),
        ("aws_s3_bucket.jobs", "aws_s3_bucket.jobs", "aws_s3_bucket"),
    ],
)  # fmt: skip
def test_a_component_is_found_by_address_id_or_last_part(
    address: str, component: str, type_: str
) -> None:
    said, lost = said_of(DESIGN, UsageFile({address: {"monthly_requests": 1}}))

    assert [(one.component, one.type) for one in said] == [(component, type_)]
    assert lost == []


def test_several_components_need_a_wildcard() -> None:
    alone, lost = said_of(DESIGN, UsageFile({"aws_sqs_queue.Log": {}}))
    all_, none = said_of(DESIGN, UsageFile({"aws_sqs_queue.Log[*]": {}}))

    assert (alone, lost) == ([], ["aws_sqs_queue.Log"])
    assert [one.component for one in all_] == ["Left/Log", "Right/Log"]
    assert none == []


def test_what_is_not_there_is_told() -> None:
    assert said_of(DESIGN, UsageFile({"aws_sqs_queue.gone": {}, "": {}}))[1] == [
        "aws_sqs_queue.gone", "",
    ]  # fmt: skip


def test_defaults_come_first_so_that_an_address_stands_over_them() -> None:
    file = UsageFile({"aws_sqs_queue.Mails": {"a": 1}}, {"aws_sqs_queue": {"a": 2}})

    said, _ = said_of(DESIGN, file)

    mails = [one for one in said if one.component == "Nested/Mails"]
    assert [one.usage["a"] for one in mails] == [2, 1]
    assert {one.component for one in said} == {
        "Nested/Mails", "module.shop.aws_sqs_queue.jobs", "Left/Log", "Right/Log",
    }  # fmt: skip
