"""Readers of saved results of the time-step loop: tables, plots, and whether the goals are met."""
