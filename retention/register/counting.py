"""About how many rows each declared table has now (R6)."""

from tenants.isolation.assets import declared_assets
from tenants.isolation.transactions import current_connection, platform_transaction

# What the statistics of the database say: the platform role may read few tables, and none of them across companies;
# counting all of them would read everything. Of a table in partitions the partitions are added up. Statistics are
# gone after a crash; until the next ANALYZE the catalogue has the number of the last one.
_STATEMENT = """
    SELECT listed.name,
           sum(CASE pg_stat_get_live_tuples(part.oid)
               WHEN 0 THEN greatest(part.reltuples, 0)::bigint
               ELSE pg_stat_get_live_tuples(part.oid) END)::bigint
      FROM unnest(%s::text[]) AS listed (name)
     CROSS JOIN LATERAL (SELECT to_regclass(quote_ident(listed.name))::oid AS id
                         UNION SELECT relid FROM pg_partition_tree(to_regclass(quote_ident(listed.name)))) AS leaf
      JOIN pg_class AS part ON part.oid = leaf.id AND part.relkind = 'r'
     GROUP BY listed.name
"""


def rows_by_table() -> dict[str, int]:
    """The number of rows of every declared table, of all companies together; an estimate, by one statement."""
    with platform_transaction(), current_connection().cursor() as cursor:
        cursor.execute(_STATEMENT, [sorted(declared_assets())])
        return {str(name): int(rows) for name, rows in cursor.fetchall()}
