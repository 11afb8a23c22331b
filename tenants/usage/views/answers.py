"""What both audiences get of one company's figures."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from auditlog.exports.spreadsheet import BOM, csv_rows
from tenants.models import Tenant
from tenants.usage.charts import HEADINGS, charts, newest, table_rows
from tenants.usage.forms import SpanForm
from tenants.usage.queries import Point


def figures(tenant: Tenant, form: SpanForm, points: list[Point]) -> dict[str, Any]:
    """The context of a page with charts."""
    span = form.chosen()
    return {
        "tenant": tenant,
        "form": form,
        "span": span,
        "charts": charts(points, span),
        "points": points,
        "newest": newest(points),
    }


def figures_csv(tenant: Tenant, form: SpanForm, points: list[Point]) -> HttpResponse:
    """The same as a table."""
    span = form.chosen()
    return csv_answer(HEADINGS, table_rows(points, span), f"usage-{tenant.company_code}-{span}.csv")


def csv_answer(headings: Iterable[object], rows: Iterable[Iterable[object]], name: str) -> HttpResponse:
    """A table that spreadsheets open."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(BOM + csv_rows([headings, *rows]), content_type="text/csv; charset=utf-8", headers=headers)
