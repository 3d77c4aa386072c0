"""From a design, its users and AWS's facts to a verdict."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from apps.engine.circles import Circle, without_endless
from apps.engine.curve import curve, outcome
from apps.engine.facts import Facts
from apps.engine.forecast.economics import economics_of
from apps.engine.forecast.faults import outcomes
from apps.engine.forecast.result import Forecast, Verdict
from apps.engine.forecast.spread import with_ranges
from apps.engine.forecast.summary import summary_of
from apps.engine.forecast.today import today_of
from apps.engine.graph import Architecture
from apps.engine.headroom.breaking import check_faults
from apps.engine.headroom.case import Case
from apps.engine.headroom.causes import first_limit
from apps.engine.headroom.fixing import fix_of
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.recovery import recovery_of
from apps.engine.headroom.sampling import SAMPLES, Drawn, Sampler, ranges_of
from apps.engine.headroom.search import Found, Stopped, find_most
from apps.engine.inputs import Inputs, collect
from apps.engine.traffic.population import daily_users
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario

ENGINE_VERSION = "5"

__all__ = [
    "ENGINE_VERSION",
    "SAMPLES",
    "Drawn",
    "Forecast",
    "Sampler",
    "Stopped",
    "forecast",
    "inputs_of",
    "inputs_sha256",
    "sampler_of",
    "summary_of",
    "with_ranges",
]


def inputs_sha256(architecture: Architecture, scenario: Scenario, facts_version: str) -> str:
    """Return what identifies a question: the same one always has the same answer.

    Parameters
    ----------
    architecture : Architecture
        The graph.
    scenario : Scenario
        Who comes.
    facts_version : str
        sha256 of the facts in force.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    question = [architecture.to_dict(), scenario.to_dict(), facts_version, ENGINE_VERSION]
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()


def forecast(
    architecture: Architecture,
    scenario: Scenario,
    facts: Facts,
    *,
    progress: Callable[[float], bool] | None = None,
    seed: int | None = None,
) -> Forecast:
    """Return how many users a design holds, what breaks first, and what it costs.

    Parameters
    ----------
    architecture : Architecture
        What is built.
    scenario : Scenario
        Who comes.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    progress : callable, optional
        Told the share that is done; the forecast stops when it answers False.
    seed : int, optional
        Where the draws come from, so that two designs are compared on the same ones; else it
        follows from the question.

    Returns
    -------
    Forecast
        The verdict with all that it rests on.

    Raises
    ------
    InvalidScenario
        If the design has no source of events, or the scenario does not fit it.
    InvalidSetting, SyncCycle
        If the design cannot be run.
    Stopped
        If `progress` answered False.
    """
    report = progress or (lambda share: True)
    inputs, circles = inputs_of(architecture, scenario, facts)
    digest = inputs_sha256(architecture, scenario, facts.version)
    seed = int(digest[:8], 16) if seed is None else seed
    case = Case(inputs, {})
    judge, asked = Judge(case, seed), daily_users(scenario, case.habits, case.requests_per_user_day)
    factor = asked / scenario.population.value
    found = find_most(case, judge, asked, go_on=lambda: report(0.1))
    ranges = ranges_of(case, found, lambda: report(0.3))
    verdict, day = judged(case, judge, found, report), outcome(case, asked, seed)
    sizes = curve(case, found.daily_users, factor, seed, lambda k: report(0.4 + 0.045 * k), day)
    answer = Forecast(
        inputs=inputs,
        circles=circles,
        case=case,
        judge=judge,
        verdict=verdict,
        asked=asked,
        unit_factor=factor,
        day=day,
        sizes=sizes,
        ranges=ranges,
        economics=economics_of(case, day),
        today=today_of(case, scenario, asked),
        faults=outcomes(case, judge, asked, found, go_on=lambda: report(0.99)),
        seed=seed,
        sha256=digest,
    )
    report(1.0)
    return answer


def sampler_of(
    architecture: Architecture,
    scenario: Scenario,
    facts: Facts,
    *,
    count: int,
    go_on: Callable[[], bool] = lambda: True,
) -> Sampler:
    """Return more joint samples of a question than its forecast ran.

    Parameters
    ----------
    architecture : Architecture
        What is built.
    scenario : Scenario
        Who comes.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    count : int
        Joint samples. [count]
    go_on : callable
        Asked now and then; it stops when it answers False.

    Returns
    -------
    Sampler
        Ready to run its bundles; their ranges go into the forecast with `with_ranges`.

    Raises
    ------
    InvalidScenario, InvalidSetting, SyncCycle, Stopped
        As `forecast`.
    """
    case = Case(inputs_of(architecture, scenario, facts)[0], {})
    judge = Judge(case, int(inputs_sha256(architecture, scenario, facts.version)[:8], 16))
    asked = daily_users(scenario, case.habits, case.requests_per_user_day)
    return Sampler(case, find_most(case, judge, asked, go_on=go_on), go_on, count=count)


def judged(case: Case, judge: Judge, found: Found, report: Callable[[float], bool]) -> Verdict:
    """Return how many users a case holds, and what ends it.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    judge : Judge
        The targets.
    found : Found
        The end of the search.
    report : callable
        Told the share that is done; answers False to stop.

    Returns
    -------
    Verdict
        Most users, the first limit, missed targets.

    Raises
    ------
    Stopped
        If `report` answered False.
    """
    first = first_limit(case, judge, found)
    return Verdict(
        found=found,
        first=first,
        fix=fix_of(case, judge, found, first, lambda: report(0.35)),
        missed=judge.missed,
        recovery=recovery_of(case, judge, found),
    )


_NO_ENTRY = (
    "Nothing in this design can start: it has no API, function, queue, topic, bus, stream, bucket "
    "or schedule that events could come from. Add one, or include the template that has it."
)


def inputs_of(
    architecture: Architecture, scenario: Scenario, facts: Facts
) -> tuple[Inputs, tuple[Circle, ...]]:
    """Return all inputs of a forecast without running it, and the circles that were opened.

    Parameters
    ----------
    architecture : Architecture
        The graph.
    scenario : Scenario
        Who comes.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.

    Returns
    -------
    tuple[Inputs, tuple[Circle, ...]]
        All inputs, and the circles without end that were opened in them.

    Raises
    ------
    InvalidScenario, InvalidSetting, SyncCycle
        As `forecast`.
    """
    inputs = collect(architecture, scenario, facts)
    if not inputs.entries:
        raise InvalidScenario(_NO_ENTRY)
    inputs, circles = without_endless(inputs)
    check_faults(Case(inputs, {}))
    return inputs, circles
