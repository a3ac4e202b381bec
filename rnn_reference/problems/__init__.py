"""Inputs made from sizes and a seed, the right answers to them, and golden values from other sources."""
