"""Hashes in turn: log-in is open to everybody and must not take the whole machine (A2)."""

import os
import sys
import threading

import pytest

from accounts import hashers
from accounts.hashing import Gate, HashingBusy, behind_the_others
from accounts.policy.models import AttemptCounter
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import stranger
from tests.conftest import Cast
from tests.factories.people import PASSWORD

TYPED = {"company_code": "ACME", "user_id": "alice", "password": PASSWORD}


def test_no_more_than_the_slots_are_inside_and_the_queue_is_bounded() -> None:
    """Research 4: two at work, three waiting, the sixth is sent away."""
    gate, inside, most = Gate(slots=2, queue=3), 0, 0
    lock, release, entered = threading.Lock(), threading.Event(), threading.Semaphore(0)

    def work() -> None:
        nonlocal inside, most
        with gate.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            entered.release()
            release.wait(20)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        assert entered.acquire(timeout=20)
    while not all(thread.is_alive() for thread in threads) or gate._places._value > 0:
        pass
    with pytest.raises(HashingBusy), gate.turn():
        raise AssertionError("not reached")
    release.set()
    for thread in threads:
        thread.join(20)
    assert most == 2
    with gate.turn():
        assert inside == 0


def test_a_thread_that_is_inside_may_enter_again_and_an_error_frees_the_place() -> None:
    """A log-in takes its turn once for counting and hashing together."""
    gate = Gate(slots=1, queue=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.turn(), gate.turn():
            raise ZeroDivisionError
    with gate.turn():
        pass


@pytest.mark.django_db
def test_a_full_queue_is_told_and_nothing_is_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A2: 503 with Retry-After, as a page and as JSON; no attempt is lost by it."""
    full = Gate(slots=1, queue=0)
    from accounts import login

    monkeypatch.setattr(login, "gate", lambda: full)
    monkeypatch.setattr(hashers, "gate", lambda: full)
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with full.turn():
            holding.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(20)
    page = stranger().post("/login/", TYPED)
    json = stranger().post("/login/", TYPED, headers={"accept": "application/json"})
    release.set()
    holder.join(20)
    assert [(answer.status_code, answer["Retry-After"]) for answer in (page, json)] == [(503, "5")] * 2
    assert "Wait a few seconds" in page.content.decode()
    assert json.json() == {"ok": False, "error": "busy", "retry_after": 5}
    with tenant_transaction(cast.admin.tenant.id):
        assert not AttemptCounter.objects.exists()
    assert stranger().post("/login/", TYPED).status_code == 302


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own there")
def test_hashes_step_back_behind_pages() -> None:
    """Issue 3, measured: a flood of log-ins leaves the processors to everybody else; errors come through."""

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert behind_the_others(priority) >= 10
    assert priority() < 10
    with pytest.raises(ZeroDivisionError):
        behind_the_others(lambda: 1 // 0)


def test_a_place_is_kept_through_the_turns_in_it() -> None:
    """Whoever has a place in the queue waits; whoever finds none is sent away before anything else is done."""
    gate = Gate(slots=1, queue=0)
    with gate.place(), gate.turn(), gate.turn():
        assert gate._places._value == 0
    assert gate._places._value == 1


def test_a_forked_process_hashes_too() -> None:
    """Workers fork, and have none of the threads of their parent."""
    assert behind_the_others(lambda: True)
    child = os.fork()
    if not child:
        os._exit(0 if behind_the_others(lambda: True) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
