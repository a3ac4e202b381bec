"""Numerical methods that know no cell and no implementation: derivatives with error bounds, rounding, comparison."""
