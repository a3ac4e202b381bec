"""An object with the interface of ``onnx.backend``: it runs our models of one RNN or LSTM node.

The interface is ``prepare(model, device)``, which returns an object with ``run(inputs)``, and others. It may be a
class, as ``onnx.backend.base.Backend`` asks for, an instance, or a module such as ``onnxruntime.backend``.
"""

from types import SimpleNamespace
from typing import Any

from rnn_reference.implementations.unusable import Unusable


def is_backend(found: Any) -> bool:
    """True for an object with ``prepare``, and ``run_model`` or ``supports_device``."""
    has = {name for name in ("prepare", "run_model", "supports_device") if callable(getattr(found, name, None))}
    return "prepare" in has and len(has) > 1


def functions_of(backend: Any, target: str) -> tuple[Any, list[str]]:
    """Returns an object with the forward functions that a backend can run, and notes. Raises Unusable if there is none.

    ``backend.dtype`` is its precision (default float32). It is asked once for each kind of node.
    """
    try:
        from rnn_reference.implementations.adapters.shared.onnx_exported import run_once
        from rnn_reference.implementations.adapters.shared.onnx_model import NETWORKS, Run
    except ModuleNotFoundError:
        raise Unusable(f"{target}: a backend of onnx needs onnx: pip install 'rnn-reference[onnx]'") from None

    def runner(model: Any) -> Run:
        prepared = backend.prepare(model, device="CPU")
        names = [one.name for one in model.graph.input]
        return lambda given: list(prepared.run([given[name] for name in names]))

    dtype, offered, notes = str(getattr(backend, "dtype", "float32")), {}, []
    for op, kind in NETWORKS.items():
        network = kind(runner, dtype)
        try:
            run_once(network)
        except Exception as error:
            notes.append(f"it cannot run the {op} node: {_first_line(error)}")
        else:
            name = network.cell.forward.name
            offered[name] = getattr(network, name)
    if not offered:
        raise Unusable(f"{target} is a backend of onnx, and runs neither an RNN nor an LSTM node: {'; '.join(notes)}")
    return SimpleNamespace(dtype=dtype, **offered), ["it is a backend of onnx: it runs our models of one node", *notes]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
