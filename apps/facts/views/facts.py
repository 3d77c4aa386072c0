from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from apps.facts import listing
from apps.facts.actions import effective_facts, price_coverage
from apps.facts.forms import FactSearchForm

PER_PAGE: Final = 40


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
@login_not_required
@vary_on_headers("HX-Request")
def fact_list(request: HtmxRequest) -> HttpResponse:
    coverage = price_coverage()
    regions = [cell.region for cell in coverage[0].cells]
    form = FactSearchForm(request.GET.dict(), regions=regions)
    context: dict[str, Any] = {"form": form, "coverage": coverage, "regions": regions}
    if form.is_valid():
        context |= _found(form, request.GET)
    template = "facts/list.html#facts" if request.htmx else "facts/list.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _found(form: FactSearchForm, query: Any) -> dict[str, Any]:
    asked = form.cleaned_data
    facts = effective_facts(asked["region"])
    shown = listing.facts_shown(facts, asked["show"])
    form.offer_services(dict.fromkeys(fact.service for fact in shown))
    found = listing.find(
        shown, words=asked["q"], service=asked["service"], confidence=asked["confidence"]
    )
    page = Paginator(found, PER_PAGE).get_page(query.get("page"))
    today = timezone.localdate()
    address = query.copy()
    address.pop("page", None)
    return {
        "facts": facts,
        "show": asked["show"],
        "page": page,
        "entries": [listing.entry(fact, today) for fact in page],
        "address": address.urlencode(),
    }
