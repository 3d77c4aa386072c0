"""The store of files refuses, AWS throttles, the disk is full, and many upload at once."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults import templates
from tests.faults.bucket import Bucket, bucket_serving
from tests.faults.conftest import Place
from tests.faults.product import Answer, Person, Product, serving
from tests.faults.servers import Postgres

UPLOADS = 200
UPLOADS_EACH = 40
FORECASTS = "SELECT COUNT(*) FROM forecasts_forecast"


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with bucket_serving() as bucket:
        yield bucket


@pytest.fixture
def on_aws(place: Place, bucket: Bucket) -> Iterator[Product]:
    """The product with its files in a bucket."""
    variables = place.variables(
        MEDIA_BUCKET="media",
        AWS_ENDPOINT_URL_S3=bucket.address,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION="us-east-1",
    )
    with serving(variables, place.folder) as product:
        yield product


def report_of(answer: Answer) -> str:
    """Return the address of the report of a design that was just made."""
    assert answer.status == 302, answer.body[:300]
    return answer.headers["Location"].replace("traffic/", "forecast/")


@pytest.mark.parametrize("mode", ["denied", "slow"])
def test_store_of_files_refuses(
    server: Postgres, place: Place, bucket: Bucket, on_aws: Product, people: list[Person], mode: str
) -> None:
    name = place.database
    report = report_of(on_aws.upload(people[0], "Shop", {"t.yaml": templates.small()}))

    bucket.mode = mode
    refused = on_aws.ask(people[0], report)
    assert refused.is_refusal, (refused.status, refused.body[:300])
    assert server.query(name, FORECASTS) == [(0,)]
    # What needs no file goes on.
    assert on_aws.begin_design(people[0], "Other").status == 302

    bucket.mode = "fine"
    assert on_aws.ask(people[0], report).status == 200
    assert server.query(name, FORECASTS) == [(1,)]
    assert len(bucket.objects) == 1


def test_store_of_files_is_not_there(
    server: Postgres, place: Place, bucket: Bucket, on_aws: Product, people: list[Person]
) -> None:
    report = report_of(on_aws.upload(people[0], "Shop", {"t.yaml": templates.small()}))
    bucket.shutdown()
    bucket.server_close()

    assert on_aws.ask(people[0], report).is_refusal
    assert server.query(place.database, FORECASTS) == [(0,)]


def test_every_third_call_is_throttled(
    server: Postgres, place: Place, bucket: Bucket, on_aws: Product, people: list[Person]
) -> None:
    """Nobody notices: the client of AWS waits and calls again."""
    bucket.mode = "every third"
    for number in range(4):
        upload = {"t.yaml": templates.long_to_forecast(number + 1)}
        report = report_of(on_aws.upload(people[number], f"Shop {number}", upload))
        assert on_aws.ask(people[number], report).status == 200

    assert bucket.refused >= 3
    assert len(bucket.objects) == 4
    assert server.query(place.database, FORECASTS) == [(4,)]


def test_disk_is_full(place: Place, people: list[Person]) -> None:
    """All that a team keeps does not fit into `/tmp`: it is refused until there is room."""
    scratch = place.folder / "scratch"
    scratch.mkdir()
    mount = f'mount -t tmpfs -o size=32m tmpfs {scratch} && exec "$@"'
    before = ("unshare", "-m", "sh", "-c", mount, "sh")
    if run_quietly(*before, "true"):
        pytest.skip("Only root may mount a small disk.")
    with serving(place.variables(TMPDIR=str(scratch)), place.folder, before) as product:
        inside = Path(f"/proc/{product.process.pid}/root{scratch}")
        for number in range(2):
            upload = {"all.zip": templates.large(number)}
            assert product.upload(people[0], f"Shop {number}", upload).status == 302
        export = f"/accounts/teams/{people[0].team}/export/"
        ballast = inside / "ballast"
        ballast.write_bytes(bytes(30 * 1024 * 1024))

        refused = product.ask(people[0], export)
        assert refused.is_refusal, (refused.status, refused.body[:300])
        assert product.begin_design(people[0], "Other").status == 302

        ballast.unlink()
        whole = product.ask(people[0], export)
        assert (whole.status, len(whole.body) > 2 * 4_900_000) == (200, True)
        # Nothing is left of the one that did not fit.
        assert list(inside.iterdir()) == []


def run_quietly(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_many_upload_at_once(
    server: Postgres, place: Place, product: Product, people: list[Person]
) -> None:
    """200 files of 5 MB at the same time: each is kept once and whole, or refused."""
    content = [templates.large(seed) for seed in range(4)]

    def upload(number: int) -> Answer:
        person = people[number // UPLOADS_EACH]
        return product.upload(person, f"upload {number}", {"all.zip": content[number % 4]})

    with ThreadPoolExecutor(UPLOADS) as pool:
        answers = list(pool.map(upload, range(UPLOADS)))

    acknowledged = {f"upload {n}" for n, answer in enumerate(answers) if answer.status == 302}
    refused = [answer for answer in answers if answer.status != 302]
    assert [(a.status, a.body[:200]) for a in refused if not a.is_refusal] == []
    assert len(acknowledged) >= UPLOADS // 4, Counter(answer.status for answer in answers)
    kept = Counter(dict(server.query(place.database, KEPT)))
    assert {name: kept[name] for name in acknowledged} == dict.fromkeys(acknowledged, 1)
    sizes = server.query(
        place.database, "SELECT DISTINCT size, length(content) FROM designs_upload"
    )
    assert sizes == [(len(content[0]), len(content[0]))]
    orphans = server.query(place.database, ORPHANS)
    assert orphans == []
    assert product.begin_design(people[-1], "after").status == 302


KEPT = "SELECT name, COUNT(*) FROM designs_design GROUP BY name"
ORPHANS = """
    SELECT u.id FROM designs_upload u
    WHERE NOT EXISTS (SELECT 1 FROM designs_version v WHERE v.source_id = u.id)
"""
