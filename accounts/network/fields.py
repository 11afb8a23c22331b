"""PostgreSQL's `cidr`: a network, IPv4 or IPv6. The database itself refuses one with host bits set."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup


class CidrField(models.Field):  # type: ignore[type-arg]  # generic in the stubs only
    """A network as canonical text, such as `203.0.113.0/24` or `2001:db8::/32`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The type of the column."""
        return "cidr"


@CidrField.register_lookup
class Admits(Lookup):
    """`cidr__admits=address`: the address, a text or a column of type inet, lies in the network."""

    lookup_name = "admits"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str, ...]]:
        """The address as it was given."""
        return "%s", (str(value),)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Networks and addresses of different families never match."""
        network, network_params = self.process_lhs(compiler, connection)
        address, address_params = self.process_rhs(compiler, connection)
        return f"{network} >>= {address}::inet", (*network_params, *address_params)
