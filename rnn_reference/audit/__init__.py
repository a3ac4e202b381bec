"""Other people's tests, tried on every mistake of the catalogue: which ones do they notice?"""
