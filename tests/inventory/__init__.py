"""Account inventories."""
