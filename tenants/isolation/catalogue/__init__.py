"""What the live database says of itself; `findings` judges it.

Every role may read the catalogue, so the check runs as the app role, the one that the wall is for. System schemas are
left out. Everything else is read, whatever schema it is in and whoever made it.
"""

from tenants.isolation.catalogue.facts import Catalogue
from tenants.isolation.catalogue.reader import read

__all__ = ["Catalogue", "read"]
