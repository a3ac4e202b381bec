"""Numerical methods that know no cell and no implementation: differentiation with error bounds, rounding, comparison."""
