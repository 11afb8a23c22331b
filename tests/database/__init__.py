"""The test database: how it is made, what is in it from the start, how it is brought back to that."""
