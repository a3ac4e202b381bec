"""A clone works like an installed package: pytest finds the options of ``rnn_reference.plugin`` here."""

pytest_plugins = ["rnn_reference.plugin"]
