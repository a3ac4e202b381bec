"""Other people's tests, tried on every mistake of the catalogue: which of the mistakes would they notice?"""
