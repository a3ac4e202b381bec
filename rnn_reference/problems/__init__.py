"""Inputs made of sizes and a seed, the right answers to them, and golden values from elsewhere."""
