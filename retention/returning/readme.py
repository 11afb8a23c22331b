"""README.txt of a data return: what is where, in Japanese and in English (R3)."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

from retention.returning.content import LANGUAGES, Table
from tenants.models import Tenant


def readme(tenant: Tenant, at: datetime, tables: Iterable[Table]) -> bytes:
    """The text: UTF-8 with a mark and the line ends of Windows, so that every editor shows it."""
    tables = list(tables)
    texts = [
        render_to_string(
            f"returning/readme.{language}.txt",
            {
                "tenant": tenant,
                "at": f"{at.astimezone(ZoneInfo(tenant.time_zone)):%Y-%m-%d %H:%M:%S}",
                "product": settings.PRODUCT_NAME,
                "tables": [(table.name, table.titles[language]) for table in tables],
            },
        )
        for language in LANGUAGES
    ]
    return "\n".join(texts).replace("\n", "\r\n").encode("utf-8-sig")
