"""Scenarios of one design: the numbers in which they differ stand side by side."""

from __future__ import annotations

import numpy as np

from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.stacking import stack
from apps.engine.graph import Architecture
from apps.engine.stages.pool import Pool
from tests.engine.worlds import case, component, link, shop


def test_stacked_scenarios_hold_the_values_of_each_model() -> None:
    design = case(shop(reserved_concurrency=50))
    keys = [
        ("Checkout", "own_ms"),
        ("Orders", "latency_ms"),
        ("Checkout → Orders (write)", "units"),
    ]
    tried = [{}, {keys[0]: 500.0}, {keys[1]: 90.0}, {keys[2]: 7.0}]
    blueprints = [design.inputs.blueprint(one) for one in tried]
    (batch,) = stack(blueprints)

    for k, blueprint in enumerate(blueprints):
        model = compile_model(blueprint)
        for mine, own in zip(batch.placed, model.placed, strict=True):
            assert mine.key == own.key
            seen = np.broadcast_to(getattr(mine.stage, "own_s", 0.0), len(tried))[k]
            assert seen == getattr(own.stage, "own_s", 0.0)
            for call, other in zip(mine.port.calls, own.port.calls, strict=True):
                assert np.broadcast_to(call.units, len(tried))[k] == other.units
                assert np.broadcast_to(call.calls, len(tried))[k] == other.calls


def test_what_all_agree_on_stays_one_number() -> None:
    design = case(shop())
    (batch,) = stack([design.inputs.blueprint({("Checkout", "own_ms"): x}) for x in (10.0, 20.0)])
    stages = {p.key: p.stage for p in batch.placed}

    durations = {key[0]: stage.own_s for key, stage in stages.items() if isinstance(stage, Pool)}
    assert isinstance(durations["Checkout"], np.ndarray)
    assert isinstance(durations["Mailer"], float)


def test_values_that_change_the_shape_make_a_batch_of_their_own() -> None:
    design = case(
        Architecture(
            components=(component("Job", "lambda_function"), component("Db", "rds_instance")),
            links=(link("Job", "Db", "query"),),
        )
    )
    reads = next(
        i.key for i in design.inputs.open() if i.key[0] == "Db" and "per_query" in i.key[1]
    )
    tried = [{reads: 0.2}, {reads: 0.0}, {reads: 1.0}]
    batches = stack([design.inputs.blueprint(one) for one in tried])

    places = sorted(place for batch in batches for place in batch.members.tolist())
    assert places == [0, 1, 2]
    for batch in batches:
        for k in batch.members.tolist():
            assert len(compile_model(design.inputs.blueprint(tried[k])).v) == len(batch.v)
