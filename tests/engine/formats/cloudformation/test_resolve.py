from __future__ import annotations

import pytest

from tests.engine.formats.templates import pairs, read


def queue_name(value: str, more: str = "") -> str:
    """Return the name that a queue gets from a value, empty where it stays unknown."""
    design = read(
        f"{more}\nResources:\n  Other:\n    Type: AWS::SNS::Topic\n"
        f"  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: {value}\n"
    )
    return design.component("Q").name


SECTIONS = """
Parameters:
  Stage: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList, Default: 'a,b,c'}
  Unset: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
Mappings:
  Sizes:
    dev: {queue: small}
    us-east-1: {queue: regional}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Ref Stage, prod]
  Both: !And [!Condition IsDev, !Not [!Condition IsProd]]
  Either: !Or [!Condition IsProd, !Condition IsDev]
"""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("!Ref Stage", "dev"),
        ("!Sub '${Stage}-orders'", "dev-orders"),
        ("!Sub ['${Stage}-${X}', {X: !Ref Stage}]", "dev-dev"),
        ("!Sub 'a${!Stage}'", "a${Stage}"),
        ("!Join ['-', [x, !Ref Stage, 7]]", "x-dev-7"),
        ("!Join ['-', !Ref Names]", "a-b-c"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select [2, !Split ['/', 'a/b/c']]", "c"),
        ("!FindInMap [Sizes, !Ref Stage, queue]", "small"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', queue]", "regional"),
        ("!FindInMap [Sizes, gone, queue, {DefaultValue: fallback}]", "fallback"),
        ("!If [IsDev, yes-dev, no-dev]", "yes-dev"),
        ("!If [IsProd, yes-prod, no-prod]", "no-prod"),
        ("!If [Both, both, neither]", "both"),
        ("!If [Either, one, none]", "one"),
        ("!Base64 text", "text"),
        ("{'Fn::Sub': '${Stage}-long'}", "dev-long"),
        ("{Ref: Stage}", "dev"),
    ],
)
def test_it_works_out_what_the_template_says(value: str, name: str) -> None:
    assert queue_name(value, SECTIONS) == name


@pytest.mark.parametrize(
    "value",
    [
        "!Ref Unset",
        "!Ref Stored",
        "!Ref AWS::StackName",
        "!Sub '${AWS::AccountId}-q'",
        "!GetAtt Other.TopicName",
        "!ImportValue shared-name",
        "!FindInMap [Sizes, gone, queue]",
    ],
)
def test_it_leaves_unknown_what_the_template_does_not_say(value: str) -> None:
    assert queue_name(value, SECTIONS) == ""


def test_it_drops_a_property_without_a_value() -> None:
    assert queue_name("!If [IsProd, x, !Ref 'AWS::NoValue']", SECTIONS) == ""


def test_it_keeps_dates_and_fractions_as_text() -> None:
    assert queue_name("2012-10-17") == "2012-10-17"
    assert queue_name("16.10") == "16.10"
    assert queue_name("000123456789") == "000123456789"


def test_it_leaves_out_what_a_condition_excludes_and_says_so() -> None:
    design = read(
        SECTIONS
        + "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Condition: IsProd\n"
        + "  T:\n    Type: AWS::SNS::Topic\n"
    )

    assert [c.id for c in design] == ["T"]
    assert "Q is left out: its condition IsProd does not hold" in design.warnings[0]


def test_it_tells_where_a_setting_has_no_value_here() -> None:
    design = read(
        "Parameters:\n  Memory: {Type: Number}\n"
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n"
        "    Properties:\n      MemorySize: !Ref Memory\n"
    )

    assert "memory_mb" not in design.component("F").settings
    assert design.warnings == (
        "template.yaml:7: MemorySize of F depends on ${Memory}, which has no value here; "
        "the default of Lambda function is used.",
    )


NESTED = """
    Resources:
      Orders:
        Type: AWS::SQS::Queue
      Ship:
        Type: AWS::Serverless::Application
        Properties:
          Location: ./ship.yaml
          Parameters:
            Source: !GetAtt Orders.Arn
      Notify:
        Type: AWS::Serverless::Function
        Properties:
          Policies:
            - SNSPublishMessagePolicy:
                TopicName: !GetAtt Ship.Outputs.Done
"""
SHIP = """
    Parameters:
      Source: {Type: String}
    Resources:
      Worker:
        Type: AWS::Serverless::Function
        Properties:
          Events:
            Order:
              Type: SQS
              Properties: {Queue: !Ref Source}
      Shipped:
        Type: AWS::SNS::Topic
    Outputs:
      Done:
        Value: !GetAtt Shipped.TopicName
"""


def test_it_follows_parameters_and_outputs_of_nested_stacks() -> None:
    design = read(NESTED, ship_yaml=SHIP)

    assert {c.id for c in design} == {"Orders", "Notify", "Ship/Worker", "Ship/Shipped"}
    assert pairs(design) == {("Orders", "Ship/Worker"), ("Notify", "Ship/Shipped")}
    assert str(design.component("Ship/Worker").source) == "ship.yaml:5"


def test_it_warns_where_a_nested_template_is_not_given() -> None:
    design = read(NESTED)

    assert design.warnings[0] == (
        "template.yaml:8: The nested stack Ship stands in './ship.yaml', which is not given; "
        "its calls are unknown."
    )


def test_it_joins_templates_by_what_one_exports() -> None:
    design = read(
        """
        Resources:
          Orders: {Type: 'AWS::SQS::Queue'}
        Outputs:
          Arn:
            Value: !GetAtt Orders.Arn
            Export: {Name: orders-arn}
        """,
        worker_yaml="""
        Resources:
          Work:
            Type: AWS::Serverless::Function
            Properties:
              Events:
                Order: {Type: SQS, Properties: {Queue: !ImportValue orders-arn}}
        """,
    )

    assert pairs(design) == {("template/Orders", "worker/Work")}


def test_json_and_yaml_give_the_same_graph() -> None:
    text = """
    {"Resources": {
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
    \t"Work": {"Type": "AWS::Serverless::Function", "Properties": {"Timeout": 9.0,
          "Events": {"E": {"Type": "SQS", "Properties": {
            "Queue": {"Fn::GetAtt": ["Orders", "Arn"]}}}}}}}}
    """
    design = read(text)

    assert pairs(design) == {("Orders", "Work")}
    assert design.component("Orders").settings["visibility_timeout_s"] == 60
    assert str(design.component("Work").source) == "template.yaml:4"


def test_renaming_and_reordering_change_nothing_but_names() -> None:
    one = read(NESTED, ship_yaml=SHIP)
    other = read(NESTED.replace("Notify", "Tell"), ship_yaml=SHIP)

    assert len(one.links) == len(other.links)
    assert ("Tell", "Ship/Shipped") in pairs(other)
