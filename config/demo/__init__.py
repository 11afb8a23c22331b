"""The demonstration: one provider and three companies with people, business partners and real files.

Its passwords are printed and the same everywhere, so it loads in demo mode only.
"""
