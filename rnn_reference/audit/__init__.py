"""Runs other people's tests on every mistake of the catalogue: which mistakes do they notice?"""
