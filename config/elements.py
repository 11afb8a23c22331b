"""Elements: the building blocks of pages, as template tags (`{% load elements %}`, listed in `templates/README.md`).

An element is one row in ELEMENTS and one template `elements/<name>.html`. The row names every attribute with its
default, so that a misspelt attribute is an error when the template is compiled and not a silent gap on the page.
The element's template sees its attributes, `content`, `slots` and `csrf_token` and nothing else of the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import presentation

register = template.Library()

SPRITE = "vendor/tabler-icons/sprite.svg"
SLOTS = "element_slots"

Prepare = Callable[[dict[str, Any], Context], Mapping[str, Any]]


@dataclass(frozen=True)
class Element:
    """One template tag: its attributes with defaults, which of them may come without a name, and derived values."""

    name: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    positional: tuple[str, ...] = ()
    block: bool = True
    prepare: Prepare | None = None


ELEMENTS = (
    Element("panel", {"title": "", "subtitle": "", "icon": "", "tone": "", "flush": False, "id": "", "level": 2}),
    Element("alert", {"tone": "info", "title": ""}, prepare=presentation.alert),
    Element("empty_state", {"icon": "file-unknown", "title": ""}),
    Element("badge", {"label": "", "status": "", "tone": "", "icon": ""}, ("label",), False, presentation.badge),
    Element("definitions"),
    Element("definition", {"label": ""}, ("label",)),
    Element(
        "stat",
        {"label": "", "value": "", "unit": "", "hint": "", "icon": "", "tone": "", "url": ""},
        ("label", "value"),
        block=False,
    ),
    Element(
        "progress",
        {"value": 0, "maximum": 100, "label": "", "text": "", "tone": ""},
        ("value", "maximum"),
        False,
        presentation.progress,
    ),
    Element("form", {"form": None, "submit": "", "cancel": "", "action": "", "tone": "primary", "icon": ""}, ("form",)),
    Element("field", {"field": None}, ("field",), False),
    Element("filters", {"form": None, "action": ""}, ("form",), False),
    Element("copyable", {"value": "", "label": "", "id": "copyable"}, ("value",), False),
    Element(
        "confirm",
        {"title": "", "action": "", "submit": "", "cancel": "", "losses": (), "word": "", "icon": "alert-triangle"},
    ),
    Element("post_button", {"action": "", "tone": "", "icon": "", "name": "", "value": "", "item": False}),
    Element("menu", {"label": "", "icon": "", "compact": False}, ("label",)),
    Element("breadcrumbs", {"trail": ()}, ("trail",), False),
    Element("tabs", {"label": ""}),
    Element("tab", {"page": "", "label": "", "menu": "", "also": ""}, ("page", "label"), False, presentation.tab),
    Element("moment", {"value": None, "date_only": False, "seconds": False}, ("value",), False, presentation.moment),
    Element("filetype", {"content_type": ""}, ("content_type",), False, presentation.filetype),
    Element("avatar", {"name": ""}, ("name",), False, presentation.avatar),
    Element(
        "chart",
        {"id": "", "kind": "line", "title": "", "data": None, "unit": ""},
        block=False,
        prepare=presentation.chart,
    ),
    Element("pagination", {"page": None, "parameter": "page"}, ("page",), False, presentation.pagination),
    Element("keyset", {"previous": "", "next": ""}, block=False),
    Element("dropzone", {"action": "", "accept": "", "maximum": 0, "folders": True, "id": "upload"}),
)


class ElementNode(Node):
    """A compiled element: resolves its attributes, renders what stands inside it, then its own template."""

    def __init__(self, element: Element, given: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.element = element
        self.given = given
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Render with a context of its own, so that an element cannot depend on the page round it."""
        values: dict[str, Any] = dict(self.element.attributes)
        values.update({name: expression.resolve(context) for name, expression in self.given.items()})
        values["slots"] = {}
        with context.push(**{SLOTS: values["slots"]}):
            values["content"] = self.nodelist.render(context)
        if self.element.prepare is not None:
            values.update(self.element.prepare(values, context))
        values["csrf_token"] = context.get("csrf_token")
        engine = context.template.engine  # type: ignore[union-attr]  # a rendering context always has its template
        return engine.get_template(f"elements/{self.element.name}.html").render(context.new(values))


class SlotNode(Node):
    """A named part of the surrounding element, for example the buttons in a panel's head."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Hand the content to the element and leave nothing in place."""
        slots = context.get(SLOTS)
        if slots is None:
            raise template.TemplateSyntaxError(f"The slot '{self.name}' stands outside of any element.")
        slots[self.name] = self.nodelist.render(context)
        return SafeString("")


def _compiler(element: Element) -> Callable[[Parser, Token], ElementNode]:
    def compile_element(parser: Parser, token: Token) -> ElementNode:
        given: dict[str, FilterExpression] = {}
        names = iter(element.positional)
        for bit in token.split_contents()[1:]:
            named = token_kwargs([bit], parser)
            if not named:
                named = {next(names, bit): parser.compile_filter(bit)}
            given.update(named)
        if unknown := set(given) - set(element.attributes):
            raise template.TemplateSyntaxError(
                f"Element '{element.name}' has no attribute {', '.join(sorted(unknown))}."
            )
        nodelist = NodeList()
        if element.block:
            nodelist = parser.parse((f"end{element.name}",))
            parser.delete_first_token()
        return ElementNode(element, given, nodelist)

    return compile_element


for _element in ELEMENTS:
    register.tag(_element.name, _compiler(_element))


@register.tag
def slot(parser: Parser, token: Token) -> SlotNode:
    """`{% slot actions %}…{% endslot %}` inside an element that has such a slot."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(name, nodelist)


@register.simple_block_tag
def captured(content: str) -> SafeString:
    """`{% captured as name %}…{% endcaptured %}`: what a block says, for use in more than one place of a layout."""
    return SafeString(content.strip())  # rendered and escaped already; stripping alone would forget that


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; with a label it speaks for itself, without one it is decoration."""
    reference = f"{static(SPRITE)}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, reference)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', reference)


@register.simple_tag(takes_context=True)
def script(context: Context, path: str, *, defer: bool = True) -> SafeString:
    """One of our scripts. It carries the nonce of the answer, without which the content policy lets none run.

    A page that is made without a request (400, 500) has no nonce and does without scripts.
    """
    nonce = getattr(context.get("request"), "csp_nonce", None)
    if nonce is None:
        return SafeString("")
    waits = SafeString(" defer") if defer else ""
    return format_html('<script src="{}" nonce="{}"{}></script>', static(path), nonce, waits)
