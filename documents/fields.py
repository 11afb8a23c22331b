"""A field that is kept for searching."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.lookups import Lookup

from documents.names import folded


class SearchField(models.CharField):  # type: ignore[type-arg]  # generic in the stubs only
    """The folded text of other fields of the row, filled whenever the row is saved.

    What the wall costs a search: under row-level security PostgreSQL uses an index only for operators that it knows to
    leak nothing. LIKE is none of them, so `__contains` looks at every name of the tenant (never at another tenant's:
    the index that leads with tenant_id bounds it). `^@` is one, so `__begins_with` uses the index, which for that has
    the C collation.
    """

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        self.sources = tuple(sources)
        super().__init__(*args, **{"db_collation": "C", "editable": False, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As Django's, with the sources."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, list(args), {**kwargs, "sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Fold the sources anew; some letters unfold into several, so the end may be cut off."""
        text = folded(" ".join(getattr(model_instance, source) for source in self.sources))[: self.max_length]
        setattr(model_instance, self.attname, text)
        return text


@SearchField.register_lookup
class BeginsWith(Lookup):
    """`field__begins_with="abc"`: PostgreSQL's `^@`."""

    lookup_name = "begins_with"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """`column ^@ text`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]
