"""Other layouts of the same functions, such as CS231n's: how they are recognised, and called as the document's."""
