"""The whole job in a browser: a template in, a verdict out, a setting changed, another verdict."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.facts.actions import load_books
from apps.forecasts.models import Forecast, Sampling
from tests.factories import PASSWORD

TEMPLATE = b"""
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: orders.handler
      CodeUri: src/
      MemorySize: 512
      Timeout: 10
      ReservedConcurrentExecutions: 10
      Environment:
        Variables:
          TABLE: !Ref OrdersTable
          MAILS: !Ref Mails
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref OrdersTable}
        - SQSSendMessagePolicy: {QueueName: !GetAtt Mails.QueueName}
      Events:
        Order: {Type: HttpApi, Properties: {Method: post, Path: /orders}}
  OrdersTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Mails:
    Type: AWS::SQS::Queue
  Mailer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: mailer.handler
      CodeUri: src/
      Events:
        Mail: {Type: SQS, Properties: {Queue: !GetAtt Mails.Arn, BatchSize: 10}}
  Firewall:
    Type: AWS::WAFv2::WebACL
    Properties: {Scope: REGIONAL, DefaultAction: {Allow: {}}}
"""
VERDICT = re.compile(r"Holds about [\d,.]+M? daily users")
pytestmark = pytest.mark.django_db(transaction=True)


def fits(page: Page) -> bool:
    """Say whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def verdict(page: Page) -> str:
    found = VERDICT.search(" ".join(page.get_by_role("main").inner_text().split()))
    assert found is not None
    return found.group()


def sign_in_by_form(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def upload(page: Page) -> None:
    page.goto("/designs/new/")
    file = {"name": "shop.yaml", "mimeType": "text/yaml", "buffer": TEMPLATE}
    page.get_by_label("Template", exact=True).set_input_files(file)  # type: ignore[arg-type]  # As documented.
    page.get_by_role("button", name="Read the template").click()


def test_a_template_in_and_a_verdict_out(
    page: Page, alice: User, axe: Callable[[Page], None]
) -> None:
    load_books()
    sign_in_by_form(page, alice)
    upload(page)

    page.get_by_label("How many", exact=True).fill("20000")
    axe(page)
    page.get_by_role("button", name="Save and forecast").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(VERDICT)
    expect(page.get_by_role("main")).to_contain_text("First limit: reserved concurrency of Orders")
    expect(page.get_by_role("main")).to_contain_text("shop.yaml:5")
    assert fits(page)
    axe(page)

    first = verdict(page)
    page.get_by_role("link", name="Orders", exact=True).first.click()
    axe(page)
    assert fits(page)
    page.get_by_role("spinbutton", name="Reserved concurrency").fill("40")
    page.get_by_role("button", name="Save as version 2").click()

    expect(page.locator(".verdict-line")).to_contain_text("→")
    axe(page)
    assert verdict(page) != first

    page.get_by_role("navigation", name="Design").get_by_role("link", name="Forecast").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(VERDICT)
    assert verdict(page) != first


def test_an_assumption_is_set_in_place(
    page: Page, alice: User, axe: Callable[[Page], None], sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, alice)
    upload(page)
    page.get_by_role("button", name="Save and forecast").click()
    first = verdict(page)

    page.get_by_label("Orders, time of its own for a call", exact=True).fill("200")
    page.get_by_role("button", name="Set Orders, time of its own for a call").click()

    expect(page.get_by_role("heading", level=1)).not_to_contain_text(first)
    axe(page)


def test_more_samples_make_low_and_high_surer(
    page: Page, alice: User, axe: Callable[[Page], None], sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, alice)
    upload(page)
    page.get_by_role("button", name="Save and forecast").click()
    expect(page.locator("#samples")).to_contain_text("From 128 joint samples")

    page.get_by_role("button", name="Run 2,000 samples").click()

    expect(page.locator("#samples")).to_contain_text("From 2,000 joint samples")
    assert fits(page)
    axe(page)


def test_samples_that_run_show_how_far_they_are(
    page: Page, alice: User, axe: Callable[[Page], None], sign_in: Callable[[Page, User], None]
) -> None:
    sign_in(page, alice)
    upload(page)
    page.get_by_role("button", name="Save and forecast").click()
    url, now = page.url, timezone.now()
    sampling = Sampling.objects.create(
        forecast=Forecast.objects.get(), count=2000, asked_at=now, changed_at=now
    )
    page.goto(url)
    expect(page.locator("#samples")).to_contain_text("0 of 2,000 samples")
    assert fits(page)
    axe(page)

    sampling.fail("No memory was left.", now)

    # The page asks by itself, and loads anew once it is over.
    expect(page.get_by_role("alert")).to_contain_text("No memory was left.")
    expect(page.get_by_role("button", name="Run 2,000 samples")).to_be_visible()
    axe(page)


def test_the_day_at_another_size_comes_without_a_new_page(
    desktop_page: Page,
    alice: User,
    axe: Callable[[Page], None],
    sign_in: Callable[[Page, User], None],
) -> None:
    page = desktop_page
    sign_in(page, alice)
    upload(page)
    page.get_by_role("button", name="Save and forecast").click()
    page.evaluate("window.isStillThere = true")

    page.get_by_role("link", name="2×", exact=True).click()

    expect(page.get_by_role("heading", name="The day at 20,000 daily users")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?users=20000$"))
    assert page.evaluate("window.isStillThere")
    axe(page)


@pytest.mark.parametrize("view", ["diagram", "list"])
def test_diagram_and_list_read_well_at_every_width(
    page: Page,
    alice: User,
    axe: Callable[[Page], None],
    sign_in: Callable[[Page, User], None],
    view: str,
) -> None:
    sign_in(page, alice)
    upload(page)
    page.get_by_role("navigation", name="Design").get_by_role("link", name="Design").click()

    shown = page.get_by_role("navigation", name="Show the design as").filter(visible=True)
    shown.get_by_role("link", name=view.capitalize()).click()

    expect(page).to_have_url(re.compile(f"view={view}"))
    axe(page)
    assert fits(page)
