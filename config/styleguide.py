"""The style guide: one page for operators that shows every element in every state, with samples in code."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import menu_required
from config.presentation import STATUSES

ICONS = ("home", "folder", "file-text", "users", "shield-lock", "lock", "history", "archive", "bell", "settings")
ROWS = [
    {"name": "取引基本契約書.pdf", "owner": "佐藤 花子", "size": 482_133, "status": "active"},
    {"name": "Invoice 2026-10.csv", "owner": "Ken Watanabe", "size": 18_204, "status": "pending"},
    {"name": "機密保持契約書（株式会社青海商事）.docx", "owner": "鈴木 一郎", "size": 96_310, "status": "suspended"},
]
MONTHS = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
STORAGE = {"labels": MONTHS, "series": [{"label": _("Storage"), "values": [12, 19, 24, 31, 38, 44]}]}
REQUESTS = {
    "labels": MONTHS,
    "series": [
        {"label": _("Answered"), "values": [820, 932, 901, 1290, 1330, 1520]},
        {"label": _("Refused"), "values": [21, 18, 35, 12, 44, 9]},
    ],
}


class SampleForm(forms.Form):
    """Every kind of field that the product uses."""

    company_code = forms.CharField(label=_("Company code"), help_text=_("Letters and digits, as on your contract."))
    email = forms.EmailField(label=_("E-mail address"))
    plan = forms.ChoiceField(label=_("Plan"), choices=[("", "—"), ("basic", _("Basic")), ("business", _("Business"))])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    notices = forms.MultipleChoiceField(
        label=_("Notices by e-mail"),
        choices=[("maintenance", _("Planned maintenance")), ("incident", _("Incidents"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=[("Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC")], widget=forms.RadioSelect
    )
    contract = forms.FileField(label=_("Signed contract"), required=False)
    agreed = forms.BooleanField(label=_("The company has agreed to the terms of service."))


class SampleFilterForm(forms.Form):
    """Fields side by side."""

    text = forms.CharField(label=_("Name contains"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), ("pdf", "PDF")], required=False)
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}), required=False)


class SampleTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Sorting, numbers, a status and an empty state."""

    name = tables.Column(verbose_name=_("Name"))
    owner = tables.Column(verbose_name=_("Owner"))
    size = tables.Column(verbose_name=_("Bytes"), attrs={"td": {"class": "numeric"}, "th": {"class": "numeric"}})
    status = tables.TemplateColumn(
        "{% load elements %}{% badge record.status status=record.status %}", verbose_name=_("Status"), orderable=False
    )

    class Meta:
        template_name = "elements/table.html"
        empty_text = _("No files yet")

    caption = _("Files in this folder")
    empty_icon = "folder-open"
    empty_hint = _("Upload the first file, or ask an administrator to give you rights to another folder.")


@menu_required("operator.styleguide")
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all elements; nothing on the page changes anything."""
    messages.success(request, _("The user was registered and invited by e-mail."))
    rows = SampleTable(ROWS, order_by=request.GET.get("sort", "name"))
    rows.paginate(page=1, per_page=25)
    context: dict[str, Any] = {
        "icons": ICONS,
        "statuses": list(STATUSES),
        "form": SampleForm(initial={"company_code": "ACME", "zone": "Asia/Tokyo"}),
        "wrong_form": SampleForm({"company_code": "", "email": "ken(at)example", "zone": "UTC"}, auto_id="wrong_%s"),
        "filter_form": SampleFilterForm(),
        "invitation": f"{settings.PUBLIC_URL}/invitation/…",
        "table": rows,
        "empty_table": SampleTable([]),
        "page": Paginator(range(240), 10).get_page(request.GET.get("page", 12)),
        "storage": STORAGE,
        "requests": REQUESTS,
        "now": timezone.now(),
        "losses": [_("312 files in 24 folders"), _("18 user accounts"), _("All backups, after 30 days")],
        "trail": [(_("Documents"), "#"), (_("Contracts"), "#"), ("2026", "#")],
    }
    return render(request, "styleguide.html", context)
