"""Status documents for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from incidents.status.days import Span, days_of
from incidents.status.document import (
    News,
    PublicIncident,
    PublicMaintenance,
    Report,
    State,
    StatusDocument,
    Text,
)
from incidents.status.outage import empty_document

NOW = datetime(2026, 11, 24, 9, 6, tzinfo=UTC)  # 18:06 in Japan


def quiet_document(now: datetime = NOW) -> StatusDocument:
    """Every part has been up for 90 days."""
    days = days_of([Span(now - timedelta(days=100), now, State.OPERATIONAL)], count=90, now=now)
    document = empty_document(now)
    components = tuple(replace(one, state=State.OPERATIONAL, days=days) for one in document.components)
    return replace(document, components=components)


def busy_document(now: datetime = NOW) -> StatusDocument:
    """An open incident without English in its update, one that is over, maintenance ahead, a gap in the watch."""
    document = quiet_document(now)
    spans = [
        Span(now - timedelta(days=100), now - timedelta(hours=30), State.OPERATIONAL),
        Span(now - timedelta(hours=20), now - timedelta(hours=2), State.OPERATIONAL),
        Span(now - timedelta(hours=2), now, State.DOWN),
    ]
    web, files, *others = document.components
    files = replace(files, state=State.DOWN, days=days_of(spans, count=90, now=now))
    return replace(
        document,
        components=(web, files, *others),
        incidents=(_incident(now), _former(now)),
        maintenance=(_maintenance(now),),
        news=(_news(now),),
    )


def _incident(now: datetime) -> PublicIncident:
    return PublicIncident(
        number="INC-2026-0007",
        title=Text("文書を<開く>ことができません", "Documents cannot be <opened>"),
        severity="serious",
        status="identified",
        components=("documents",),
        detected_at=now - timedelta(hours=2),
        began_at=now - timedelta(hours=2, minutes=5),
        resolved_at=None,
        next_update_at=now + timedelta(minutes=30),
        reports=(
            Report(
                kind="first_notice",
                number=1,
                published_at=now - timedelta(hours=1, minutes=40),
                body=Text(
                    "原因を調査しております。", "We look into it.\n\n<script>alert(1)</script> https://example.com/x"
                ),
            ),
            Report(
                kind="update",
                number=2,
                published_at=now - timedelta(minutes=40),
                body=Text("原因を特定しました。"),
            ),
        ),
    )


def _former(now: datetime) -> PublicIncident:
    return replace(
        _incident(now),
        number="INC-2026-0006",
        title=Text("メールの遅延", "Mails were late"),
        status="resolved",
        components=("mail",),
        detected_at=now - timedelta(days=6),
        resolved_at=now - timedelta(days=5),
        next_update_at=None,
        reports=(),
    )


def _maintenance(now: datetime) -> PublicMaintenance:
    return PublicMaintenance(
        id="m1",
        title=Text("定期メンテナンス", "Regular maintenance"),
        body=Text("データベースを更新します。", "The database is brought up to date."),
        components=("web",),
        state="announced",
        begins_at=now + timedelta(days=8),
        ends_at=now + timedelta(days=8, hours=2),
    )


def _news(now: datetime) -> News:
    return News(
        id="n1",
        maintenance="m1",
        title=Text("メンテナンス：定期メンテナンス", "Maintenance: Regular maintenance"),
        body=Text("データベースを更新します。", "The database is brought up to date."),
        components=("web",),
        published_at=now - timedelta(days=1),
        mailed=True,
    )
