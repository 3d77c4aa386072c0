"""The days of forecasts in a bucket."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.forecasts.series import sweep_series
from tests.aws.buckets import keys as keys_in
from tests.forecasts.conftest import keep_forecast, make_design

pytestmark = pytest.mark.django_db


def test_day_is_kept_and_what_no_forecast_points_at_is_swept(
    team: Team, alice: User, bucket: Any
) -> None:
    assert sweep_series(now=timezone.now()) == 0
    kept = keep_forecast(make_design(team, alice), {"population": {"value": 1000}}).series
    stale = default_storage.save("series/stale.npz", ContentFile(b"x"))
    written = default_storage.get_modified_time(stale)

    assert sweep_series(now=written + timedelta(minutes=59)) == 0
    assert sweep_series(now=written + timedelta(minutes=61)) == 1

    assert keys_in(bucket) == {kept}
    content = bucket.Object(kept).get()["Body"].read()
    assert "arrived" in np.load(io.BytesIO(content)).files
