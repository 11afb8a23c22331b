"""What the wall between tenants costs: pages and queries with it and without it, on the same tables and rows."""
