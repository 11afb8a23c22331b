"""The benchmarks run, at the smallest sizes there are, so that they cannot rot. What they find here means nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from retention.erasure.models import Step
from tests.settings import RUN


def test_the_cost_of_the_wall_is_measured_on_every_side(tmp_path: Path) -> None:
    """`benchmarks.isolation` fills both datasets and times five queries and a page for each kind of tenant (T1)."""
    sizes = ("--tenants", "3", "--rows", "60", "--rounds", "2", "--page-rounds", "2", "--breakdown", "--plans")
    results = _run("isolation", tmp_path, *sizes)
    assert len(results) == 3
    for result in results:
        names = [row["name"] for row in result["numbers"]]
        assert names == ["by key", "50 newest", "count", "three-way join", "insert", "page"]
        assert all(min(row["wall_by_filter"], row["wall_by_filter_processor"]) > 0 for row in result["numbers"])
        assert "InitPlan" in " ".join(result["notes"])  # by which the policy shows in a plan


def test_tenants_are_created_and_migrated_on_both_sides(tmp_path: Path) -> None:
    """`benchmarks.tenants` measures Sekisho's shared schema and django-tenants on the same models (T1)."""
    creation, migration = _run("tenants", tmp_path, "--sizes", "4", "--samples", "2", "--repeat", "1")
    (created,) = creation["numbers"]
    assert created["schema_tenants"] == 4
    assert min(created[key] for key in ("empty", "seeded", "service", "schema_empty", "schema_seeded")) > 0
    (migrated,) = migration["numbers"]
    assert min(migrated[key] for key in ("no-op", "add field", "schema no-op", "schema add field")) > 0
    assert migrated["schema_relations"] > 0


def test_every_part_of_the_audit_log_is_measured(tmp_path: Path) -> None:
    """`benchmarks.audit`: recording beside three libraries, exporting, sealing, viewing (G1, G2, G7)."""
    parts = ("recording", "export", "sealing", "viewing")
    sizes = ("--writes", "2", "--events", "700", "--tenants", "2", "--viewed", "3000", "--rounds", "2")
    results = _run("audit", tmp_path, *parts, *sizes)
    recording, exports, sealing, viewing = (result["numbers"] for result in results)
    libraries = {"Sekisho", "INSERT by hand", "django-auditlog", "django-simple-history", "django-pghistory"}
    assert libraries <= {row["name"] for row in recording}
    assert all(row["clock"] > 0 for row in recording)
    assert "goal" in results[0]["notes"][1]

    assert all(0 <= row["memory"] < 64 for row in exports)
    assert [row["name"] for row in sealing] == ["seal", "verify", "export"]
    assert all(row["per_second"] > 0 for row in sealing)

    # A page of each condition, trails and the chart.
    assert len(viewing) == 18
    assert all(row["median"] > 0 for row in viewing)


def test_a_log_in_and_a_flood_of_them_are_measured(tmp_path: Path) -> None:
    """`benchmarks.login`: each way to fail beside one hash, and a page while others log in wrongly (A2)."""
    beside, flood = _run("login", tmp_path, "--rounds", "2", "--page-rounds", "3", "--clients", "2")
    assert [row["name"] for row in beside["numbers"]][:2] == ["bare hash", "log-in, right password"]
    assert all(row["seconds"] > 0 for row in beside["numbers"] + flood["numbers"])
    assert "x 200" in flood["notes"][0]


def test_the_way_to_a_view_is_measured(tmp_path: Path) -> None:
    """`benchmarks.session`: every middleware, and what the database does for the one of the tenant (A11)."""
    whole, parts = _run("session", tmp_path, "--rounds", "2")
    assert len(whole["numbers"]) == len(settings.MIDDLEWARE) + 1
    assert all(row["seconds"] > 0 for row in whole["numbers"] + parts["numbers"])


def test_archives_are_measured_beside_dumps(tmp_path: Path) -> None:
    """`benchmarks.backup`: everything saved and restored by each side, and one company alone (B1, B6)."""
    sizes = ("--rows", "40", "--tenants", "2", "--files", "1", "--file-bytes", "1000")
    saving, *restoring = _run("backup", tmp_path, "whole", *sizes)
    assert saving["numbers"][0]["name"] == "Sekisho"
    assert all(row["rows"] > 0 and row["stored"] > 0 for row in saving["numbers"])
    assert all(row["seconds"] > 0 for result in restoring for row in result["numbers"])


@pytest.mark.system("zip")
def test_what_goes_and_what_is_returned_is_measured(tmp_path: Path) -> None:
    """`benchmarks.retention`: a partition beside DELETE, an erasure and pages beside it, a return (G5, R1, R3)."""
    few = ("--events", "500", "--tenants", "2", "--rows", "100", "--files", "2", "--file-bytes", "1000")
    expiry, erasure, pages, returned = _run("retention", tmp_path, *few, "--pages", "2", "--rounds", "1")
    assert [row["name"] for row in expiry["numbers"]][0::4] == ["DELETE in batches", "of it without the count"]
    assert all(row["seconds"] > 0 for row in expiry["numbers"])
    assert [row["name"] for row in erasure["numbers"]] == [*map(str, Step), "everything"]
    assert erasure["numbers"][-1]["per_second"] > 0
    assert [row["name"] for row in pages["numbers"]] == ["before", "during the erasure", "after"]
    assert all(row["ratio"] > 0 for row in pages["numbers"])
    ours, theirs = returned["numbers"]
    assert min(ours["rate"], ours["ratio"], theirs["rate"]) > 0


def test_telling_everybody_and_the_status_page_are_measured(tmp_path: Path) -> None:
    """`benchmarks.notices`: everybody once, although the workers are killed; the page beside a file (N1, N2)."""
    sizes = ("--companies", "2", "--people", "3", "--timeout", "1", "--minute", "1", "--rounds", "2")
    mailing, page = _run("notices", tmp_path, *sizes)
    _bare, undisturbed, killed = mailing["numbers"]
    for row in (undisturbed, killed):
        assert row["reached"] == row["message_ids"] == row["expected"] == 6
        assert row["copies"] <= 2
    assert [row["name"] for row in page["numbers"]] == ["page, packed", "file, packed", "page, plain", "file, plain"]
    assert all(row["rate"] > 0 for row in page["numbers"])


def _run(name: str, directory: Path, *options: str) -> list[dict[str, Any]]:
    file = directory / "results.json"
    run = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options, "--json", str(file)],
        cwd=settings.BASE_DIR,
        # On the servers of this run, in a database beside the one of this worker.
        env=os.environ | {"SEKISHO_VAR": str(settings.VAR_DIR), "BENCH_DATABASE": f"{RUN}_bench"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return list(json.loads(file.read_text())["results"])
