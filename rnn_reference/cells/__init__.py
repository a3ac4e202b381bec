"""Recurrent cells, one folder each. Only the code in these folders uses the symbols of a cell."""
