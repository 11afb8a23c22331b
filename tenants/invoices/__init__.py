"""Invoices: what each company pays, in a ledger of its own that outlives the company (T6, R2)."""
