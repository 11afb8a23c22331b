"""Tables of invoices."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_YEN = "{{ value|floatformat:'0g' }}"
_KIND = """{% load elements %}{% if record.is_credit_note %}{% badge record.get_kind_display tone='warning' %}
{% else %}{{ record.get_kind_display }}{% endif %}"""
_DAY = "{% if value %}{{ value|date:'Y-m-d' }}{% else %}—{% endif %}"
_PDF = """{% load elements %}<a class="btn btn-sm" href="{% url 'console:invoice_pdf' record.id %}">
{% icon 'download' %}PDF<span class="visually-hidden"> {{ record.number }}</span></a>"""
_NUMBER = """<a href="{% url 'operator:invoice' record.id %}">{{ record.number }}</a>"""
_COMPANY = "{{ record.recipient_name }}<br><code>{{ record.company_code }}</code>"


class InvoiceTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """One company's own, newest first."""

    number = tables.Column(verbose_name=_("Number"))
    kind = tables.TemplateColumn(_KIND, verbose_name=_("Kind"))
    period = tables.TemplateColumn("{{ value|date:'Y-m' }}", verbose_name=_("Month"))
    issued_on = tables.TemplateColumn(_DAY, verbose_name=_("Issued"))
    due_on = tables.TemplateColumn(_DAY, verbose_name=_("Payment due"), empty_values=())
    total = tables.TemplateColumn(
        "{{ record.signed_total|floatformat:'0g' }}", verbose_name=_("Total incl. tax (JPY)"), attrs=_NUMERIC
    )
    pdf = tables.TemplateColumn(_PDF, verbose_name=_("PDF"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No invoice was issued yet")

    caption = _("Invoices")
    empty_icon = "file-certificate"
    empty_hint = _("The invoice of a month comes on the first day of the next one.")


class LedgerTable(tables.Table):  # type: ignore[misc]
    """Everybody's, for operators."""

    number = tables.TemplateColumn(_NUMBER, verbose_name=_("Number"))
    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    kind = tables.TemplateColumn(_KIND, verbose_name=_("Kind"))
    period = tables.TemplateColumn("{{ value|date:'Y-m' }}", verbose_name=_("Month"))
    issued_on = tables.TemplateColumn(_DAY, verbose_name=_("Issued"))
    due_on = tables.TemplateColumn(_DAY, verbose_name=_("Payment due"), empty_values=())
    net = tables.TemplateColumn(_YEN, verbose_name=_("Without tax"), attrs=_NUMERIC)
    tax = tables.TemplateColumn(_YEN, verbose_name=_("Tax"), attrs=_NUMERIC)
    total = tables.TemplateColumn(
        "{{ record.signed_total|floatformat:'0g' }}", verbose_name=_("Total (JPY)"), attrs=_NUMERIC
    )

    class Meta:
        orderable = False
        empty_text = _("No invoice matches")

    caption = _("Invoices")
    empty_icon = "file-certificate"
    empty_hint = _("Invoices are issued when a month has ended, once prices and the issuer are there.")


class PriceTable(tables.Table):  # type: ignore[misc]
    """The price list."""

    plan = tables.Column(accessor="get_plan_code_display", verbose_name=_("Plan"))
    valid_from = tables.TemplateColumn("{{ value|date:'Y-m' }}", verbose_name=_("From this month on"))
    fee = tables.TemplateColumn(_YEN, verbose_name=_("Fee a month without tax (JPY)"), attrs=_NUMERIC)
    tax = tables.TemplateColumn(
        "{{ record.tax_percent }} %{% if record.reduced %} ※{% endif %}",
        verbose_name=_("Tax rate"),
        attrs=_NUMERIC,
        empty_values=(),
    )
    set_by = tables.TemplateColumn(
        "{% load elements %}{{ record.set_by_name }}<br>{% moment record.set_at %}",
        verbose_name=_("Set by"),
        empty_values=(),
    )
    withdraw = tables.TemplateColumn(
        template_name="tenants/invoices/_withdraw.html", verbose_name=_("Withdraw"), empty_values=()
    )

    class Meta:
        orderable = False
        empty_text = _("There is no price yet")

    caption = _("Price list")
    empty_icon = "file-certificate"
    empty_hint = _("Without a price nothing is invoiced. The trial plan costs nothing.")
