"""What pytest collects: the questions put to an implementation. Found by path, or by ``--pyargs`` once installed."""
