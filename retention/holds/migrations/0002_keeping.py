"""Triggers that keep what a legal hold covers, whichever code deletes it or moves it away (R5).

Without a hold of one of the tenants concerned a statement pays one look at the small table of holds. What a hold has
seen it holds on to: a row that was kept once, because it moved, is covered for ever after.
"""

from django.db import migrations

# What a company takes along when it leaves; tests/retention/holds/test_keeping.py compares the list with the assets.
TABLES = (
    "accounts_role",
    "accounts_user",
    "accounts_userrole",
    "documents_counterparty",
    "forwarding_destination",
    "inventory_accountreview",
    "inventory_inventoryschedule",
    "inventory_reviewedaccount",
    "network_allowednetwork",
    "network_networkpolicy",
    "policy_securitypolicy",
    "recording_recordingpolicy",
    "sso_connection",
    "sso_externalidentity",
    "staff_staffaccess",
    "viewing_savedfilter",
    "watching_finding",
)

_CONTENTS = """
CREATE INDEX holds_kept_contents ON holds_keptrow (tenant_id, ("row" ->> 'object_name'))
WHERE table_name = 'documents_documentversion'
"""
_HEAD = """
CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM holds_hold WHERE released_at IS NULL AND tenant_id IN (SELECT tenant_id FROM old_rows)
    ) THEN
        RETURN NULL;
    END IF;
"""
_KEEP = """
    INSERT INTO holds_keptrow (id, hold_id, tenant_id, table_name, row_id, "row", kept_at)
    SELECT gen_random_uuid(), h.id, h.tenant_id, TG_TABLE_NAME, o.id, to_jsonb(o), now()
    FROM old_rows o JOIN holds_hold h ON h.tenant_id = o.tenant_id AND h.released_at IS NULL
    WHERE {covered};
"""
_TAIL = """
    RETURN NULL;
END $$
"""

_DELETED = (
    _HEAD.format(name="holds_keep_deleted")
    + _KEEP.format(
        covered="h.scope = 'company' OR (h.scope = 'person' AND TG_TABLE_NAME = 'accounts_user' AND o.id = h.scope_id)"
    )
    + _TAIL
)

# The folders of a hold: the one it names and those that were moved or deleted while it covered them, with all below.
_TREE = """
    WITH RECURSIVE folders AS (
        {folders}
    ), tree (hold_id, tenant_id, id) AS (
        (SELECT id, tenant_id, scope_id FROM holds_hold WHERE scope = 'folder' AND released_at IS NULL
         UNION
         SELECT k.hold_id, k.tenant_id, k.row_id FROM holds_keptrow k JOIN holds_hold h ON h.id = k.hold_id
         WHERE k.table_name = 'documents_folder' AND h.scope = 'folder' AND h.released_at IS NULL)
        UNION
        SELECT tree.hold_id, tree.tenant_id, f.id FROM folders f
        JOIN tree ON f.tenant_id = tree.tenant_id AND f.parent_id = tree.id
    )
"""
_LIVE = """SELECT f.tenant_id, f.id, f.parent_id FROM documents_folder f
        WHERE f.tenant_id IN (SELECT tenant_id FROM holds_hold WHERE scope = 'folder' AND released_at IS NULL)"""
# The tree as it was before the statement that moved or deleted some of it.
_BEFORE = (
    "SELECT tenant_id, id, parent_id FROM old_rows UNION ALL "
    + _LIVE
    + """
        AND NOT EXISTS (SELECT FROM old_rows o WHERE o.tenant_id = f.tenant_id AND o.id = f.id)"""
)
_IN_TREE = "EXISTS (SELECT FROM tree t WHERE t.hold_id = h.id AND t.id = {folder})"
_KEPT = "EXISTS (SELECT FROM holds_keptrow k WHERE k.hold_id = h.id AND k.table_name = '{table}' AND k.row_id = {row})"


def _function(name: str, tree: str, covered: str) -> str:
    return _HEAD.format(name=name) + _TREE.format(folders=tree) + _KEEP.format(covered=covered) + _TAIL


_FOLDERS = _function("holds_keep_folders", _BEFORE, "h.scope = 'company' OR " + _IN_TREE.format(folder="o.id"))
_DOCUMENTS = _function(
    "holds_keep_documents",
    _LIVE,
    " OR ".join(
        (
            "h.scope = 'company'",
            "(h.scope = 'document' AND o.id = h.scope_id)",
            _IN_TREE.format(folder="o.folder_id"),
            _KEPT.format(table="documents_document", row="o.id"),
            # A document of which the person has a version, or had one.
            """(h.scope = 'person' AND (
            EXISTS (SELECT FROM documents_documentversion v WHERE v.tenant_id = o.tenant_id AND v.document_id = o.id
                    AND v.uploaded_by_id = h.scope_id)
            OR EXISTS (SELECT FROM holds_keptrow k WHERE k.hold_id = h.id AND k.table_name = 'documents_documentversion'
                       AND k."row" ->> 'document_id' = o.id::text)))""",
        )
    ),
)
_VERSIONS = _function(
    "holds_keep_versions",
    _LIVE,
    " OR ".join(
        (
            "h.scope = 'company'",
            "(h.scope = 'document' AND o.document_id = h.scope_id)",
            "(h.scope = 'person' AND o.uploaded_by_id = h.scope_id)",
            _KEPT.format(table="documents_documentversion", row="o.id"),
            "(h.scope = 'folder' AND " + _KEPT.format(table="documents_document", row="o.document_id") + ")",
            """EXISTS (SELECT FROM documents_document d JOIN tree t ON t.hold_id = h.id AND t.id = d.folder_id
            WHERE d.tenant_id = o.tenant_id AND d.id = o.document_id)""",
        )
    ),
)


def _trigger(table: str, function: str, *, on_update: bool = False) -> list[str]:
    each = "REFERENCING OLD TABLE AS old_rows"
    body = f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    made = [f"CREATE TRIGGER holds_deleted AFTER DELETE ON {table} {each} {body}"]
    if on_update:
        made.append(f"CREATE TRIGGER holds_moved AFTER UPDATE ON {table} {each} {body}")
    return made


FUNCTIONS = ("holds_keep_deleted", "holds_keep_folders", "holds_keep_documents", "holds_keep_versions")
FORWARDS = [
    _CONTENTS,
    _DELETED,
    _FOLDERS,
    _DOCUMENTS,
    _VERSIONS,
    *(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC" for name in FUNCTIONS),
    *(statement for table in TABLES for statement in _trigger(table, "holds_keep_deleted")),
    *_trigger("documents_folder", "holds_keep_folders", on_update=True),
    *_trigger("documents_document", "holds_keep_documents", on_update=True),
    *_trigger("documents_documentversion", "holds_keep_versions", on_update=True),
]


def _backwards() -> list[str]:
    """The triggers go with their functions."""
    return [f"DROP FUNCTION {name}() CASCADE" for name in FUNCTIONS]


class Migration(migrations.Migration):
    dependencies = [
        ("holds", "0001_initial"),
        ("accounts", "0001_initial"),
        ("documents", "0001_initial"),
        ("forwarding", "0001_initial"),
        ("inventory", "0001_initial"),
        ("network", "0001_initial"),
        ("policy", "0001_initial"),
        ("recording", "0001_initial"),
        ("sso", "0001_initial"),
        ("staff", "0001_initial"),
        ("viewing", "0001_initial"),
        ("watching", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARDS, [*_backwards(), "DROP INDEX holds_kept_contents"])]
