"""Tables of legal holds."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """<a href="{% url 'operator:hold' record.id %}">{{ record.company_name }}</a><br>
<code>{{ record.company_code }}</code>"""
_ORDER = "{{ record.authority }}<br>{{ record.reference }}"
_SCOPE = """{% include "retention/holds/_scope.html" with extent=record only %}"""
_SEALED = """{% include "retention/holds/_sealed.html" with hold=record only %}"""
_REVIEW = """{% include "retention/holds/_review.html" with hold=record only %}"""
_STATE = """{% include "retention/holds/_state.html" with hold=record only %}"""


class HoldTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What is held, by whose order, and when it is looked at again."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    order = tables.TemplateColumn(_ORDER, verbose_name=_("Order"), empty_values=())
    scope = tables.TemplateColumn(_SCOPE, verbose_name=_("Scope"))
    sealed = tables.TemplateColumn(_SEALED, verbose_name=_("What the company knows"), empty_values=())
    review_on = tables.TemplateColumn(_REVIEW, verbose_name=_("Review"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("Nothing is held")

    caption = _("Legal holds")
    empty_icon = "gavel"
    empty_hint = _(
        "When an authority orders data to be kept, place a hold: nothing of it is removed until its release."
    )


class NoticeTable(tables.Table):  # type: ignore[misc]
    """What a company is told."""

    kind = tables.Column(verbose_name=_("Kind"))
    order = tables.TemplateColumn(_ORDER, verbose_name=_("Order"), empty_values=())
    legal_ground = tables.Column(verbose_name=_("Legal ground"))
    scope = tables.TemplateColumn(_SCOPE, verbose_name=_("Scope"))
    begun_at = tables.TemplateColumn("{% load elements %}{% moment record.begun_at %}", verbose_name=_("Since"))
    ended_at = tables.TemplateColumn(
        "{% load elements %}{% if record.ended_at %}{% moment record.ended_at %}{% else %}–{% endif %}",
        verbose_name=_("Ended"),
        empty_values=(),
    )

    class Meta:
        orderable = False
        empty_text = _("Nothing is held, and nothing was disclosed")

    caption = _("Legal holds and disclosures")
    empty_icon = "gavel"
    empty_hint = _("If an authority orders your company's data to be kept or handed out, you see it here.")
