"""Digests of everything in the database, row by row: what a deed changed, and that it changed nothing else."""

from django.db import connections

from tenants.isolation.placement import OWNER_ALIAS

Rows = dict[tuple[str, str], str]


def every_row() -> Rows:
    """Of every table of the product, each row with its digest, as the owner: of all companies."""
    found: Rows = {}
    with connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT md5(t::text), t::text FROM ONLY "{table}" AS t')
            found |= {(table, digest): text for digest, text in cursor.fetchall()}
    return found


def changed(before: Rows, after: Rows) -> dict[str, tuple[int, int]]:
    """By table, how many rows went and how many came; a changed row does both. Partitions count as their table."""
    tables: dict[str, tuple[int, int]] = {}
    for went, keys in ((True, before.keys() - after.keys()), (False, after.keys() - before.keys())):
        for table, _digest in keys:
            name = "auditlog_auditevent" if table.startswith("auditlog_auditevent") else table
            gone, come = tables.get(name, (0, 0))
            tables[name] = (gone + went, come + (not went))
    return tables
