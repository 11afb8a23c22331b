"""The application with more and more of its middleware, called as a web server calls it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory, override_settings

from accounts.models import User
from accounts.queries import rights_of
from accounts.sessions import find_session
from tenants.isolation.secrets import BearerSecret
from tenants.isolation.transactions import tenant_transaction

Work = Callable[[Any], None]


def by_middleware(cookie: str) -> dict[str, Work]:
    """The bare view, then with each middleware in turn from the outermost on; the last is the product."""
    sides: dict[str, Work] = {"no middleware": _application([], cookie)}
    for number, name in enumerate(settings.MIDDLEWARE, start=1):
        sides[name.rpartition(".")[2]] = _application(settings.MIDDLEWARE[:number], cookie)
    return sides


def _application(middleware: list[str], cookie: str) -> Work:
    request = RequestFactory().get("/bare/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF="benchmarks.session.bare"):
        application = WSGIHandler()

    def ask(_: Any) -> None:
        with override_settings(ROOT_URLCONF="benchmarks.session.bare"):
            response = application(request.environ.copy(), lambda *_answer: None)  # type: ignore[arg-type]
            if b"".join(response) != b"ok":
                raise RuntimeError("The bare view was not reached.")
            response.close()

    return ask


def by_step(user: User, cookie: str) -> dict[str, Work]:
    """What the middleware of the tenant asks the database, step after step."""
    secret = BearerSecret.parse(cookie)
    assert secret is not None

    def transaction(_: Any) -> None:
        with tenant_transaction(user.tenant_id):
            pass

    def session(_: Any) -> None:
        with tenant_transaction(user.tenant_id):
            if find_session(secret) is None:
                raise RuntimeError("The session is not there.")

    def rights(_: Any) -> None:
        with tenant_transaction(user.tenant_id):
            find_session(secret)
            rights_of(user)

    return {
        "transaction: BEGIN with the tenant, COMMIT": transaction,
        "session, user, policy, allowlist, factor: one query": session,
        "rights by roles: one query": rights,
    }
