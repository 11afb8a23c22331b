"""Pages of documents: browsing, changing, files in and out, counterparties."""
