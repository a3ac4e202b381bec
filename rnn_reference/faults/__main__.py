"""The command of ``rnn_reference.audit``: ``python -m rnn_reference.faults TESTS.py`` tests your tests."""

import sys

from rnn_reference.audit.command import main

if __name__ == "__main__":
    sys.exit(main())
