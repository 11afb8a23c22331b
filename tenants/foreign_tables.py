"""Declarations of the tables that third-party packages bring (DESIGN section 4)."""

from django.utils.translation import gettext_noop

from tenants.isolation.assets import NO_RIGHTS, Asset, Erasure, Ownership, Retention, TableKind, declare_table

declare_table(
    "django_migrations",
    Asset(
        data_class=gettext_noop("schema history"),
        ownership=Ownership.PROVIDER,
        retention=Retention.while_in_use(),
        archived=False,
        left_out="written by the migrations of the release that is installed; a manifest names its own",
        returned=False,
        erasure=Erasure.KEEP,
        kind=TableKind.CONTROL,
        app_rights=NO_RIGHTS,
    ),
)
