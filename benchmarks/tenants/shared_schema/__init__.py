"""One side: the blueprint's tables behind Sekisho's wall, among all tables of the product."""
