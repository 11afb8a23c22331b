"""Single sign-on against a real identity provider (pysaml2's Server) and against forgers."""
