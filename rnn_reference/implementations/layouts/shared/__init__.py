"""Code that several layouts share."""
