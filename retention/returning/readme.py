"""README.txt of a data return: what is where, in Japanese and in English (R3).

Each language has its whole text in `texts/`: a letter of a page is not translated sentence by sentence.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import engines

from retention.returning.content import LANGUAGES, Table
from tenants.models import Tenant

_TEXTS = Path(__file__).parent / "texts"


def readme(tenant: Tenant, at: datetime, tables: Iterable[Table]) -> bytes:
    """The text: UTF-8 with a mark and the line ends of Windows, so that every editor shows it."""
    tables = list(tables)
    texts = [
        engines["django"]
        .from_string((_TEXTS / f"readme.{language}.txt").read_text(encoding="utf-8"))
        .render(
            {
                "tenant": tenant,
                "at": f"{at.astimezone(ZoneInfo(tenant.time_zone)):%Y-%m-%d %H:%M:%S}",
                "product": settings.PRODUCT_NAME,
                "tables": [(table.name, table.titles[language]) for table in tables],
            }
        )
        for language in LANGUAGES
    ]
    return "\n".join(texts).replace("\n", "\r\n").encode("utf-8-sig")
