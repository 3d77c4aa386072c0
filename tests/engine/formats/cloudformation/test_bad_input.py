"""Each bad input gets one sentence: what is wrong, in which file and line, and what would work."""

from __future__ import annotations

import pytest

from apps.engine import formats
from tests.engine.formats.templates import read, refusal

QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"


def test_it_refuses_what_is_not_yaml() -> None:
    sentence = refusal("Resources:\n  Q: [1, 2\n  R: }\n")

    assert sentence.startswith("template.yaml:3: This is not YAML")


def test_it_refuses_broken_json_with_its_line() -> None:
    sentence = refusal('{\n  "Resources": {\n    "Q" {}\n  }\n}', name="template.json")

    assert sentence == (
        "template.json:3: This is not JSON: a colon is missing; "
        "correct the line, or write the template as YAML."
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,}', 1),
        ('{"a": [1\n 2]}', 2),
        ('{"a": "b}', 1),
        ('{"a": tru}', 1),
        ('{"a": 1} x', 1),
        ('{"a":\n', 2),
    ],
)
def test_it_refuses_every_kind_of_broken_json(text: str, line: int) -> None:
    assert refusal(text, name="t.json").startswith(f"t.json:{line}: This is not JSON")


def test_it_refuses_an_empty_file() -> None:
    assert "template.yaml: The file is empty" in refusal("\n \n")
    assert "only comments" in refusal("# nothing here\n")


def test_it_refuses_a_file_over_five_megabytes() -> None:
    sentence = refusal(b"a" * 5_000_001)

    assert "5,000,001 bytes; up to 5,000,000 are read" in sentence


def test_it_refuses_binary_input() -> None:
    assert "binary" in refusal(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00")


def test_it_refuses_another_encoding_with_the_line() -> None:
    sentence = refusal(b"Resources:\n  Q:\n    Type: \xe4\n")

    assert sentence.startswith("template.yaml:3: The byte 0xe4 is not UTF-8")


def test_it_reads_a_file_that_begins_with_a_byte_order_mark() -> None:
    assert [c.id for c in read("\ufeff" + QUEUE)] == ["Q"]


def test_it_refuses_control_characters() -> None:
    assert "control character" in refusal("Resources:\n  Q:\n    Type: a\x07b\n")


def test_it_refuses_a_second_document() -> None:
    assert "template.yaml:5: The file holds a second YAML document" in refusal(
        QUEUE + "---\n" + QUEUE
    )


def test_it_refuses_aliases_that_grow_without_end() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    sentence = refusal("\n".join(lines))

    assert "more than 200,000 values once its aliases are expanded" in sentence
    assert sentence.startswith("template.yaml:6:")


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a\n  b: *a"])
def test_it_refuses_an_alias_to_itself(text: str) -> None:
    assert "The alias *a stands for itself" in refusal(text)


def test_it_refuses_an_alias_to_nothing() -> None:
    assert "template.yaml:2: The alias *gone stands for nothing" in refusal("a: 1\nb: *gone\n")


@pytest.mark.parametrize(
    ("opening", "name"), [("[", "t.yaml"), ("[", "t.json"), ('{"a":', "t.json")]
)
def test_it_refuses_deep_nesting(opening: str, name: str) -> None:
    assert "nested deeper than 100 levels" in refusal(opening * 100_000, name=name)


def test_it_refuses_deep_nesting_by_indentation() -> None:
    text = "\n".join("  " * depth + f"k{depth}:" for depth in range(150))

    assert "nested deeper than 100 levels" in refusal(text)


def test_it_reports_duplicate_keys_and_lets_the_last_one_count() -> None:
    design = read(
        """
        Resources:
          Q:
            Type: AWS::SQS::Queue
            Properties:
              VisibilityTimeout: 10
              VisibilityTimeout: 20
        """
    )

    assert design.component("Q").settings["visibility_timeout_s"] == 20
    assert design.warnings == (
        "template.yaml:7: 'VisibilityTimeout' is there twice; the last one counts.",
    )


@pytest.mark.parametrize("value", ["!Subb x", "{'Fn::Subb': x}"])
def test_it_refuses_an_unknown_function_and_offers_the_nearest(value: str) -> None:
    sentence = refusal(QUEUE + f"    Properties:\n      QueueName: {value}\n")

    assert sentence.startswith("template.yaml:5: CloudFormation has no function")
    assert "did you mean" in sentence
    assert "Sub?" in sentence


def test_it_lists_the_functions_where_none_is_near() -> None:
    assert "known are" in refusal("a: !Zzzzzzzz 1")


def test_it_refuses_a_reference_to_nothing_and_offers_the_nearest() -> None:
    sentence = refusal(
        """
        Resources:
          OrdersQueue:
            Type: AWS::SQS::Queue
          Send:
            Type: AWS::Serverless::Function
            Properties:
              Environment:
                Variables:
                  QUEUE: !Ref OrderQueue
        """
    )

    assert sentence == (
        "template.yaml:10: Send names 'OrderQueue', which is not there; did you mean OrdersQueue?"
    )


def test_it_warns_of_a_reference_to_nothing_where_no_load_hangs_on_it() -> None:
    design = read(
        QUEUE + "  A:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      X: !Ref Gone\n"
    )

    assert design.warnings == (
        "template.yaml:7: A names 'Gone', which is not there; add it, or remove what names it.",
    )


def test_it_refuses_a_condition_that_is_not_defined() -> None:
    assert "template.yaml:4: The condition 'IsProd' is not defined" in refusal(
        QUEUE + "    Condition: IsProd\n"
    )


def test_it_refuses_a_condition_that_depends_on_itself() -> None:
    text = "Conditions:\n  A: !Not [!Condition B]\n  B: !Condition A\n"

    assert "depends on itself" in refusal(text + QUEUE + "    Condition: A\n")


def test_it_refuses_what_is_no_template() -> None:
    assert "There is no 'Resources' section" in refusal("openapi: 3.0.1\n")
    assert "There is no 'Resources' section" in refusal("just text\n")


def test_it_refuses_a_resource_without_a_type() -> None:
    assert "template.yaml:3: The resource 'Q' has no Type" in refusal(
        "Resources:\n  Q:\n    Properties: {}\n"
    )


def test_it_refuses_a_number_that_is_none() -> None:
    sentence = refusal(QUEUE + "    Properties:\n      VisibilityTimeout: soon\n")

    assert sentence == "template.yaml:5: VisibilityTimeout of Q is 'soon'; give a number."


def test_it_refuses_a_setting_out_of_bounds_with_the_line_of_the_property() -> None:
    sentence = refusal(
        QUEUE + "    Properties:\n      DelaySeconds: 5\n      VisibilityTimeout: -1\n"
    )

    assert sentence.startswith("template.yaml:6: Q: SQS queue: Visibility timeout must be between")


@pytest.mark.parametrize(
    "text",
    [
        "Parameters:\n  P:\n    Default: " + "x" * 900_000 + "\n"
        "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '"
        + "${P}" * 100
        + "'\n",
        "Parameters:\n  P:\n    Type: CommaDelimitedList\n    Default: '"
        + "x," * 100_000
        + "'\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      A:\n"
        + "        - !Ref P\n" * 20,
    ],
)
def test_it_refuses_what_unfolds_without_end(text: str) -> None:
    assert "write fewer repetitions" in refusal(text)


def test_it_refuses_more_resources_than_a_stack_may_have() -> None:
    text = "Resources:\n" + "".join(f"  Q{i}: {{Type: 'AWS::SQS::Queue'}}\n" for i in range(2001))

    assert "more than 2,000 resources" in refusal(text)


def test_it_refuses_templates_that_nest_each_other() -> None:
    nested = "Resources:\n  {}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
    files = {
        "a.yaml": (nested.format("B") + "      TemplateURL: b.yaml\n").encode(),
        "b.yaml": (nested.format("A") + "      TemplateURL: a.yaml\n").encode(),
    }

    with pytest.raises(formats.UnreadableInput, match=r"B/A nests a\.yaml, in which it"):
        formats.read(files)
