"""What stacks hand on to one another, and resources that loops stand for."""

from __future__ import annotations

import pytest

from apps.engine import formats
from tests.engine.formats.templates import doors, pairs, read

OFFERS = """
Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  Store:
    Type: AWS::SSM::Parameter
    Properties: {Name: /shop/queue, Type: String, Value: !GetAtt Q.Arn}
Outputs:
  Whole: {Value: !GetAtt Q.Arn, Export: {Name: orders-queue}}
  Named: {Value: !GetAtt Q.Arn, Export: {Name: !Sub '${AWS::StackName}-Orders'}}
"""
ASKS = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Events: {E: {Type: SQS, Properties: {Queue: %s}}}}
"""


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        ("!ImportValue orders-queue", ""),
        ("!ImportValue shop-Orders", ""),
        ("{'Fn::ImportValue': !Sub '${Shop}-Orders'}", "Shop: {Type: String}"),
        ("'{{resolve:ssm:/shop/queue}}'", ""),
        ("'{{resolve:ssm:/shop/queue:3}}'", ""),
        ("!Sub '{{resolve:ssm:/${App}/queue}}'", "App: {Type: String, Default: shop}"),
        ("!Ref P", "P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/queue}"),
    ],
)
@pytest.mark.parametrize("names", [("a.yaml", "b.yaml"), ("z.yaml", "b.yaml")])
def test_a_stack_is_joined_to_what_another_offers(
    value: str, parameters: str, names: tuple[str, str]
) -> None:
    head = f"Parameters: {{{parameters}}}\n" if parameters else ""
    offers, asks = names

    design = formats.read({offers: OFFERS.encode(), asks: (head + ASKS % value).encode()})

    assert doors(design) == {(f"{offers[0]}/Q", "b/F", "invoke", "stream")}


def test_two_exports_that_end_alike_are_not_mixed_up() -> None:
    other = OFFERS.replace("Q", "Other").replace("orders-queue", "x").replace("/shop", "/x")
    asks = ASKS % "!ImportValue shop-Orders"

    design = formats.read(
        {"a.yaml": OFFERS.encode(), "b.yaml": other.encode(), "c.yaml": asks.encode()}
    )

    assert not [pair for pair in pairs(design) if pair[0] != "sqs"]


def test_an_export_in_a_nested_stack_is_found() -> None:
    nest = "Resources: {N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: %s}}}"
    files = {
        "top.yaml": nest % "low/offers.yaml",
        "low/offers.yaml": OFFERS,
        "asks.yaml": ASKS % "!ImportValue orders-queue",
    }

    design = formats.read({name: text.encode() for name, text in files.items()})

    assert pairs(design) == {("top/N/Q", "asks/F")}


def test_values_that_lead_to_each_other_stay_unknown() -> None:
    circle = """
    Resources:
      A: {Type: 'AWS::SSM::Parameter', Properties: {Name: /a, Value: '{{resolve:ssm:/b}}'}}
      B: {Type: 'AWS::SSM::Parameter', Properties: {Name: /b, Value: '{{resolve:ssm:/a}}'}}
      Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: '{{resolve:ssm:/a}}'}}
    """

    assert read(circle).component("Q").name.startswith("{{resolve:ssm:")


LOOP = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Names: {Type: CommaDelimitedList, Default: 'Orders, Bills'}}
Resources:
  Fn::ForEach::All:
    - Name
    - %s
    - ${Name}Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${Name}-queue'}}
      ${Name}Function:
        Type: AWS::Serverless::Function
        Properties:
          MemorySize: 512
          Events:
            E: {Type: SQS, Properties: {Queue: !GetAtt [!Sub '${Name}Queue', Arn]}}
"""


@pytest.mark.parametrize("values", ["!Ref Names", "[Orders, Bills]"])
def test_a_loop_is_the_resources_that_it_stands_for(values: str) -> None:
    design = read(LOOP % values)

    assert pairs(design) == {
        ("OrdersQueue", "OrdersFunction"),
        ("BillsQueue", "BillsFunction"),
    }
    assert design.component("BillsQueue").name == "Bills-queue"
    assert design.component("BillsFunction").settings["memory_mb"] == 512
    source = design.component("BillsFunction").source
    assert source is not None
    assert source.line >= 8


def test_a_loop_in_a_loop() -> None:
    design = read(
        """
        Resources:
          D: {Type: 'AWS::SQS::Queue'}
          Fn::ForEach::Outer:
            - Name
            - [A, B]
            - Fn::ForEach::Inner:
                - Number
                - ['1', '2.x']
                - Q${Name}&{Number}:
                    Type: AWS::SQS::Queue
                    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn}}
        """
    )

    assert pairs(design) == {(f"Q{name}", "D") for name in ("A1", "A2x", "B1", "B2x")}
