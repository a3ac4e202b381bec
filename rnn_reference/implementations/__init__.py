"""Other people's RNNs: finding, loading and calling them."""
