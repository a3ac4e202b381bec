"""Conventions other than the document's, such as batch first, and implementations that use them."""
