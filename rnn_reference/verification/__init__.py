"""The instruments of judgement: problems, derivatives, rounding, comparison, diagnosis."""
