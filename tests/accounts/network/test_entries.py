"""The list of allowed networks: what may be saved, and that nobody keeps themselves out (A4)."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from accounts.network.entries import (
    Entry,
    add_network,
    add_networks,
    change_network,
    remove_network,
    switch_restriction,
)
from accounts.network.models import MOST_NETWORKS, AllowedNetwork, NetworkPolicy
from accounts.network.queries import current_restriction
from auditlog.actors import Actor
from auditlog.context import Origin, origin
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.network.places import HOME, OFFICE, OFFICE_NETWORK, restrict
from tests.accounts.reading import actions_of, changes, newest_event
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def listed() -> list[str]:
    """The networks of the tenant in scope."""
    return [network.cidr for network in AllowedNetwork.objects.order_by("cidr")]


def entry(cidr: str = OFFICE_NETWORK) -> Entry:
    """A network as somebody types it."""
    return Entry(cidr, "Tokyo office", "3rd floor")


def test_the_life_of_an_entry_is_on_record(cast: Cast) -> None:
    """A4, G3: added, changed, removed, with what it was before."""
    with tenant_transaction(cast.admin.tenant.id), origin(Origin(ip=HOME)):
        network = add_network(entry(), actor=cast.admin.actor)
        change_network(network, Entry("203.0.113.0/25", "Tokyo office", "3rd floor"), actor=cast.admin.actor)
        remove_network(network, actor=cast.admin.actor)
        assert listed() == []
    described = {"cidr": OFFICE_NETWORK, "name": "Tokyo office", "note": "3rd floor"}
    tenant = cast.admin.tenant
    assert changes(newest_event(tenant, "accounts.network.added")) == (None, described)
    changed = newest_event(tenant, "accounts.network.changed")
    assert changes(changed) == ({"cidr": OFFICE_NETWORK}, {"cidr": "203.0.113.0/25"})
    removed = described | {"cidr": "203.0.113.0/25"}
    assert changes(newest_event(tenant, "accounts.network.removed")) == (removed, None)


@pytest.mark.parametrize(
    "wrong",
    [Entry("203.0.113.5/24", "x"), Entry("office", "x"), Entry("203.0.113.0/24", " "), Entry("10.0.0.1", "x" * 61)],
)
def test_what_is_wrong_is_not_saved(cast: Cast, wrong: Entry) -> None:
    """A4: neither a network with host bits nor one without a name."""
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError):
            add_network(wrong, actor=cast.admin.actor)
        assert listed() == []


def test_a_network_is_listed_once(cast: Cast) -> None:
    """A4: however it is written."""
    with tenant_transaction(cast.admin.tenant.id):
        add_network(entry(), actor=cast.admin.actor)
        for again in (OFFICE_NETWORK, "::ffff:203.0.113.0/120"):
            with pytest.raises(ValidationError, match="on the list already"):
                add_network(entry(again), actor=cast.admin.actor)


def test_many_are_added_all_or_none(cast: Cast) -> None:
    """A4: each wrong line is named; a line that repeats another one is wrong."""
    with tenant_transaction(cast.admin.tenant.id):
        lines = [(1, entry()), (3, entry("10.0.0.1/8")), (4, entry(OFFICE_NETWORK))]
        with pytest.raises(ValidationError) as refusal:
            add_networks(lines, actor=cast.admin.actor)
        assert [message.partition(":")[0] for message in refusal.value.messages] == ["Line 3", "Line 4"]
        assert listed() == []
        assert add_networks([(1, entry()), (2, entry("2001:db8::/32"))], actor=cast.admin.actor) == 2
        assert listed() == [OFFICE_NETWORK, "2001:db8::/32"]
    assert actions_of(cast.admin.tenant) == ["accounts.network.added"] * 2


def test_the_list_has_an_end(cast: Cast) -> None:
    """A4: it is looked through at every request."""
    lines = [(number, entry(f"10.0.{number}.0/24")) for number in range(MOST_NETWORKS)]
    with tenant_transaction(cast.admin.tenant.id):
        assert add_networks(lines, actor=cast.admin.actor) == MOST_NETWORKS
        with pytest.raises(ValidationError, match="200 networks at most"):
            add_network(entry(), actor=cast.admin.actor)


def test_an_empty_list_cannot_be_enforced(cast: Cast) -> None:
    """A4: nobody could come in, not even by the console that is to correct it."""
    with tenant_transaction(cast.admin.tenant.id), origin(Origin(ip=OFFICE)):
        for actor in (cast.admin.actor, Actor.command()):
            with pytest.raises(ValidationError, match="list is empty"):
                switch_restriction(restricted=True, actor=actor)
        assert not current_restriction().restricted


@pytest.mark.parametrize("address", [HOME, None, "2001:db8::1"])
def test_whoever_enforces_the_list_is_on_it(cast: Cast, address: str | None) -> None:
    """A4: the administrator who would be shut out is told so, and nothing is saved."""
    with tenant_transaction(cast.admin.tenant.id), origin(Origin(ip=address)):
        add_network(entry(), actor=cast.admin.actor)
        with pytest.raises(ValidationError) as refusal:
            switch_restriction(restricted=True, actor=cast.admin.actor)
        assert (address or "Nobody can tell") in refusal.value.messages[0]
        assert not NetworkPolicy.objects.filter(restricted=True).exists()
    assert actions_of(cast.admin.tenant) == ["accounts.network.added"]


Deed = Callable[[AllowedNetwork, Actor], object]


@pytest.mark.parametrize(
    "deed",
    [
        lambda network, actor: remove_network(network, actor=actor),
        lambda network, actor: change_network(network, entry("192.0.2.0/24"), actor=actor),
    ],
    ids=["remove", "change"],
)
def test_nobody_takes_their_own_network_off_an_enforced_list(cast: Cast, deed: Deed) -> None:
    """A4: by no way; with a second entry that holds the address it is allowed."""
    with tenant_transaction(cast.admin.tenant.id), origin(Origin(ip=OFFICE)):
        network = add_network(entry(), actor=cast.admin.actor)
        switch_restriction(restricted=True, actor=cast.admin.actor)
        with pytest.raises(ValidationError, match=f"Your own address {OFFICE}"):
            deed(network, cast.admin.actor)
        assert listed() == [OFFICE_NETWORK]
        network = AllowedNetwork.objects.get()
        add_network(entry(OFFICE), actor=cast.admin.actor)
        deed(network, cast.admin.actor)
        assert OFFICE_NETWORK not in listed()


def test_switching_is_on_record_once(cast: Cast) -> None:
    """A4, G3: on and off; the same again is no event."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with tenant_transaction(cast.admin.tenant.id), origin(Origin(ip=OFFICE)):
        for restricted in (True, False, False):
            switch_restriction(restricted=restricted, actor=cast.admin.actor)
    assert actions_of(cast.admin.tenant)[1:] == ["accounts.network.switched"] * 2
    assert newest_event(cast.admin.tenant, "accounts.network.switched").after == {"restricted": False}


def test_the_other_company_has_a_list_of_its_own(cast: Cast) -> None:
    """T1: the same network in both, and neither sees the other's."""
    restrict(cast.admin.tenant, OFFICE_NETWORK)
    with tenant_transaction(cast.outsider.tenant.id):
        add_network(entry("2001:db8::/32"), actor=Actor.command())
        add_network(entry(), actor=Actor.command())
        assert listed() == [OFFICE_NETWORK, "2001:db8::/32"]
        assert not current_restriction().restricted
    with tenant_transaction(cast.admin.tenant.id):
        assert listed() == [OFFICE_NETWORK]
