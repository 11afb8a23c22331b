"""The wall between tenants (T1): the ground floor that imports nothing else of the product.

`context` says which tenant the code works for, `database` tells PostgreSQL, `models` adds the literal filter,
`operations` build the wall in migrations, `catalogue` proves it on the live database.
"""
