"""A clone works like an installed package: pytest finds the options of ``rnn_reference.plugin`` here."""

import sys

if "rnn_reference.plugin" not in sys.modules:  # an installed package has brought them already, maybe to another folder
    pytest_plugins = ["rnn_reference.plugin"]
