"""The report: it takes plain data, and has one file for each output form."""
