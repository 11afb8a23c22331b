"""Tables of leaving."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_COMPANY = """{{ record.tenant.name }}<br><code>{{ record.tenant.company_code }}</code>"""
_STATE = """{% load elements %}{% badge record.tenant.get_state_display status=record.tenant.state %}
{% if record.breaks_promise %}{% badge late tone="danger" icon="alert-octagon" %}{% endif %}"""
_DAY = "<span class='text-nowrap'>{{ value|date:'Y-m-d' }}</span>"
_WHY = """{{ record.get_reason_display }}<br><small class="text-secondary">{{ record.get_side_display }}</small>"""
_WITHDRAW = """{% load elements i18n %}{% if record.may_be_withdrawn %}
{% url 'operator:leaving_withdraw' record.id as url %}
{% post_button action=url icon="restore" %}{% translate "Withdraw" %}{% endpost_button %}{% endif %}"""


class LeavingTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Companies that leave or have left, with every date by their own calendar, the last to leave first."""

    company = tables.TemplateColumn(_COMPANY, verbose_name=_("Company"), empty_values=())
    state = tables.TemplateColumn(
        _STATE, verbose_name=_("State"), empty_values=(), extra_context={"late": _("Does not fit the promise any more")}
    )
    last_day = tables.TemplateColumn(_DAY, verbose_name=_("Last day of use"))
    erase = tables.TemplateColumn(_DAY, accessor="dates__erase_on", verbose_name=_("Erasure"))
    gone = tables.TemplateColumn(_DAY, accessor="dates__gone_on", verbose_name=_("Gone by"))
    reason = tables.TemplateColumn(_WHY, verbose_name=_("Reason"), empty_values=())
    actions = tables.TemplateColumn(_WITHDRAW, verbose_name="", empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No company is leaving")

    caption = _("Companies that leave")
    empty_icon = "door-exit"
    empty_hint = _("A company cancels in its own console, or you do it on its behalf.")
