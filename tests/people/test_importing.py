"""Importing users from a list (A8, T7): what is accepted, what is complained of, all or nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from accounts.models import User
from accounts.people import importing, outstanding, tasks
from accounts.people.checking import check
from accounts.people.models import ImportState, InvitationDue, UserImport
from accounts.people.problems import MAX_ROWS
from accounts.people.progress import progress_of
from accounts.people.removal import remove_user
from accounts.queries import menus_of
from accounts.roles import create_role, give_roles
from auditlog.actors import Actor
from auditlog.models import AuditEvent
from config.presentation import STATUSES
from tenants import limits
from tenants.isolation.transactions import tenant_transaction
from tests.accounts.reading import actions_of, newest_event
from tests.concurrency import at_once
from tests.conftest import EVERY_ROLE, Cast
from tests.factories.people import make_person
from tests.people.conftest import csv_of, everything_of

pytestmark = pytest.mark.django_db

NINA, OTTO = "nina,Nina New,nina@acme.example,Reader,en", "otto,Otto New,otto@acme.example,,"


def upload(cast: Cast, content: bytes, room: int = 100) -> UserImport:
    """Upload a list as the administrator."""
    with tenant_transaction(cast.admin.tenant.id):
        return importing.upload(file_name="list.csv", content=content, room=room, actor=cast.admin.actor)


def complaints(cast: Cast, content: bytes, room: int = 100) -> list[tuple[Any, ...]]:
    """What is wrong with a list: line, code, value."""
    with tenant_transaction(cast.admin.tenant.id):
        return [tuple(problem) for problem in check(content, room=room).problems]


def start(cast: Cast, row: UserImport) -> None:
    """Import a list; in tests the job runs as soon as it is committed."""
    with tenant_transaction(cast.admin.tenant.id):
        importing.start(row, actor=cast.admin.actor)


def run(cast: Cast, row: UserImport) -> bool:
    """The job, as a worker runs it."""
    with tenant_transaction(cast.admin.tenant.id):
        return tasks.import_users(str(row.id))


# --- Reading -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize(
    "heading",
    ["ユーザーID,氏名,メールアドレス,ロール,言語", "User ID,Name,E-mail,Roles,Language", "ﾕｰｻﾞｰID,名前,MAIL,権限,言語"],
)
def test_both_encodings_and_languages_are_read(cast: Cast, encoding: str, heading: str) -> None:
    """A8: what spreadsheets in Japan write; roles and languages by any of their names."""
    text = f"{heading}\r\nｈａｎａｋｏ,髙橋　花子,hanako@acme.example,閲覧者；editor,日本語\r\n"
    if encoding == "cp932":
        text = text.replace("ｈａｎａｋｏ", "hanako")
    with tenant_transaction(cast.admin.tenant.id):
        checked = check(text.encode(encoding), room=10)
    assert checked.problems == []
    (person,) = checked.people
    assert (person.user_id, person.name, person.language) == ("hanako", "髙橋　花子", "ja")
    assert [role.code for role in person.roles] == ["reader", "editor"]


def test_the_order_of_columns_and_empty_rows_do_not_matter(cast: Cast) -> None:
    """A8: the two optional columns may be missing, and spreadsheets add empty cells."""
    content = b'name,mail,user_id,,\n\n,,,,\n"Nina ""N.""",nina@acme.example,nina,,\n'
    with tenant_transaction(cast.admin.tenant.id):
        checked = check(content, room=10)
    assert [(person.line, person.name, person.roles) for person in checked.people] == [(4, 'Nina "N."', ())]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [(1, "column_missing", "user_id"), (1, "column_missing", "name"), (1, "column_missing", "email")]),
        (csv_of(), [(0, "empty", "")]),
        (b"PK\x03\x04\0\0rest of a workbook", [(0, "not_text", "")]),
        (csv_of(NINA).decode().encode("utf-16"), [(0, "not_text", "")]),
        (csv_of("ni\0na,N,n@acme.example,,"), [(0, "not_text", "")]),
        (csv_of(NINA) + b"\x81", [(0, "encoding", "")]),
        (csv_of(NINA, 'x,"never closed,x@acme.example,,'), [(3, "broken", "")]),
        (csv_of(NINA, 'x,"much ' + "x" * 140_000 + '",x@acme.example,,'), [(3, "broken", "")]),
        (csv_of(heading="user ID,name,name,phone"),
         [(1, "column_twice", "name"), (1, "column_unknown", "phone"), (1, "column_missing", "email")]),
        (csv_of(*["x,X,x@acme.example,,"] * (MAX_ROWS + 1)), [(0, "too_many_rows", "")]),
    ],
    ids=["nothing", "heading only", "workbook", "utf-16", "nul", "letters", "quote", "huge", "headings", "too many"],
)  # fmt: skip
def test_a_file_that_is_no_list_gets_one_reason(cast: Cast, content: bytes, found: list[tuple[Any, ...]]) -> None:
    """D6: whatever is sent; nothing but the complaint comes of it."""
    assert complaints(cast, content) == found


def test_every_problem_of_every_row_is_told_with_its_line(cast: Cast) -> None:
    """A8: all at once, so that the list is corrected once. A cell with a line break does not shift the lines."""
    with tenant_transaction(cast.admin.tenant.id):
        remove_user(cast.reader.user, actor=cast.admin.actor)
    found = complaints(
        cast,
        csv_of(
            'a,"A\nA",a@acme.example,,',
            "b c,=cmd|'/c calc'!A1,nobody,Owner;reader,xx",
            "nina,Nina,nina@acme.example,,",
            "ＮＩＮＡ,Nina,nina@acme.example,,",
            "ERIN,Erin,erin@acme.example,,",
            "rob,Rob,rob@acme.example,,",
            ",,,,",
            "long,,a@acme.example,,,more",
            f"y,{'y' * 101},,,",
            "z,Z,z\u200b@acme.example,,",
        ),
    )
    assert found == [
        (2, "control", "name"),
        (4, "formula", "name"),
        (4, "user_id_format", "b c"),
        (4, "email_format", "nobody"),
        (4, "role_unknown", "Owner"),
        (4, "language_unknown", "xx"),
        (6, "repeated", "nina"),
        (7, "taken", "erin"),
        (8, "former", "rob"),
        (10, "too_many_cells", ""),
        (10, "missing", "name"),
        (11, "too_long", "name"),
        (11, "missing", "email"),
        (12, "control", "email"),
    ]


def test_problems_are_told_in_the_readers_language(cast: Cast) -> None:
    """T10: codes are stored, words are chosen when somebody looks."""
    with tenant_transaction(cast.admin.tenant.id):
        problems = check(csv_of("erin,,x,boss,"), room=10).problems
    for language in ("en", "ja"):
        with translation.override(language):
            texts = [problem.text for problem in problems]
        assert all(texts)
        assert ("氏名" in " ".join(texts)) == (language == "ja")


# --- All or nothing ----------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_an_import_registers_everybody_and_invites_them(cast: Cast) -> None:
    """A7, A8: the same rows, roles and events as by hand, one event for the whole, a mail to each; the file is gone."""
    other = everything_of(cast.outsider.tenant)
    row = upload(cast, csv_of(NINA, OTTO))
    start(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        row.refresh_from_db()
        assert (row.state, row.content, row.row_count) == (ImportState.DONE, None, 2)
        nina, otto = User.objects.filter(user_id__in=["nina", "otto"]).order_by("user_id")
        assert (nina.name, nina.email, nina.language, nina.state) == ("Nina New", "nina@acme.example", "en", "invited")
        assert not nina.has_usable_password()
        assert [menus_of(nina), menus_of(otto)] == [{"documents"}, set()]
        assert not InvitationDue.objects.exists()
        assert progress_of(row.id) == (2, 2)
    assert sorted(actions_of(cast.admin.tenant)) == sorted(
        ["accounts.import.uploaded", "accounts.import.started", "accounts.import.completed"]
        + ["accounts.user.registered"] * 2
        + ["accounts.roles.given", "accounts.invitation.sent", "accounts.invitation.sent"]
    )
    event = newest_event(cast.admin.tenant, "accounts.import.completed")
    assert (event.actor_user_id, event.after) == (
        "alice",
        {"file": "list.csv", "sha256": row.sha256, "users": 2},
    )
    assert sorted(message.to[0] for message in mail.outbox) == ["nina@acme.example", "otto@acme.example"]
    assert everything_of(cast.outsider.tenant) == other


def test_a_list_with_one_bad_row_is_not_imported(cast: Cast) -> None:
    """A8: all or nothing."""
    row = upload(cast, csv_of(NINA, "erin,Erin,erin@acme.example,,"))
    assert (row.state, row.problem_count) == (ImportState.FAULTY, 1)
    with pytest.raises(ValidationError, match="cannot be imported"):
        start(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.count() == 3


def test_the_plan_limits_a_list(cast: Cast) -> None:
    """T7: when it is looked at, and again when it is imported."""
    assert complaints(cast, csv_of(OTTO, "p,P,p@acme.example,,"), room=1) == [(0, "plan_full", "1")]
    row = upload(cast, csv_of(OTTO, "p,P,p@acme.example,,"), room=2)
    start(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        for number in range(limits.users_of_plan().room - 1):
            User.objects.create(user_id=f"u{number}", name="U", email="u@acme.example")
    assert not run(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        row.refresh_from_db()
        assert (row.state, row.problems) == (ImportState.FAULTY, [[0, "plan_full", "1"]])
        assert not User.objects.filter(user_id="otto").exists()
    assert newest_event(cast.admin.tenant, "accounts.import.refused").outcome == "failure"


def test_what_changed_in_the_meantime_is_seen(cast: Cast) -> None:
    """A8: the import looks at every row again; nothing of it happens."""
    row = upload(cast, csv_of(OTTO, "p,P,p@acme.example,,"))
    start(cast, row)
    make_person(cast.admin.tenant, "p")
    assert not run(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        row.refresh_from_db()
        assert (row.state, row.problems) == (ImportState.FAULTY, [[3, "taken", "p"]])
        assert not User.objects.filter(user_id="otto").exists()


def test_an_import_has_the_rights_of_who_started_it(cast: Cast) -> None:
    """ASVS 8.3.3: whoever may not manage users any more imports nobody."""
    row = upload(cast, csv_of(OTTO))
    start(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        give_roles(cast.admin.user, [], actor=cast.admin.actor)
    assert not run(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        row.refresh_from_db()
        assert row.problems == [[0, "right_lost", ""]]
        assert not User.objects.filter(user_id="otto").exists()


# --- Workers that die, jobs that come twice ----------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_a_worker_that_dies_loses_nothing_and_repeats_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A8: half an import is none; the next run does it once; invitations that nobody queued are queued later."""
    row = upload(cast, csv_of(*(f"u{n:04},U,u{n:04}@acme.example,," for n in range(40))))
    with tenant_transaction(cast.admin.tenant.id):
        UserImport.objects.filter(id=row.id).update(
            state=ImportState.QUEUED, queued_by=cast.admin.user, queued_at=timezone.now() - timedelta(minutes=6)
        )
    monkeypatch.setattr(importing, "_CHUNK", 10)

    def die(_key: object, done: int, _total: int) -> None:
        if done == 30:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "note_progress", die)
        with pytest.raises(SystemExit):
            run(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.filter(user_id__startswith="u0").count() == 0

    with monkeypatch.context() as patch:
        patch.setattr(tasks.send_due_invitations, "delay", lambda: None)  # committed, then killed
        assert tasks.catch_up() == 1
    assert mail.outbox == []
    with tenant_transaction(cast.admin.tenant.id):
        assert InvitationDue.objects.count() == 40
    assert tasks.catch_up() == 1
    assert not run(cast, row)
    assert tasks.catch_up() == 0
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.filter(user_id__startswith="u0").count() == 40
        assert AuditEvent.objects.filter(action="accounts.import.completed").count() == 1
    assert sorted(message.to[0] for message in mail.outbox) == [f"u{n:04}@acme.example" for n in range(40)]


@pytest.mark.django_db(transaction=True, databases=EVERY_ROLE)
def test_two_workers_import_once(cast: Cast) -> None:
    """A8: the second one leaves it to the first."""
    row = upload(cast, csv_of(*(f"u{n:03},U,u{n:03}@acme.example,," for n in range(40))))
    with tenant_transaction(cast.admin.tenant.id):
        UserImport.objects.filter(id=row.id).update(state=ImportState.QUEUED, queued_by=cast.admin.user)
    assert sorted(at_once(lambda: run(cast, row), lambda: run(cast, row))) == [False, True]
    with tenant_transaction(cast.admin.tenant.id):
        assert User.objects.filter(user_id__startswith="u0").count() == 40


@pytest.mark.django_db(databases=EVERY_ROLE)  # removal asks for legal holds
def test_lists_that_nobody_wants_are_deleted(cast: Cast) -> None:
    """R1, A8: after a day. The note of an import stays until its period ends (tests/retention/expiry). Recorded."""
    upload(cast, csv_of(OTTO))
    done = upload(cast, csv_of(OTTO))
    with tenant_transaction(cast.admin.tenant.id):
        UserImport.objects.filter(id=done.id).update(state=ImportState.DONE, content=None)
    now = timezone.now()
    for days, left in ((0.9, 2), (1.1, 1), (29, 1)):
        with time_machine.travel(now + timedelta(days=days)), tenant_transaction(cast.admin.tenant.id):
            outstanding.clear_away(actor=Actor.system("test"))
            assert UserImport.objects.count() == left, days
    assert actions_of(cast.admin.tenant).count("accounts.import.discarded") == 1


def test_discarding(cast: Cast) -> None:
    """A8: at once, unless it is being imported."""
    row = upload(cast, csv_of(OTTO))
    start(cast, row)
    with tenant_transaction(cast.admin.tenant.id):
        with pytest.raises(ValidationError, match="being imported"):
            importing.discard(row, actor=cast.admin.actor)
        other = importing.upload(file_name="x", content=b"", room=1, actor=cast.admin.actor)
        importing.discard(other, actor=cast.admin.actor)
        assert list(UserImport.objects.all()) == [row]


def test_roles_of_the_companys_own_are_known_by_name(cast: Cast) -> None:
    """A9: and those of another company are not."""
    with tenant_transaction(cast.admin.tenant.id):
        create_role(name="経理 Accounting", menus=["documents"], actor=cast.admin.actor)
    with tenant_transaction(cast.outsider.tenant.id):
        create_role(name="Secret", menus=["documents"], actor=cast.outsider.actor)
    assert complaints(cast, csv_of("n,N,n@acme.example,経理　accounting;Secret,")) == [(2, "role_unknown", "Secret")]


def test_states_are_known_to_the_badges() -> None:
    """DESIGN 12: every state has a tone."""
    assert set(ImportState.values) <= set(STATUSES)
