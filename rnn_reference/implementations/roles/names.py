"""The words of the field: what people call the weights, the inputs, the states and the sizes of a recurrent network."""

from __future__ import annotations

import re
from collections.abc import Mapping

WEIGHTS: Mapping[str, tuple[str, ...]] = {
    "Wax": (
        "wxh", "wx", "wax", "wih", "wi", "u", "i2h", "x2h", "in2hidden", "weightih", "wxhh", "winput", "win",
        "inputweights", "wihh", "kernel", "weightsih", "wxa", "whx",
    ),
    "Waa": (
        "whh", "wh", "waa", "w", "h2h", "weighthh", "wrec", "recurrentweights", "recurrentkernel", "wr", "whidden",
        "uh",
    ),
    "Wya": (
        "why", "wy", "wya", "v", "h2o", "who", "whq", "wo", "wout", "outputweights", "way", "hidden2out",
    ),
    "ba": (
        "bh", "b", "ba", "bias", "bxh", "bih", "bhh", "biash", "biasih", "i2h", "bhidden", "bx", "bax",
    ),
    "ba2": (
        "bhh", "biashh", "h2h", "baa",
    ),
    "by": (
        "by", "bo", "c", "bq", "h2o", "biaso", "bout", "bya",
    ),
}  # fmt: skip
"""Names of each weight, without capitals and underscores. ``ba2`` is a second bias of the state."""

INPUT = (
    "x", "xs", "xt", "xx", "inputs", "input", "inp", "seq", "sequence", "letter", "data", "batch", "inputx", "xseq",
    "line", "chars", "tokens", "words", "embs",
)  # fmt: skip
STATE = (
    "h", "h0", "hprev", "hprevt", "prevh", "hprevious", "state", "hidden", "aprev", "a0", "sprev", "s", "prevstate",
    "initstate", "initialstate", "hinit", "h1", "ht1", "htm1", "hstate", "hiddenstate", "hiddenprev", "prevhidden",
    "hx", "states", "h00", "inithidden", "hiddeninit", "initialhidden",
)  # fmt: skip
NETWORK = (
    "cell",
    "rnncell",
    "rnn",
    "model",
    "net",
    "network",
    "layer",
)
PARAMETERS = (
    "params",
    "parameters",
    "weights",
    "param",
    "theta",
)
TARGETS = (
    "targets",
    "target",
    "y",
    "ys",
    "labels",
    "label",
    "ytrue",
    "t",
)
COTANGENT = (
    "dh", "dhs", "dhnext", "delta", "dout", "douts", "grad", "da", "danext", "dlda", "dldat", "dldy", "accumgrad",
    "dhidden", "dstate", "dstates", "gradoutput", "gradh", "upstream", "gradhs", "dhout", "gy", "dnexth", "dhtnext",
    "error", "dz",
)  # fmt: skip
SCORES_GRADIENT = (
    "dy",
    "dys",
    "dscores",
    "dlogits",
    "dyhat",
)
STATE_AFTER = (
    "ht",
    "hnext",
    "hnew",
    "hcur",
)
RATE = (
    "learnrate",
    "learningrate",
    "lr",
    "eta",
    "alpha",
)

SIZES: Mapping[str, tuple[str, ...]] = {
    "n_x": (
        "nx", "i", "d", "inputsize", "inputdim", "nin", "ninput", "ninputs", "numinputs", "inputs", "insize",
        "indim", "features", "embdim", "inputunits", "nfeatures", "inputlayersize", "xdim", "dimx",
    ),
    "n_a": (
        "na", "h", "hiddensize", "hiddendim", "nhidden", "numhiddens", "numhidden", "hidden", "nout", "units",
        "nunits", "hiddenunits", "nh", "statesize", "hdim", "nhiddens", "rnnunits", "numunits", "hiddenlayersize",
        "hiddens", "dimh",
    ),
    "n_y": (
        "ny", "o", "outputsize", "outputdim", "noutput", "numoutputs", "outsize", "outputs", "numclasses",
        "nclasses", "outputlayersize", "ydim",
    ),
    "vocabulary": (
        "vocabsize", "worddim", "vocab", "nvocab", "vsize", "v", "numwords", "nchars", "vocabularysize", "dim",
    ),
    "m": (
        "m", "batchsize", "n", "batch", "nbatch", "bs",
    ),
    "T_x": (
        "t", "seqlength", "seqlen", "sequencelength", "timesteps", "numsteps", "bptttruncatelength", "tx", "nsteps",
    ),
}  # fmt: skip
"""Names of each size. A vocabulary is the size of the input and of the output."""

FORWARD = (
    "forward", "forwardpass", "forwardpropagation", "forwardprop", "feedforward", "fprop", "propagate", "predict",
    "run", "rnn", "rnnforward", "step", "call", "forwardseq",
    "loss", "lossfun", "lossfunction", "lossandgrads", "lossandgradients", "computeloss",
)  # fmt: skip
BACKWARD = (
    "backward", "backprop", "bptt", "backwardpass", "bprop", "backpropagation", "backwardpropagation",
    "backpropagate", "backwardprop", "rnnbackward", "gradients", "grad",
)  # fmt: skip


def plain(name: str) -> str:
    """Returns a name without capitals, underscores and the words ``self``, ``weight`` at its end, ``T_x`` as ``tx``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_one_of(name: str, names: tuple[str, ...]) -> bool:
    """True if a name is in a list, apart from capitals, underscores, and a final number of a layer."""
    return plain(name) in names


def place(name: str, names: tuple[str, ...]) -> int:
    """Returns the place of a name in a list, the usual ones first; the length of the list for a name not there."""
    return names.index(plain(name)) if plain(name) in names else len(names)


def size_named(name: str) -> str:
    """Returns the size that a constructor's argument means, such as ``n_a`` for ``hidden_size``; empty for others."""
    return next((size for size, names in SIZES.items() if is_one_of(name, names)), "")


def role_named(path: str) -> tuple[str, ...]:
    """Returns the roles that the name of a weight may have: ``("Wax",)`` for ``i2h.weight``."""
    parts = [plain(part) for part in re.split(r"[.\[\]'\"]+", path) if part and plain(part)]
    kind = parts[-1] if parts else ""
    words = [word for word in (kind, *reversed(parts[:-1])) if word not in ("weight", "bias", "kernel", "data", "w0")]
    if kind in ("weight", "kernel", "w") and len(parts) > 1:
        allowed: tuple[str, ...] = ("Wax", "Waa", "Wya")
    elif kind in ("bias", "b") and len(parts) > 1:
        allowed = (
            "ba",
            "ba2",
            "by",
        )
    else:
        allowed = tuple(WEIGHTS)
    words = words or [kind]
    for word in words:
        found = tuple(role for role in allowed if word in WEIGHTS[role])
        if found:
            return found
    return ()
