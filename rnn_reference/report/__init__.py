"""The report: plain data in, one file for each form that it is written in."""
