"""Transaction numbers of a log that moves to another server, so that its seals stay good (B6, G7).

Events are sealed in the order of the transactions that wrote them. Another server counts its own transactions, so that
order is written down anew in small numbers: it is in the leaves of the seals, which name the events one after the
other. Events that were not sealed yet come after all of them. The ends of the segments follow; they are not a part of
what was signed. What was signed, and every hash, stays as it is and is verified after the rebuild.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone
from psycopg import sql

from auditlog.sealing import entries
from auditlog.sealing.models import Leaves, Segment
from backups.loading import STAGE
from tenants.isolation.context import tenant_scope
from tenants.isolation.placement import OWNER_ALIAS

# One step where a new segment begins, and wherever the order of time and id would be another one than the sealed one.
_NUMBERED = """
    CREATE TABLE pg_temp.event_numbers AS
    WITH sealed AS (
        SELECT leaf.id, leaf.seq, leaf.position, CASE
            WHEN lag(leaf.seq) OVER inorder IS DISTINCT FROM leaf.seq THEN 1
            WHEN (event.at, leaf.id) < (lag(event.at) OVER inorder, lag(leaf.id) OVER inorder) THEN 1
            ELSE 0 END AS step
        FROM pg_temp.leaf_order AS leaf JOIN {stage} AS event USING (id)
        WINDOW inorder AS (ORDER BY leaf.seq, leaf.position)
    ), numbered AS (
        SELECT id, seq, sum(step) OVER (ORDER BY seq, position) AS number FROM sealed
    )
    SELECT id, seq, number FROM numbered UNION ALL
    SELECT id, NULL, (SELECT coalesce(max(number), 0) + 2 FROM numbered) FROM {stage} AS event
    WHERE NOT EXISTS (SELECT FROM pg_temp.leaf_order AS leaf WHERE leaf.id = event.id)
"""
# A segment ends where the next one may begin. The newest has not come up to the present (`queries.has_caught_up`), so
# that events which the archive holds and no seal knows are taken by the next one, whatever their age.
_ENDS = """
    UPDATE sealing_segment AS segment
    SET end_transaction = ends.number, end_at = CASE WHEN ends.newest THEN timestamptz 'epoch' END
    FROM (
        SELECT seq, 1 + coalesce(max(last.number) OVER (ORDER BY seq), 0) AS number, seq = max(seq) OVER () AS newest
        FROM sealing_segment LEFT JOIN (
            SELECT seq, max(number) AS number FROM pg_temp.event_numbers GROUP BY seq
        ) AS last USING (seq) WHERE tenant_id = {tenant}
    ) AS ends WHERE segment.tenant_id = {tenant} AND segment.seq = ends.seq
"""
_BATCH = 50
_MISSING = """
    SELECT min(seq) FROM pg_temp.leaf_order AS leaf
    WHERE expires > {today} AND NOT EXISTS (SELECT FROM {stage} AS event WHERE event.id = leaf.id)
"""


@dataclass(slots=True)
class Numbering:
    """Numbers the events of one tenant; `cut` is how many of its seals spoke of events that no archive has.

    `may_cut`: the archive is older than the seals, which then end where the archive does. Otherwise a missing event
    stays missing, and the verification says so.
    """

    tenant_id: UUID
    may_cut: bool
    cut: int = 0
    newest: int = 0

    def __call__(self, cursor: Any) -> None:
        """Make `event_numbers` of the staged events, in the transaction of the owner."""
        self._order(cursor)
        if self.may_cut:
            self._cut(cursor)
        cursor.execute(sql.SQL(_NUMBERED).format(stage=STAGE))
        cursor.execute(sql.SQL(_ENDS).format(tenant=sql.Literal(self.tenant_id)))
        cursor.execute("SELECT coalesce(max(number), 0) FROM pg_temp.event_numbers")
        self.newest = int(cursor.fetchone()[0])

    def _order(self, cursor: Any) -> None:
        """Write down the leaves in their order."""
        cursor.execute("CREATE TABLE pg_temp.leaf_order (id uuid, seq bigint, position bigint, expires bigint)")
        batch = self._leaves_after(0)
        while batch:
            with cursor.copy("COPY pg_temp.leaf_order FROM STDIN") as copy:
                for seq, packed in batch:
                    for position, leaf in enumerate(map(entries.read, entries.split(packed))):
                        copy.write_row((leaf.id, seq, position, leaf.expires))
            batch = self._leaves_after(batch[-1][0])
        cursor.execute("ANALYZE pg_temp.leaf_order")

    def _leaves_after(self, seq: int) -> list[tuple[int, bytes]]:
        """The leaves of the next segments; not while they are written down, for a connection does one thing at once."""
        found = Leaves.objects.using(OWNER_ALIAS).filter(seq__gt=seq).order_by("seq")
        return [(number, bytes(packed)) for number, packed in found.values_list("seq", "entries")[:_BATCH]]

    def _cut(self, cursor: Any) -> None:
        today = sql.Literal(entries.number_of(timezone.now().date()))
        cursor.execute(sql.SQL(_MISSING).format(today=today, stage=STAGE))
        (first,) = cursor.fetchone()
        if first is None:
            return
        for table in (Leaves._meta.db_table, Segment._meta.db_table):
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE tenant_id = {} AND seq >= {}").format(
                    sql.Identifier(table), sql.Literal(self.tenant_id), sql.Literal(first)
                )
            )
            self.cut = cursor.rowcount
        cursor.execute("DELETE FROM pg_temp.leaf_order WHERE seq >= %s", [first])


def forget(cursor: Any) -> None:
    """Drop the temporary tables; the connection goes on to the next tenant."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.event_numbers, pg_temp.leaf_order")


def move_transactions_on(beyond: int) -> None:
    """Let the server use up numbers until it is past those that were given here. With no transaction open."""
    with tenant_scope(None), connections[OWNER_ALIAS].cursor() as cursor:
        loop = f"WHILE pg_current_xact_id()::text::bigint <= {beyond + 1:d} LOOP COMMIT; END LOOP"
        cursor.execute(f"DO $$ BEGIN {loop}; END $$")
