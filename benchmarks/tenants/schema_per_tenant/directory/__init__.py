"""The directory of tenants, in the public schema."""
