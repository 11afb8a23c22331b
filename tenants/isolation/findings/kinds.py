"""What the check can find. The codes are stable: scripts and the trust page refer to them."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What is wrong, as a code."""

    # Tables and their declarations
    TABLE_UNDECLARED = "table_undeclared"
    TABLE_MISSING = "table_missing"
    RULE_ON_TABLE = "rule_on_table"
    # Policies
    RLS_NOT_ENABLED = "rls_not_enabled"
    RLS_NOT_FORCED = "rls_not_forced"
    POLICY_MISSING = "policy_missing"
    POLICY_DIFFERS = "policy_differs"
    POLICY_EXTRA = "policy_extra"
    # Columns and keys
    TENANT_COLUMN = "tenant_column"
    PRIMARY_KEY = "primary_key"
    UNIQUE_WITHOUT_TENANT = "unique_without_tenant"
    INDEX_NOT_LED_BY_TENANT = "index_not_led_by_tenant"
    FOREIGN_KEY_WITHOUT_TENANT = "foreign_key_without_tenant"
    FOREIGN_KEY_MISSING = "foreign_key_missing"
    FOREIGN_KEY_UNPROVEN = "foreign_key_unproven"
    FOREIGN_KEY_ACROSS_KINDS = "foreign_key_across_kinds"
    # Rights
    RIGHTS_DIFFER = "rights_differ"
    RIGHTS_PAST_POLICIES = "rights_past_policies"
    RIGHTS_OF_PUBLIC = "rights_of_public"
    RIGHTS_OF_STRANGER = "rights_of_stranger"
    RIGHTS_ON_COLUMN = "rights_on_column"
    RIGHTS_GRANTABLE = "rights_grantable"
    PARTITION_GRANTED = "partition_granted"
    SEQUENCE_READABLE = "sequence_readable"
    DEFAULT_RIGHTS = "default_rights"
    SCHEMA_CREATE = "schema_create"
    DATABASE_RIGHTS = "database_rights"
    # Views and functions
    VIEW_WITHOUT_INVOKER = "view_without_invoker"
    MATERIALIZED_VIEW_GRANTED = "materialized_view_granted"
    DEFINER_UNDECLARED = "definer_undeclared"
    DEFINER_MISSING = "definer_missing"
    DEFINER_SEARCH_PATH = "definer_search_path"
    DEFINER_EXECUTORS = "definer_executors"
    # Sessions and roles
    NOT_APP_ROLE = "not_app_role"
    TENANT_PRESET = "tenant_preset"
    ROLE_MISSING = "role_missing"
    ROLE_POWER = "role_power"
    ROLE_MEMBERSHIP = "role_membership"
    ROLE_OWNS = "role_owns"
    OWNER_FILTERED = "owner_filtered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: what kind, of which table, role or function, and what exactly."""

    kind: FindingKind
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.subject} {self.detail} [{self.kind}]"
