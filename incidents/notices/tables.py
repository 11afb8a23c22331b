"""Tables of notices."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_MOMENT = "{{% load elements %}}{{% if record.{0} %}}{{% moment record.{0} %}}{{% else %}}–{{% endif %}}"


class NoticeTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What a company was told."""

    title = tables.TemplateColumn(template_name="incidents/notices/_title.html", verbose_name=_("Notice"))
    kind = tables.TemplateColumn(template_name="incidents/notices/_kind.html", verbose_name=_("Kind"))
    published_at = tables.TemplateColumn(
        _MOMENT.format("published_at"), verbose_name=pgettext_lazy("notice", "Published")
    )

    class Meta:
        orderable = False
        empty_text = _("There is no notice yet")

    caption = _("Notices")
    empty_icon = "speakerphone"
    empty_hint = _("Maintenance, incidents and changes will be announced here.")


class OperatorNoticeTable(tables.Table):  # type: ignore[misc]
    """What operators have written."""

    title_ja = tables.TemplateColumn(template_name="incidents/notices/operator/_title.html", verbose_name=_("Notice"))
    state = tables.TemplateColumn(
        template_name="incidents/notices/operator/_state.html", verbose_name=_("State"), empty_values=()
    )
    companies = tables.TemplateColumn(
        template_name="incidents/notices/operator/_companies.html", verbose_name=_("Companies"), empty_values=()
    )
    when = tables.TemplateColumn(
        template_name="incidents/notices/operator/_when.html", verbose_name=_("When"), empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("There is no such notice")

    caption = _("Notices")
    empty_icon = "speakerphone"
    empty_hint = _("Write one: nobody sees it before it is published.")


class ReceiptTable(tables.Table):  # type: ignore[misc]
    """Who has read, by company."""

    company = tables.TemplateColumn(
        "{{ record.tenant.name }}<br><code>{{ record.tenant.company_code }}</code>",
        verbose_name=_("Company"),
        empty_values=(),
    )
    readers = tables.Column(
        verbose_name=_("People who have read it"), attrs={"td": {"class": "numeric"}, "th": {"class": "numeric"}}
    )
    first_read_at = tables.TemplateColumn(
        _MOMENT.format("first_read_at"), verbose_name=_("First read"), empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("This notice has no companies")

    caption = _("Read receipts by company")
