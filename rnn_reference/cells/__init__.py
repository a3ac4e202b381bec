"""Recurrent cells, one folder each: everything that knows a symbol of a cell is here."""
