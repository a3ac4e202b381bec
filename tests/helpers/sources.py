"""Sources of small targets, and the one line that is said of a target that cannot be used."""

import numpy as np
import pytest

from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable

TANH = "import numpy as np\n\n\ndef tanh_forward(x):\n    return np.tanh(x)\n"
X = np.array([[0.5, -1.0]])


def refusal(target):
    """The one line that is said of a target that cannot be used."""
    with pytest.raises(Unusable) as raised:
        load(target)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)
