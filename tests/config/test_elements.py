"""Elements: what stands in a template comes out on the page, escaped, labelled and reachable by keyboard.

ASVS 3.2.2.
"""

import datetime as dt
import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone, translation

HOSTILE = '"><script>alert(1)</script>'


def render(source: str, **context: object) -> str:
    """The page fragment that the source makes."""
    return Template("{% load elements i18n %}" + source).render(Context(context))


def test_unknown_attribute_is_an_error() -> None:
    """A misspelt attribute must not become a silent gap."""
    with pytest.raises(TemplateSyntaxError, match="no attribute titel"):
        Template('{% load elements %}{% panel titel="x" %}{% endpanel %}')


def test_too_many_positional_attributes_are_an_error() -> None:
    """The same for a value without a name."""
    with pytest.raises(TemplateSyntaxError, match="no attribute"):
        Template('{% load elements %}{% avatar "a" "b" %}')


def test_slots_belong_to_their_own_element() -> None:
    """A panel inside another neither eats the outer one's actions nor gives it its own."""
    html = render(
        '{% panel title="outer" %}{% panel title="inner" %}{% slot actions %}INNER{% endslot %}body{% endpanel %}'
        "{% slot actions %}OUTER{% endslot %}{% endpanel %}"
    )
    outer, inner = html.split("outer")[1].split("inner")
    assert "OUTER" in outer
    assert "INNER" in inner
    assert html.count("OUTER") == html.count("INNER") == 1


def test_slot_outside_of_an_element_is_an_error() -> None:
    """Its content would vanish."""
    with pytest.raises(TemplateSyntaxError, match="outside"):
        render("{% slot actions %}x{% endslot %}")


def test_element_does_not_see_the_page_round_it() -> None:
    """A variable of the page with an attribute's name changes nothing."""
    assert "from the page" not in render('{% panel title="t" %}x{% endpanel %}', subtitle="from the page")


@pytest.mark.parametrize(
    "source",
    [
        "{% panel title=v subtitle=v id=v %}{{ v }}{% endpanel %}",
        "{% alert title=v %}{{ v }}{% endalert %}",
        "{% empty_state title=v %}{{ v }}{% endempty_state %}",
        "{% badge v %}",
        "{% definitions %}{% definition v %}{{ v }}{% enddefinition %}{% enddefinitions %}",
        "{% stat v v unit=v hint=v url=v %}",
        "{% progress 1 2 label=v text=v %}",
        "{% confirm title=v submit=v cancel=v word=v losses=vs action=v %}{{ v }}{% endconfirm %}",
        "{% post_button action=v name=v value=v %}{{ v }}{% endpost_button %}",
        "{% menu v compact=True icon='dots' %}{{ v }}{% endmenu %}",
        "{% breadcrumbs trail %}",
        "{% avatar v %}{% filetype v %}{% icon v label=v %}",
        "{% chart id='c' title=v data=data unit=v %}",
        "{% tabs label=v %}{% tab 'home' v %}{% endtabs %}",
        "{% keyset previous=v next=v %}",
        "{% dropzone action=v accept=v id=v %}{% enddropzone %}",
    ],
)
def test_values_are_escaped(source: str) -> None:
    """D6: names of files, people and companies are text, whatever they contain."""
    data = {"labels": [HOSTILE], "series": [{"label": HOSTILE, "values": [1]}]}
    html = render(source, v=HOSTILE, vs=[HOSTILE], trail=[(HOSTILE, HOSTILE), (HOSTILE, "")], data=data)
    assert "<script>alert" not in html


def test_tabs_show_what_the_reader_may_open_and_where_they_are() -> None:
    """A9: a page whose menu is not granted is not offered; the current one says so."""
    request = RequestFactory().get("/console/audit/")
    request.resolver_match = resolve("/console/audit/")
    request.menus = frozenset({"console.audit"})  # type: ignore[attr-defined]  # set by the session's middleware
    html = render(
        "{% tabs %}"
        '{% tab "console:audit" "Events" menu="console.audit" also="console:audit_event" %}'
        '{% tab "console:users" "Users" menu="console.users" %}'
        '{% tab "console:backups" "Backups" menu="console.audit" %}'
        "{% endtabs %}",
        request=request,
    )
    assert "Users" not in html
    assert "Backups" in html
    assert re.findall(r'href="([^"]*)" aria-current="page"', " ".join(html.split())) == ["/console/audit/"]


class _Form(forms.Form):
    name = forms.CharField(help_text="As in the register.")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


def test_form_leads_to_its_errors() -> None:
    """WCAG 3.3.1: a summary links to each wrong field, and the field names its help and its error."""
    html = render("{% form form %}{% endform %}", form=_Form({"name": ""}))
    assert 'role="alert"' in html
    assert '<a href="#id_name">Name</a>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-invalid="true"' in html


def test_forms_carry_the_token() -> None:
    """P1: every POST form that an element makes is protected against forgery."""
    for source in (
        "{% form form %}{% endform %}",
        "{% confirm title='t' %}{% endconfirm %}",
        "{% post_button action='/x' %}Go{% endpost_button %}",
        "{% dropzone action='/x' %}{% enddropzone %}",
    ):
        assert '<input type="hidden" name="csrfmiddlewaretoken" value="token' in render(
            source, form=_Form(), csrf_token="token"
        )


@pytest.mark.parametrize(
    ("value", "maximum", "expected"),
    [(0, 0, ("0%", "primary")), (79, 100, ("79%", "primary")), (80, 100, ("80%", "warning")),
     (95, 100, ("95%", "danger")), (300, 100, ("100%", "danger"))],
)  # fmt: skip
def test_progress_warns_before_the_limit(value: int, maximum: int, expected: tuple[str, str]) -> None:
    """T7: the bar changes its tone at 80 and 95 percent and never passes its end."""
    html = render("{% progress value maximum label='Storage' %}", value=value, maximum=maximum)
    assert expected[0] in html
    assert f"measure-{expected[1]}" in html


def test_moment_shows_the_zone() -> None:
    """T10: the reader's zone, named; the machine-readable value is the exact time."""
    when = dt.datetime(2026, 11, 22, 1, 2, 3, tzinfo=dt.UTC)
    with timezone.override("Asia/Tokyo"):
        html = render("{% moment when %}|{% moment when seconds=True %}|{% moment day %}|{% moment none %}", when=when,
                      day=dt.date(2026, 1, 2), none=None)  # fmt: skip
    with_zone, with_seconds, day, none = html.split("|")
    assert "2026-11-22 10:02 " in with_zone
    assert "JST" in with_zone
    assert 'datetime="2026-11-22T10:02:03+09:00"' in with_zone
    assert "10:02:03" in with_seconds
    assert "2026-01-02" in day
    assert "JST" not in day
    assert none.strip() == ""


@pytest.mark.parametrize(("name", "initials"), [("佐藤 花子", "佐"), ("Ken Watanabe", "KW"), ("ken", "K"), ("", "?")])
def test_avatar(name: str, initials: str) -> None:
    """Two letters of a Latin name, one character of any other."""
    assert f">{initials}<" in render("{% avatar name %}", name=name)


@pytest.mark.parametrize(
    ("content_type", "icon"),
    [("application/pdf", "file-type-pdf"), ("text/csv", "file-spreadsheet"), ("text/x-log", "file-text"),
     ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "file-spreadsheet"), ("", "file")],
)  # fmt: skip
def test_filetype(content_type: str, icon: str) -> None:
    """The most exact icon that is known."""
    assert f'#{icon}"' in render("{% filetype content_type %}", content_type=content_type)


def test_pagination_keeps_the_filters() -> None:
    """A page link changes the page number and nothing else of the address."""
    request = RequestFactory().get("/?q=契約&page=2&sort=name")
    with translation.override("en"):
        html = render("{% pagination page %}", page=Paginator(range(50), 10).page(2), request=request)
    assert 'href="?q=%E5%A5%91%E7%B4%84&amp;page=3&amp;sort=name"' in html
    assert 'aria-current="page">2<' in html
    assert "11 to 20 of 50" in html


def test_pagination_of_one_page_is_silent() -> None:
    """Nothing to turn, nothing to show."""
    assert render("{% pagination page %}", page=Paginator(range(5), 10).page(1)).strip() == ""


def test_chart_has_its_numbers_as_a_table() -> None:
    """WCAG 1.1.1: whoever cannot see or run the picture reads the same numbers."""
    data = {"labels": ["2026-10", "2026-11"], "series": [{"label": "GB", "values": [1, None]}]}
    html = render("{% chart id='c' title='Storage' data=data %}", data=data)
    assert '<th scope="row">2026-11</th>' in html
    assert '<td class="numeric">1</td>' in html
    assert 'data-chart="{&quot;labels&quot;: [&quot;2026-10&quot;' in html
