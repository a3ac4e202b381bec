"""Other conventions than the document's, such as batch first, and an implementation called by one of them."""
