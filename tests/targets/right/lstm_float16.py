"""Right: in float16 from the first operation to the last, as short as it can be written; it takes c0 but not dc."""

import numpy as np

dtype = "float16"


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    p, both = parameters, np.vstack([a_prev, xt])
    ft, it, ot = (np.tanh((p["W" + g] @ both + p["b" + g]) / 2) / 2 + np.float16(0.5) for g in "fio")
    cct = np.tanh(p["Wc"] @ both + p["bc"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    scores = p["Wy"] @ a_next + p["by"]
    e = np.exp(scores - scores.max(axis=0))
    return a_next, c_next, e / e.sum(axis=0), (both, c_prev, c_next, ft, it, ot, cct, p)


def lstm_cell_backward(da_next, dc_next, cache):
    both, c_prev, c_next, ft, it, ot, cct, p = cache
    n_a, reached = len(c_prev), 0
    tanh_c = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - tanh_c**2)
    found = {"dc_prev": dc * ft}
    for g, slope in {
        "f": c_prev * dc * (ft - ft * ft),
        "i": cct * dc * (it - it * it),
        "o": tanh_c * da_next * (ot - ot * ot),
        "c": it * dc * (1 - cct * cct),
    }.items():
        found["dW" + g], found["db" + g] = slope @ both.T, slope.sum(axis=1)[:, None]
        reached = reached + p["W" + g].T @ slope
    return found | {"da_prev": reached[:n_a], "dxt": reached[n_a:]}


def lstm_forward(x, a0, parameters, c0=None):
    states, steps = (a0, np.zeros_like(a0) if c0 is None else c0), []
    for t in range(x.shape[2]):
        steps.append(lstm_cell_forward(x[:, :, t], *states, parameters))
        states = steps[-1][:2]
    a, c, y = (np.dstack([step[k] for step in steps]) for k in range(3))
    return a, y, c, [step[3] for step in steps]


def lstm_backward(da, caches):
    total, dx, d = {}, [], {"da_prev": 0, "dc_prev": np.float16(0)}
    for t, cache in reversed([*enumerate(caches)]):
        d = lstm_cell_backward(da[:, :, t] + d["da_prev"], d["dc_prev"], cache)
        total = {name: d[name] + total[name] for name in total} or {n: v for n, v in d.items() if n[1] in "Wb"}
        dx = [d["dxt"], *dx]
    return total | {"dx": np.dstack(dx), "da0": d["da_prev"]}
