"""The AWS side of Headroom itself: templates without a fault, and nobody may more than he must."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cfnlint.decode.cfn_yaml import load

from apps.designs import incoming
from apps.engine.forecast import forecast
from apps.engine.forecast.summary import summary_of
from apps.engine.traffic.scenario import Scenario
from apps.facts.reader import packaged_facts
from apps.forecasts import series
from apps.forecasts.template_files import read_paths
from project.ops import large_answers

ROOT: Final = Path(__file__).resolve().parents[2]
INFRA: Final = ROOT / "infra"
TEMPLATES: Final = sorted(INFRA.glob("*.yaml"))
PARAMETERS: Final = sorted((INFRA / "parameters").glob("*.json"))
ZAPPA: Final = ROOT / "zappa_settings.json"
# These cannot be narrowed to a resource, or do not name one.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
WIDE: Final = ("ec2:", "pricing:", "servicequotas:", "xray:Put")
named = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)


def resources(path: Path, type_: str) -> dict[str, Any]:
    found = load(str(path))["Resources"].items()
    return {name: body["Properties"] for name, body in found if body["Type"] == type_}


def statements(path: Path) -> Iterator[dict[str, Any]]:
    for role in resources(path, "AWS::IAM::Role").values():
        for policy in role.get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]
    for policy in resources(path, "AWS::IAM::Policy").values():
        yield from policy["PolicyDocument"]["Statement"]


def test_linter_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [linter, *TEMPLATES], capture_output=True, text=True, check=False, timeout=120
    )

    assert (done.returncode, done.stdout) == (0, "")


@named
def test_no_yaml_that_cloudformation_does_not_know(path: Path) -> None:
    assert not re.search(r"(^|[\s:\[,])[&*][a-z]|<<:", path.read_text())


@named
def test_rights_name_their_actions_and_their_resources(path: Path) -> None:
    for statement in statements(path):
        if statement["Effect"] == "Deny":
            continue
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not [action for action in actions if "*" in action]
        if statement["Resource"] == "*":
            assert all(action.startswith(WIDE) for action in actions)


@named
def test_roles_of_services_are_for_this_account(path: Path) -> None:
    for name, role in resources(path, "AWS::IAM::Role").items():
        statement = role["AssumeRolePolicyDocument"]["Statement"][0]
        if statement["Principal"]["Service"] != "lambda.amazonaws.com":
            assert "aws:SourceAccount" in statement["Condition"]["StringEquals"], name


@named
def test_buckets_are_private_encrypted_versioned_and_end(path: Path) -> None:
    buckets = resources(path, "AWS::S3::Bucket")
    guarded = {
        policy["Bucket"]["Ref"] for policy in resources(path, "AWS::S3::BucketPolicy").values()
    }
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["LifecycleConfiguration"]["Rules"]
        assert name in guarded | {"LogBucket"}


def test_what_passes_through_the_bucket_is_gone_in_a_day_and_copied_nowhere() -> None:
    bucket = resources(INFRA / "storage.yaml", "AWS::S3::Bucket")["MediaBucket"]
    rules = {rule.get("Prefix"): rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    for prefix in (f"{incoming.FOLDER}/", f"{large_answers.FOLDER}/"):
        assert rules[prefix]["ExpirationInDays"] == 1
        assert rules[prefix]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    (copied,) = bucket["ReplicationConfiguration"]["Fn::If"][1]["Rules"]
    assert copied["Filter"] == {"Prefix": f"{series.FOLDER}/"}


def test_browsers_may_post_to_the_bucket_from_our_pages_alone() -> None:
    bucket = resources(INFRA / "storage.yaml", "AWS::S3::Bucket")["MediaBucket"]

    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["POST"]
    assert rule["AllowedOrigins"] == [{"Fn::Sub": "https://${PublicHost}"}]
    assert "AllowedHeaders" not in rule


@named
def test_logs_end_and_nobody_outside_may_come_in(path: Path) -> None:
    for group in resources(path, "AWS::Logs::LogGroup").values():
        assert group["RetentionInDays"]
    for group in resources(path, "AWS::EC2::SecurityGroup").values():
        sources = [rule.get("CidrIp", "") for rule in group.get("SecurityGroupIngress", [])]
        assert "0.0.0.0/0" not in sources


@pytest.mark.parametrize("path", PARAMETERS, ids=lambda path: path.stem)
def test_parameters_of_an_environment_are_those_of_the_root(path: Path) -> None:
    known = load(str(INFRA / "headroom.yaml"))["Parameters"]
    said = json.loads(path.read_text())["Parameters"]

    assert said.keys() <= known.keys()
    assert said["Environment"] == path.stem
    assert said["ApplicationBy"] == "zappa"
    for name, value in said.items():
        assert value in map(str, known[name].get("AllowedValues", [value]))


def test_headroom_understands_all_of_it() -> None:
    architecture = read_paths([INFRA / "headroom.yaml"])

    assert architecture.not_modelled() == ()
    links = {(link.source, link.target) for link in architecture.links}
    assert {
        ("Edge/Distribution", "Application/Api"),
        ("Edge/Distribution", "Edge/Firewall"),
        ("Application/Api", "Application/Web"),
        ("Application/Web", "Application/Work"),
        ("Application/Web", "Database/Proxy"),
        ("Application/Work", "Storage/MediaBucket"),
        ("Database/Proxy", "Database/Database"),
    } <= links
    # All it has to say is what the defaults leave out.
    assert all("is left out: its condition" in warning for warning in architecture.warnings)


def test_headroom_understands_the_second_region_beside_it() -> None:
    architecture = read_paths(TEMPLATES)

    assert architecture.not_modelled() == ()
    assert "second-region/MediaCopies" in {item.id for item in architecture.components}


def test_production_holds_what_its_scenario_asks_for_within_its_budget() -> None:
    body = (ROOT / "apps/forecasts/demo/headroom.json").read_text()
    root = load(str(INFRA / "headroom.yaml"))["Parameters"]
    answer = summary_of(
        forecast(
            read_paths([INFRA / "headroom.yaml"]),
            Scenario.from_dict(json.loads(body)),
            packaged_facts("us-east-1"),
        )
    )

    assert answer["headroom"]["low"] > 1
    assert answer["cost"]["not_priced"] == []
    assert float(answer["cost"]["high"]) < float(root["MonthlyBudgetUsd"]["Default"])


@pytest.mark.skipif(not ZAPPA.exists(), reason="There are no stages of Zappa.")
def test_stages_of_zappa_are_what_the_templates_say() -> None:
    stages = json.loads(ZAPPA.read_text())
    root = load(str(INFRA / "headroom.yaml"))
    for path in PARAMETERS:
        said = {name: body.get("Default") for name, body in root["Parameters"].items()}
        said |= json.loads(path.read_text())["Parameters"]
        web, work = stages[path.stem], stages[f"{path.stem}_work"]
        assert str(web["lambda_concurrency"]) == str(said["WebConcurrency"])
        assert str(work["lambda_concurrency"]) == str(said["WorkConcurrency"])
        provisioned = web.get("provisioned_concurrency") or 0
        assert str(provisioned) == str(said["ProvisionedConcurrency"])
    policies = "".join(path.read_text() for path in INFRA.glob("policies/*.json"))
    asked = set(re.findall(r"\$\{(\w+)\}", ZAPPA.read_text() + policies))
    # Zappa knows these itself.
    asked -= {"FunctionName", "Region"}
    assert asked <= root["Outputs"].keys()
